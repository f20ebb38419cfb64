import Foundation

/// One scan or picture on disk, with its labels, if any.
public struct Case: Sendable, Hashable {
    /// The name in tables and of predictions, such as `patient001_frame01`; unique in the dataset.
    public private(set) var id: String
    /// The patient's `id`. Splits are by patient.
    public private(set) var patient: String
    /// The phase of the heartbeat; nil if unknown.
    public private(set) var phase: Phase?
    /// The frame's number in its cine series, from 1; nil if the name does not give it.
    public private(set) var frame: Int?
    /// The files with the intensities: one for each channel, as in nnU-Net's `X_0000` and `X_0001`, or one with all
    /// channels, as in the Decathlon's 4D files and color pictures. Never empty.
    public private(set) var images: [URL]
    /// The frame of 4D files (images, and labels if they are 4D too) that is the case, from 0; nil if files are not 4D,
    /// or the case is all of them.
    public private(set) var frameIndex: Int?
    /// The number of frames if the image is 4D and its frames are not channels; otherwise 1.
    public private(set) var frameCount: Int
    /// The page, from 0, of multi-page TIFF files that are stacks of pictures; nil means the whole file.
    public private(set) var page: Int?
    /// The offsets of that page in the files of the image and of the labels; nil if unknown. Without them, every page
    /// of a stack is found by walking through all of them.
    package var pageOffsets = PageOffsets()
    /// The file with the labels (the ground truth); nil if there is none.
    public private(set) var reference: URL?
    /// The patient's diagnostic group, such as `DCM`; nil if unknown.
    public private(set) var group: String?
    /// Whether the frames of a 4D NIfTI file are channels, as in the Decathlon; otherwise such a file is refused.
    public private(set) var framesAreChannels: Bool
    /// Whether the reference numbers its objects, as in the Cell Tracking Challenge, instead of naming classes.
    public private(set) var hasInstances: Bool
    /// The number of channels that the image must have to fit its dataset; nil for any number.
    public private(set) var channelCount: Int?

    /// Whether the dataset's structures were stated when it was opened, and so overrule those of label files.
    package var overrulesNames = false

    /// The offsets of a page in the files of a case.
    package struct PageOffsets: Sendable, Hashable {
        /// In the image.
        package var image: UInt64?
        /// In the labels.
        package var reference: UInt64?
    }

    /// The first file with intensities.
    public var image: URL { images[0] }

    /// Creates a case from its parts.
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

    /// Creates a case with an image in one file.
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

    /// The case without its labels.
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

    /// The case with structures that overrule those of its label file.
    var overrulingNames: Case {
        var copy = self
        copy.overrulesNames = true
        return copy
    }

    /// A whole series with its frames as channels, so that it can be loaded; other cases unchanged.
    var withFramesAsChannels: Case {
        var copy = self
        copy.framesAreChannels = framesAreChannels || isSeries
        return copy
    }

    /// Every frame of a series without labels as a case of its own; other cases unchanged.
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

/// A patient of a dataset: everything that must stay together when the data is split.
public struct Patient: Sendable, Hashable {
    /// The folder's name in ACDC, such as `patient001`; for pairs, see `Dataset`.
    public let id: String
    /// The folder with the files.
    public let folder: URL
    /// Diagnostic group, such as `DCM`; nil if unknown.
    public let group: String?
    /// Body height in cm, if `Info.cfg` gives it.
    public let heightCM: Double?
    /// Body weight in kg, if `Info.cfg` gives it.
    public let weightKG: Double?
    /// The patient's scans: end-diastole before end-systole, then by name.
    public let cases: [Case]

    /// Creates a patient from its parts.
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
    /// Returns the patient with other cases.
    func with(cases: [Case]) -> Patient {
        Patient(
            id: id, folder: folder, group: group, heightCM: heightCM, weightKG: weightKG, cases: cases)
    }
}

/// The moment of the heartbeat that a frame shows.
public enum Phase: String, Codable, Sendable, CaseIterable {
    /// End-diastole: the ventricles are fullest.
    case ed = "ED"
    /// End-systole: the ventricles are emptiest.
    case es = "ES"
}

/// The phases used in training or scoring.
public enum PhaseSelection: String, CaseIterable, Codable, Sendable {
    /// End-diastole only.
    case ed
    /// End-systole only.
    case es
    /// All frames, including those of unknown phase.
    case both

    /// Returns whether a frame of `phase` is included; nil is an unknown phase, which only `both` includes.
    public func includes(_ phase: Phase?) -> Bool {
        switch self {
        case .ed: phase == .ed
        case .es: phase == .es
        case .both: true
        }
    }
}
