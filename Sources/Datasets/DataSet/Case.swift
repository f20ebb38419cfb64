import Foundation

/// One scan or picture on disk, with its labels where there are any.
public struct Case: Sendable, Hashable {
    /// Name in tables and of predictions, such as `patient001_frame01`; no other case of the data set has it.
    public let id: String
    /// The patient's `id`. Splits are by patient.
    public let patient: String
    /// The phase of the heart beat; nil where nothing says it.
    public let phase: Phase?
    /// The frame's number in its cine series, from 1; nil where the name does not say it.
    public let frame: Int?
    /// The files with the intensities: one for each channel, as in nnU-Net's `X_0000` and `X_0001`, or one that
    /// holds all channels, as the Decathlon's 4D files and colour pictures do. Never empty.
    public let images: [URL]
    /// The page, from 0, of multi-page TIFF files that are stacks of pictures; nil is the whole file.
    public let page: Int?
    /// The file with the labels (the ground truth); nil where there is none.
    public let reference: URL?
    /// The patient's diagnostic group, such as `DCM`; nil where nothing says it.
    public let group: String?
    /// Whether the frames of a 4D NIfTI file are channels, as in the Decathlon; otherwise such a file is refused.
    public let framesAreChannels: Bool
    /// Whether the reference numbers its objects, as in the Cell Tracking Challenge, instead of naming classes.
    public let hasInstances: Bool
    /// How many channels the image must have to fit its data set; nil where any number will do.
    public let channelCount: Int?

    /// The first file with intensities.
    public var image: URL { images[0] }

    /// A case from its parts.
    public init(
        id: String, patient: String, phase: Phase? = nil, frame: Int? = nil, images: [URL], page: Int? = nil,
        reference: URL? = nil, group: String? = nil, framesAreChannels: Bool = false,
        hasInstances: Bool = false, channelCount: Int? = nil
    ) {
        precondition(!images.isEmpty, "a case has an image")
        self.id = id
        self.patient = patient
        self.phase = phase
        self.frame = frame
        self.images = images
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
    /// The case as if nobody had labelled it.
    var withoutReference: Case {
        Case(
            id: id, patient: patient, phase: phase, frame: frame, images: images, page: page, group: group,
            framesAreChannels: framesAreChannels, channelCount: channelCount)
    }

    /// The case with labels that number objects.
    var withInstances: Case { changed(id: id, hasInstances: true) }

    /// The case under another name.
    func named(_ id: String) -> Case { changed(id: id, hasInstances: hasInstances) }

    private func changed(id: String, hasInstances: Bool) -> Case {
        Case(
            id: id, patient: patient, phase: phase, frame: frame, images: images, page: page,
            reference: reference, group: group, framesAreChannels: framesAreChannels,
            hasInstances: hasInstances, channelCount: channelCount)
    }
}

/// A patient of a data set: all that must stay together when the data are split.
public struct Patient: Sendable, Hashable {
    /// The folder's name in ACDC, such as `patient001`; for own pairs see `DataSet`.
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
