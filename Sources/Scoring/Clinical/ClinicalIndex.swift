/// The numbers that a cardiologist reads from a heart's volumes.
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

    /// All numbers that follow from a patient's volumes in ml; nil arguments are unknown, and an ejection fraction
    /// of an empty ventricle does not exist.
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
