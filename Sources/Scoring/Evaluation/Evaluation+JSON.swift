import Files
import Foundation
import Imaging

extension Evaluation: Codable {
    private enum Keys: String, CodingKey {
        case cases, clinical, loss, mean, structures
        case clinicalNote = "clinical_note"
        case labelMatching = "label_matching"
        case distanceUnit = "distance_unit"
        case meanByPhase = "mean_by_phase"
    }

    /// Returns the bytes of `evaluation.json`: sorted keys, two spaces of indentation, six decimals, a final newline.
    /// The same evaluation always gives the same bytes.
    public func json() throws -> Data {
        try jsonText() + Data("\n".utf8)
    }

    /// Writes `cases`, `mean`, `clinical` and, if probabilities were given, `loss`; `mean_by_phase` if phases are
    /// known, and `structures` with their order and labels; `label_matching`, the source of the names of the
    /// predictions' labels; and `clinical_note`, the reason why there are no clinical numbers.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(structures, forKey: .structures)
        // The keys of distances say mm, which pictures do not have.
        if distanceUnit != .millimeter { try container.encode(distanceUnit, forKey: .distanceUnit) }
        try container.encode(cases, forKey: .cases)
        try container.encode(mean, forKey: .mean)
        try container.encode(clinical, forKey: .clinical)
        try container.encodeIfPresent(missingClinical?.description, forKey: .clinicalNote)
        if !matchings.isEmpty { try container.encode(matchings, forKey: .labelMatching) }
        try container.encodeIfPresent(loss, forKey: .loss)
        if !meanByPhase.isEmpty {
            var phases = container.nestedContainer(keyedBy: NameKey.self, forKey: .meanByPhase)
            for (phase, mean) in meanByPhase { try phases.encode(mean, forKey: NameKey(phase.rawValue)) }
        }
    }

    /// Reads `cases` and `structures` and summarizes them again from the rounded numbers; the rest of the file follows
    /// from them.
    ///
    /// The clinical numbers are those of structures named `LV`, `RV` and `MYO`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        self.init(
            structures: try container.decode([Structure].self, forKey: .structures),
            cases: try container.decode([Case].self, forKey: .cases),
            distanceUnit: try container.decodeIfPresent(DistanceUnit.self, forKey: .distanceUnit)
                ?? .millimeter,
            matchings: try container.decodeIfPresent([Matching].self, forKey: .labelMatching) ?? [])
    }
}

extension Evaluation.Case: Codable {
    private enum Keys: String, CodingKey {
        case name = "case"
        case patient, phase, reference, structures, loss
    }

    /// Writes the case; one without ground truth has `"reference": null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(patient, forKey: .patient)
        try container.encode(phase, forKey: .phase)
        if !hasReference { try container.encodeNil(forKey: .reference) }
        try container.encode(scores, forKey: .structures)
        try container.encodeIfPresent(loss, forKey: .loss)
    }

    /// Reads what `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        name = try container.decode(String.self, forKey: .name)
        patient = try container.decodeIfPresent(String.self, forKey: .patient)
        phase = try container.decodeIfPresent(Evaluation.Phase.self, forKey: .phase)
        hasReference = !container.contains(.reference)
        scores = try container.decode([String: StructureScore].self, forKey: .structures)
        loss = try container.decodeIfPresent(Loss.self, forKey: .loss)
    }
}

extension Evaluation.Mean: Encodable {
    /// Writes the structures by name, and `foreground` next to them.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: NameKey.self)
        for (name, mean) in structures { try container.encode(mean, forKey: NameKey(name)) }
        // A dataset's only structure can itself be named foreground; its mean is the same number.
        let key = NameKey("foreground")
        if structures[key.stringValue] == nil { try container.encode(foreground, forKey: key) }
    }
}

extension Evaluation.Overlap: Encodable {
    /// Writes both, with `null` for missing numbers.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: NameKey.self)
        try container.encode(dice?.forJSON, forKey: NameKey("dice"))
        try container.encode(iou?.forJSON, forKey: NameKey("iou"))
    }
}

extension Evaluation.StructureMean: Encodable {
    /// Writes means under the same names as in a case, standard deviations with the suffix `_sd`, and the counts.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: NameKey.self)
        let numbers = [
            ("dice", dice), ("iou", iou), ("hausdorff_mm", hausdorff), ("hd95_mm", hd95), ("assd_mm", assd),
            ("volume_ml", volume), ("reference_volume_ml", referenceVolume),
        ]
        for (name, statistic) in numbers {
            try container.encode(statistic?.mean.forJSON, forKey: NameKey(name))
            try container.encode(statistic?.standardDeviation?.forJSON, forKey: NameKey(name + "_sd"))
        }
        for outcome in StructureScore.Outcome.allCases where outcome != .unreferenced {
            try container.encode(counts[outcome] ?? 0, forKey: NameKey(outcome.rawValue))
        }
    }
}

extension Evaluation.Clinical: Encodable {
    /// Writes `patients` with their `predicted` and `reference` numbers, and `agreement` for each number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: NameKey.self)
        try container.encode(patients, forKey: NameKey("patients"))
        var numbers = container.nestedContainer(keyedBy: NameKey.self, forKey: NameKey("agreement"))
        for (index, agreement) in agreement { try numbers.encode(agreement, forKey: NameKey(index.rawValue)) }
    }
}

extension Evaluation.Clinical.Patient: Encodable {
    /// Writes the numbers by name; `"reference": null` if there is no ground truth.
    public func encode(to encoder: any Encoder) throws {
        func named(_ values: [ClinicalIndex: Double]) -> [String: Double?] {
            Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value.forJSON) })
        }
        var container = encoder.container(keyedBy: NameKey.self)
        try container.encode(name, forKey: NameKey("patient"))
        try container.encode(named(predicted), forKey: NameKey("predicted"))
        try container.encode(reference.isEmpty ? nil : named(reference), forKey: NameKey("reference"))
    }
}

extension Agreement: Encodable {
    /// Writes the numbers, with `null` for missing ones.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: NameKey.self)
        try container.encode(count, forKey: NameKey("n"))
        try container.encode(bias.forJSON, forKey: NameKey("bias"))
        try container.encode(standardDeviation?.forJSON, forKey: NameKey("sd"))
        try container.encode(limits?.lowerBound.forJSON, forKey: NameKey("loa_lower"))
        try container.encode(limits?.upperBound.forJSON, forKey: NameKey("loa_upper"))
        try container.encode(meanAbsoluteError.forJSON, forKey: NameKey("mae"))
        try container.encode(correlation?.forJSON, forKey: NameKey("pearson_r"))
    }
}

extension Double {
    /// The number with six decimals, which is more precise than any score and hides the last bits of different
    /// machines; nil (`null`) if JSON has no such number.
    var forJSON: Double? {
        guard isFinite else { return nil }
        let rounded = (self * 1e6).rounded() / 1e6
        return rounded == 0 ? 0 : rounded
    }
}

/// A JSON key that is known only at run time, such as a structure's name.
struct NameKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
