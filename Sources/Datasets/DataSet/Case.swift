import Foundation

/// One 3D scan on disk, with its labels where there are any.
public struct Case: Sendable, Hashable {
    /// Name in tables and of predictions, such as `patient001_frame01`; no other case of the data set has it.
    public let id: String
    /// The patient's `id`. Splits are by patient.
    public let patient: String
    /// The phase of the heart beat; nil where nothing says it.
    public let phase: Phase?
    /// The frame's number in its cine series, from 1; nil where the name does not say it.
    public let frame: Int?
    /// The file with the intensities.
    public let image: URL
    /// The file with the labels (the ground truth); nil where there is none.
    public let reference: URL?
    /// The patient's diagnostic group, such as `DCM`; nil where nothing says it.
    public let group: String?

    /// A case from its parts.
    public init(
        id: String, patient: String, phase: Phase? = nil, frame: Int? = nil, image: URL,
        reference: URL? = nil,
        group: String? = nil
    ) {
        self.id = id
        self.patient = patient
        self.phase = phase
        self.frame = frame
        self.image = image
        self.reference = reference
        self.group = group
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
