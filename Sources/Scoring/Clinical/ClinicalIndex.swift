/// The clinical numbers derived from a heart's volumes.
public enum ClinicalIndex: String, Sendable, Hashable, CaseIterable {
    /// End-diastolic volume of the left ventricle, ml.
    case leftEDV = "lv_edv_ml"
    /// End-systolic volume of the left ventricle, ml.
    case leftESV = "lv_esv_ml"
    /// Stroke volume of the left ventricle, ml: EDV − ESV.
    case leftSV = "lv_sv_ml"
    /// Ejection fraction of the left ventricle, %: 100 · SV / EDV.
    case leftEF = "lv_ef_percent"
    /// End-diastolic volume of the right ventricle, ml.
    case rightEDV = "rv_edv_ml"
    /// End-systolic volume of the right ventricle, ml.
    case rightESV = "rv_esv_ml"
    /// Stroke volume of the right ventricle, ml.
    case rightSV = "rv_sv_ml"
    /// Ejection fraction of the right ventricle, %.
    case rightEF = "rv_ef_percent"
    /// Mass of the left ventricle's muscle at end-diastole, g: volume · 1.05 g/ml.
    case mass = "myo_mass_ed_g"

    /// Density of heart muscle in g/ml.
    public static let muscleDensity = 1.05

    /// Name for tables, with the unit.
    public var title: String {
        switch self {
        case .leftEDV: "LV EDV (ml)"
        case .leftESV: "LV ESV (ml)"
        case .leftSV: "LV SV (ml)"
        case .leftEF: "LV EF (%)"
        case .rightEDV: "RV EDV (ml)"
        case .rightESV: "RV ESV (ml)"
        case .rightSV: "RV SV (ml)"
        case .rightEF: "RV EF (%)"
        case .mass: "MYO mass (g)"
        }
    }

    /// Returns all numbers that follow from a patient's volumes in ml; nil arguments are unknown, and an empty
    /// ventricle has no ejection fraction.
    public static func values(
        leftED: Double?, leftES: Double?, rightED: Double?, rightES: Double?, myocardiumED: Double?
    ) -> [ClinicalIndex: Double] {
        var values: [ClinicalIndex: Double] = [:]
        func add(_ edv: Double?, _ esv: Double?, _ keys: (edv: Self, esv: Self, sv: Self, ef: Self)) {
            values[keys.edv] = edv
            values[keys.esv] = esv
            guard let edv, let esv else { return }
            values[keys.sv] = edv - esv
            if edv > 0 { values[keys.ef] = 100 * (edv - esv) / edv }
        }
        add(leftED, leftES, (.leftEDV, .leftESV, .leftSV, .leftEF))
        add(rightED, rightES, (.rightEDV, .rightESV, .rightSV, .rightEF))
        values[.mass] = myocardiumED.map { $0 * muscleDensity }
        return values
    }
}

/// The names of the structures that clinical numbers are computed from.
public struct CardiacRoles: Sendable, Hashable {
    /// The cavity of the left ventricle.
    public var leftVentricle: String
    /// The cavity of the right ventricle.
    public var rightVentricle: String
    /// The muscle of the left ventricle.
    public var myocardium: String

    /// Creates roles, by default with the names that datasets usually use, including ACDC. A structure that a dataset
    /// lacks has no numbers.
    public init(leftVentricle: String = "LV", rightVentricle: String = "RV", myocardium: String = "MYO") {
        self.leftVentricle = leftVentricle
        self.rightVentricle = rightVentricle
        self.myocardium = myocardium
    }
}

/// The agreement of predicted numbers with reference numbers.
///
/// Bland and Altman, "Statistical methods for assessing agreement between two methods of clinical measurement",
/// Lancet 327 (1986) 307–310.
public struct Agreement: Sendable, Hashable {
    /// Pairs compared.
    public var count: Int
    /// Mean of predicted − reference.
    public var bias: Double
    /// Sample standard deviation of the differences; nil for one pair.
    public var standardDeviation: Double?
    /// Lower and upper 95% limits of agreement, bias ∓ 1.96 SD; nil for one pair.
    public var limits: ClosedRange<Double>? {
        standardDeviation.map { bias - 1.96 * $0...bias + 1.96 * $0 }
    }
    /// Mean of the absolute differences.
    public var meanAbsoluteError: Double
    /// Pearson's correlation, −1 to 1; nil if either side does not vary.
    public var correlation: Double?

    /// Compares predicted numbers with as many reference numbers; nil if there are none.
    public init?(predicted: [Double], reference: [Double]) {
        precondition(predicted.count == reference.count, "numbers in pairs")
        let differences = zip(predicted, reference).map { $0 - $1 }
        guard let difference = Statistic(of: differences), let one = Statistic(of: predicted),
            let other = Statistic(of: reference)
        else { return nil }
        count = differences.count
        bias = difference.mean
        standardDeviation = difference.standardDeviation
        meanAbsoluteError = differences.reduce(0) { $0 + abs($1) } / Double(count)
        if let spread = one.standardDeviation, let otherSpread = other.standardDeviation, spread > 0,
            otherSpread > 0
        {
            let products = zip(predicted, reference).reduce(0) {
                $0 + ($1.0 - one.mean) * ($1.1 - other.mean)
            }
            correlation = min(1, max(-1, products / Double(count - 1) / (spread * otherSpread)))
        }
    }
}
