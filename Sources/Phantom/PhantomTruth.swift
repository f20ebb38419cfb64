import Foundation

/// The true volumes of a synthetic dataset, written beside it as `phantom.json`.
public struct PhantomTruth: Codable, Sendable, Equatable {
    /// The name of the file in the dataset's folder.
    public static let fileName = "phantom.json"

    /// The seed from which the dataset was made.
    public var seed: UInt64
    /// In the order of their numbers.
    public var patients: [Patient]

    /// The truth about one patient: volumes in ml, ejection fractions from 0 to 1.
    public struct Patient: Codable, Sendable, Equatable {
        /// Such as `patient001`.
        public var id: String
        /// The group in which the heart was made.
        public var group: PhantomGroup
        /// Volumes at end-diastole.
        public var endDiastole: PhantomVolumes
        /// Volumes at end-systole.
        public var endSystole: PhantomVolumes
        /// Fraction of the left ventricle's end-diastolic volume that is ejected.
        public var leftEjectionFraction: Double
        /// The same of the right ventricle.
        public var rightEjectionFraction: Double

        enum CodingKeys: String, CodingKey {
            case id, group
            case endDiastole = "ED"
            case endSystole = "ES"
            case leftEjectionFraction = "LV_EF"
            case rightEjectionFraction = "RV_EF"
        }

        init(_ patient: PhantomPatient) {
            id = patient.name
            group = patient.group
            endDiastole = patient.volumes(.ed)
            endSystole = patient.volumes(.es)
            leftEjectionFraction = (endDiastole.lv - endSystole.lv) / endDiastole.lv
            rightEjectionFraction = (endDiastole.rv - endSystole.rv) / endDiastole.rv
        }
    }
}
