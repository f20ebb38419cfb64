import Foundation
import Imaging
import Scoring
import Testing

/// Why there are no clinical numbers is said, and not left to be guessed.
@Suite struct MissingClinicalTests {
    private func evaluation(
        _ names: [String], phase: Evaluation.Phase? = .endDiastole,
        unit: Evaluation.DistanceUnit = .millimeter
    ) throws -> Evaluation {
        let structures = names.enumerated().map { Structure(name: $1, label: UInt8($0 + 1)) }
        let map = ExampleEvaluation.map([1, 1, 0, 0, 0, 0, 0, 0])
        let item = try Evaluation.Case(
            name: "a", patient: "a", phase: phase, prediction: map, reference: map, structures: structures)
        return Evaluation(structures: structures, cases: [item], distanceUnit: unit)
    }

    @Test func theReasonStandsInTheJSON() throws {
        for (evaluation, reason) in [
            (
                try evaluation(["label 1", "label 2"]),
                "no clinical numbers, because no structure is called RV, MYO or LV (there are label 1, label 2); give the labels those names"
            ),
            (
                try evaluation(["LV"], phase: nil),
                "no clinical numbers, because no scan is known to be at end-diastole or end-systole; name scans X_ED and X_ES, or give each patient an Info.cfg as in ACDC"
            ),
            (
                try evaluation(["MYO"], phase: .endSystole),
                "no clinical numbers, because the mass of the myocardium is measured at end-diastole, and no scan is known to be of that phase; add those scans"
            ),
        ] {
            #expect(evaluation.clinical == nil)
            #expect(evaluation.missingClinical?.description == reason)
            let json = try JSONSerialization.jsonObject(with: evaluation.json()) as? [String: Any]
            #expect(json?["clinical_note"] as? String == reason)
        }
    }

    @Test func namesMayBeWrittenDifferently() throws {
        let evaluation = try evaluation(["lv", "Myo"])
        #expect(evaluation.missingClinical == nil)
        let patient = try #require(evaluation.clinical?.patients.first)
        #expect(patient.predicted[.leftEDV] == 2)
        #expect(patient.predicted[.mass] == 0)
    }

    @Test func picturesHaveNone() throws {
        #expect(try evaluation(["cell"], unit: .pixel).missingClinical == nil)
    }
}
