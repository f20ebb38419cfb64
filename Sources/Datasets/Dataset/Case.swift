import Foundation

/// One scan or picture on disk, with its labels where there are any.
public struct Case: Sendable, Hashable {
    /// Name in tables and of predictions, such as `patient001_frame01`; no other case of the dataset has it.
    public private(set) var id: String
    /// The patient's `id`. Splits are by patient.
    public private(set) var patient: String
    /// The phase of the heart beat; nil where nothing says it.
    public private(set) var phase: Phase?
    /// The frame's number in its cine series, from 1; nil where the name does not say it.
    public private(set) var frame: Int?
    /// The files with the intensities: one for each channel, as in nnU-Net's `X_0000` and `X_0001`, or one that
    /// holds all channels, as the Decathlon's 4D files and color pictures do. Never empty.
    public private(set) var images: [URL]
    /// The frame, from 0, of 4D files (images, and labels where those are 4D too) that the case is; nil where files are
    /// not 4D, or all of it is meant.
    public private(set) var frameIndex: Int?
    /// How many frames the image has where it is 4D and its frames are not channels; otherwise 1.
    public private(set) var frameCount: Int
    /// The page, from 0, of multi-page TIFF files that are stacks of pictures; nil is the whole file.
    public private(set) var page: Int?
    /// Where that page is in the file of the image, and in that of the labels; nil where it is not known. Without it
    /// every page of a stack is found by going through all of them.
    package var pageOffsets = PageOffsets()
    /// The file with the labels (the ground truth); nil where there is none.
    public private(set) var reference: URL?
    /// The patient's diagnostic group, such as `DCM`; nil where nothing says it.
    public private(set) var group: String?
    /// Whether the frames of a 4D NIfTI file are channels, as in the Decathlon; otherwise such a file is refused.
    public private(set) var framesAreChannels: Bool
    /// Whether the reference numbers its objects, as in the Cell Tracking Challenge, instead of naming classes.
    public private(set) var hasInstances: Bool
    /// How many channels the image must have to fit its dataset; nil where any number will do.
    public private(set) var channelCount: Int?

    /// Whether the dataset's structures were stated by whoever opened it, and so overrule what label files say.
    package var overrulesNames = false

    /// Places of a page in the files of a case.
    package struct PageOffsets: Sendable, Hashable {
        /// In the image.
        package var image: UInt64?
        /// In the labels.
        package var reference: UInt64?
    }

    /// The first file with intensities.
    public var image: URL { images[0] }

    /// A case from its parts.
    public init(
        id: String, patient: String, phase: Phase? = nil, frame: Int? = nil, images: [URL],
        frameIndex: Int? = nil, frameCount: Int = 1, page: Int? = nil,
        reference: URL? = nil, group: String? = nil, framesAreChannels: Bool = false,
        hasInstances: Bool = false, channelCount: Int? = nil
    ) {
        precondition(!images.isEmpty, "a case has an image")
        self.id = id
        self.patient = patient
        self.phase = phase
        self.frame = frame
        self.images = images
        self.frameIndex = frameIndex
        self.frameCount = frameCount
        self.page = page
        self.reference = reference
        self.group = group
        self.framesAreChannels = framesAreChannels
        self.hasInstances = hasInstances
        self.channelCount = channelCount
    }

    /// A case whose image is one file.
    public init(
        id: String, patient: String, phase: Phase? = nil, frame: Int? = nil, image: URL,
        reference: URL? = nil, group: String? = nil
    ) {
        self.init(
            id: id, patient: patient, phase: phase, frame: frame, images: [image], reference: reference,
            group: group)
    }
}

extension Case {
    /// Whether the case is a whole cine series, of which every frame is predicted; it cannot be trained on or scored.
    public var isSeries: Bool { frameCount > 1 && frameIndex == nil }

    /// The case as if nobody had labeled it.
    var withoutReference: Case {
        var copy = self
        copy.reference = nil
        copy.hasInstances = false
        return copy
    }

    /// The case with labels that number objects.
    var withInstances: Case {
        var copy = self
        copy.hasInstances = true
        return copy
    }

    /// The case with structures that overrule what its label file says.
    var overrulingNames: Case {
        var copy = self
        copy.overrulesNames = true
        return copy
    }

    /// A whole series so that it can be loaded, its frames as channels; other cases are themselves.
    var withFramesAsChannels: Case {
        var copy = self
        copy.framesAreChannels = framesAreChannels || isSeries
        return copy
    }

    /// Every frame of a series that has no labels as a case of its own; other cases are themselves.
    package var frames: [Case] {
        guard isSeries, reference == nil else { return [self] }
        return (0..<frameCount).map { index in
            var copy = self
            copy.id = id.named(frame: index + 1)
            copy.frame = index + 1
            copy.frameIndex = index
            return copy
        }
    }
}

/// A patient of a dataset: all that must stay together when the data are split.
public struct Patient: Sendable, Hashable {
    /// The folder's name in ACDC, such as `patient001`; for own pairs see `Dataset`.
    public let id: String
    /// The folder that holds the files.
    public let folder: URL
    /// Diagnostic group, such as `DCM`; nil where nothing says it.
    public let group: String?
    /// Body height in cm and weight in kg, where `Info.cfg` gives them.
    public let heightCM: Double?
    /// See `heightCM`.
    public let weightKG: Double?
    /// The patient's scans: end-diastole before end-systole, then by name.
    public let cases: [Case]

    /// A patient from its parts.
    public init(
        id: String, folder: URL, group: String? = nil, heightCM: Double? = nil, weightKG: Double? = nil,
        cases: [Case]
    ) {
        self.id = id
        self.folder = folder
        self.group = group
        self.heightCM = heightCM
        self.weightKG = weightKG
        self.cases = cases
    }
}

extension Patient {
    /// The patient with other cases.
    func with(cases: [Case]) -> Patient {
        Patient(
            id: id, folder: folder, group: group, heightCM: heightCM, weightKG: weightKG, cases: cases)
    }
}

/// The moment of the heart beat that a frame shows.
public enum Phase: String, Codable, Sendable, CaseIterable {
    /// End-diastole: the ventricles are fullest.
    case ed = "ED"
    /// End-systole: the ventricles are emptiest.
    case es = "ES"
}

/// Which phases take part in training or scoring.
public enum PhaseSelection: String, CaseIterable, Codable, Sendable {
    /// End-diastole only.
    case ed
    /// End-systole only.
    case es
    /// All frames, also those whose phase is not known.
    case both

    /// Whether a frame of `phase` takes part; nil is a frame whose phase is not known, which only `both` takes.
    public func includes(_ phase: Phase?) -> Bool {
        switch self {
        case .ed: phase == .ed
        case .es: phase == .es
        case .both: true
        }
    }
}
