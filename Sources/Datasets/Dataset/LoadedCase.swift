import Imaging
import NIfTI
import Scans

/// A case in memory, checked: image and labels have the same grid, and every label is known.
public struct LoadedCase: Sendable {
    /// The case on disk.
    public let `case`: Case
    /// The header of the first image, which predictions follow; nil for PNG and TIFF.
    public let template: NIfTIHeader?
    /// The intensities of every channel, finite, all on one grid; x runs fastest. A picture has depth 1 and a spacing
    /// of 1, a pixel.
    public let channels: [Volume]
    /// The stored type of samples in the first file, such as `int16`; for PNG and TIFF, a type that holds those of all
    /// channels and pages.
    public let storedAs: String
    /// The labels on the channels' grid, with the values of `Dataset.structures`; nil if there is no reference.
    public let labels: LabelMap?
    /// The numbers of the objects on the same grid, with 0 for background, if the reference has them (see
    /// `Case.hasInstances`); `labels` then has the structure's label in every object.
    public let instances: [UInt16]?
    /// Files that their headers place elsewhere than the first image, although they have its grid: further channels in
    /// their order, then the reference.
    public let misplacements: [Misplacement]
    /// The reference's own label names, if the dataset's structures were stated differently and so overrule them.
    public let overruledNames: OtherNames?

    /// The first channel.
    public var volume: Volume { channels[0] }

    /// Creates a loaded case from its parts.
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
    /// The default spacing in mm of resampled pixels.
    private static let usualSpacing = 1.5

    /// Refuses a scan that is too large to be used at the usual spacing.
    ///
    /// - Parameter classes: including background.
    /// - Throws: `DatasetError.tooLarge`.
    package func checkSize(classes: Int) throws(DatasetError) {
        let demand = ScanDemand(
            volume.geometry, spacing: template == nil ? nil : Self.usualSpacing, channels: channels.count,
            classes: classes)
        guard demand.isAllowed else { throw .tooLarge(path: `case`.image.relativePath, demand: demand) }
    }
}

extension Dataset {
    /// Reads a case of this dataset; see `Case.load(structures:)`.
    public func load(_ item: Case) throws(DatasetError) -> LoadedCase {
        try item.load(structures: structures)
    }
}

/// The appearance of a file's values, whatever its name.
enum Appearance: Equatable {
    /// A few small whole numbers in large areas, and how many they are.
    case labels(values: Int)
    /// Many numbers in disorder, or fractions, and how many they are.
    case intensities(values: Int)
    /// Not clearly either.
    case unclear

    /// The most different values that are judged as labels here, although a dataset can have up to `Case.classLimit`.
    private static let fewValues = 16

    /// Judges the values of `volume`.
    init(of volume: Volume) {
        let voxels = volume.voxels
        var found: Set<Float> = []
        let mayBeLabels = voxels.allSatisfy { value in
            guard value >= 0, value <= 255, value == value.rounded() else { return false }
            found.insert(value)
            return found.count <= Case.classLimit
        }
        let width = volume.geometry.width
        if mayBeLabels {
            let isFew = (2...Self.fewValues).contains(found.count)
            self =
                isFew && Self.sameNeighbors(voxels, width, countingZero: true) >= 0.8
                ? .labels(values: found.count) : .unclear
        } else {
            let values = Set(voxels).count
            let hasFractions = voxels.contains { $0 != $0.rounded() }
            // Numbered objects form areas too; the dark area around the body in an image does not count.
            let isDisorder = Self.sameNeighbors(voxels, width, countingZero: false) < 0.5
            self =
                hasFractions || values > Case.classLimit && isDisorder
                ? .intensities(values: values) : .unclear
        }
    }

    /// Returns the share of neighbors along x that have the same value.
    private static func sameNeighbors(_ voxels: [Float], _ width: Int, countingZero: Bool) -> Double {
        var (same, all) = (0, 0)
        for index in voxels.indices where index % width > 0 {
            let (left, right) = (voxels[index - 1], voxels[index])
            guard countingZero || left != 0 || right != 0 else { continue }
            all += 1
            if left == right { same += 1 }
        }
        return all > 0 ? Double(same) / Double(all) : 1
    }
}
