import Datasets
import Foundation

/// The diagnostic groups of ACDC, used for synthetic hearts.
public enum PhantomGroup: String, CaseIterable, Codable, Sendable {
    /// Dilated cardiomyopathy: a large left ventricle that ejects little.
    case dilated = "DCM"
    /// Hypertrophic cardiomyopathy: a thick wall, most of all the septum, and a small cavity.
    case hypertrophic = "HCM"
    /// Old myocardial infarction: a region of the wall is thin and does not move.
    case infarction = "MINF"
    /// No disease.
    case normal = "NOR"
    /// Abnormal right ventricle: large, ejecting little, and pressing the septum flat.
    case rightVentricle = "RV"

    /// End-diastolic volume of the left ventricle in ml.
    var leftVolume: ClosedRange<Double> {
        switch self {
        case .dilated: 200...330
        case .hypertrophic: 100...165
        case .infarction: 125...235
        case .normal: 105...180
        case .rightVentricle: 80...150
        }
    }
    /// Ejection fraction of the left ventricle.
    var leftEjection: ClosedRange<Double> {
        switch self {
        case .dilated: 0.14...0.38
        case .hypertrophic: 0.60...0.78
        case .infarction: 0.22...0.40
        case .normal: 0.54...0.70
        case .rightVentricle: 0.46...0.66
        }
    }
    /// Volume of the left ventricle's myocardium in ml.
    var muscleVolume: ClosedRange<Double> {
        switch self {
        case .dilated: 135...200
        case .hypertrophic: 150...230
        case .infarction: 95...150
        case .normal: 88...130
        case .rightVentricle: 72...110
        }
    }
    /// End-diastolic volume of the right ventricle in ml.
    var rightVolume: ClosedRange<Double> {
        switch self {
        case .dilated: 125...230
        case .hypertrophic: 100...160
        case .infarction: 100...170
        case .normal: 120...185
        case .rightVentricle: 170...280
        }
    }
    /// Ejection fraction of the right ventricle.
    var rightEjection: ClosedRange<Double> {
        switch self {
        case .dilated: 0.24...0.50
        case .hypertrophic: 0.50...0.68
        case .infarction: 0.42...0.60
        case .normal: 0.48...0.62
        case .rightVentricle: 0.22...0.42
        }
    }
}

/// The true volumes of a synthetic dataset, written with it as `phantom.json`.
public struct PhantomTruth: Codable, Sendable, Equatable {
    /// The name of the file in the dataset's folder.
    public static let fileName = "phantom.json"

    /// The seed of the dataset.
    public var seed: UInt64
    /// The patients, in the order of their numbers.
    public var patients: [Patient]

    /// The truth about one patient: volumes in ml, ejection fractions from 0 to 1.
    public struct Patient: Codable, Sendable, Equatable {
        /// The name, such as `patient001`.
        public var id: String
        /// The group of the heart.
        public var group: PhantomGroup
        /// Volumes at end-diastole.
        public var endDiastole: PhantomVolumes
        /// Volumes at end-systole.
        public var endSystole: PhantomVolumes
        /// Fraction of the left ventricle's end-diastolic volume that is ejected.
        public var leftEjectionFraction: Double
        /// The same for the right ventricle.
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

/// A value at end-diastole and one at end-systole, without the cost of a dictionary.
struct PerPhase<Value: Sendable>: Sendable {
    var ed: Value
    var es: Value

    subscript(phase: Phase) -> Value {
        get { phase == .ed ? ed : es }
        set {
            switch phase {
            case .ed: ed = newValue
            case .es: es = newValue
            }
        }
    }
}
