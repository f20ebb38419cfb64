import Imaging
import NIfTI
import Scans

/// A case in memory, checked: image and labels have the same grid, and every label is known.
public struct LoadedCase: Sendable {
    /// Where it comes from.
    public let `case`: Case
    /// The header of the first image, which predictions follow; nil for PNG and TIFF.
    public let template: NIfTIHeader?
    /// The intensities of every channel, finite, all on one grid; x runs fastest. A picture has depth 1 and a spacing
    /// of 1, a pixel.
    public let channels: [Volume]
    /// How the first file stores a sample, such as `int16`; of PNG and TIFF a type that holds those of all channels and
    /// pages.
    public let storedAs: String
    /// The labels on the channels' grid, of values that `DataSet.structures` has; nil where there is no reference.
    public let labels: LabelMap?
    /// The numbers of the objects on the same grid, 0 being background, where the reference has them (see
    /// `Case.hasInstances`); `labels` is then the structure's label wherever there is an object.
    public let instances: [UInt16]?
    /// Files that by their headers lie elsewhere than the first image, though they have its grid: further channels in
    /// their order, then the reference.
    public let misplacements: [Misplacement]
    /// What the reference calls its labels, where the dataset's structures were stated otherwise, and so overrule it.
    public let overruledNames: OtherNames?

    /// The first channel.
    public var volume: Volume { channels[0] }

    /// A loaded case from its parts.
    public init(
        case: Case, template: NIfTIHeader?, channels: [Volume], storedAs: String, labels: LabelMap?,
        instances: [UInt16]? = nil, misplacements: [Misplacement] = [], overruledNames: OtherNames? = nil
    ) {
        precondition(!channels.isEmpty, "an image has a channel")
        precondition(channels.allSatisfy { $0.geometry == channels[0].geometry }, "channels lie on one grid")
        self.case = `case`
        self.template = template
        self.channels = channels
        self.storedAs = storedAs
        self.labels = labels
        self.instances = instances
        self.misplacements = misplacements
        self.overruledNames = overruledNames
    }
}

extension LoadedCase {
    /// mm between the pixels to which scans are resampled unless told otherwise.
    private static let usualSpacing = 1.5

    /// Refuses a scan that nothing could be done with, by its size at the usual spacing.
    ///
    /// - Parameter classes: background included.
    /// - Throws: `DatasetError.tooLarge`.
    package func checkSize(classes: Int) throws(DatasetError) {
        let demand = ScanDemand(
            volume.geometry, spacing: template == nil ? nil : Self.usualSpacing, channels: channels.count,
            classes: classes)
        guard demand.isAllowed else { throw .tooLarge(path: `case`.image.relativePath, demand: demand) }
    }
}

extension DataSet {
    /// Reads a case of this dataset; see `Case.load(structures:)`.
    public func load(_ item: Case) throws(DatasetError) -> LoadedCase {
        try item.load(structures: structures)
    }
}
