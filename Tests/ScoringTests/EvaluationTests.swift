import Foundation
import Imaging
import Scoring
import Testing

@Suite struct EvaluationTests {
    @Test func outcomesAndMeans() throws {
        let evaluation = try ExampleEvaluation.evaluation()
        let first = try #require(evaluation.cases[0].scores["MYO"])
        #expect(first.outcome == .scored && first.dice == 2.0 / 3 && first.iou == 0.5)
        #expect(first.volume == 1 && first.referenceVolume == 2)
        #expect(first.hausdorff == 40)
        let missed = try #require(evaluation.cases[1].scores["RV"])
        #expect(
            missed.outcome == .missed && missed.dice == 0 && missed.hausdorff == nil && missed.assd == nil)
        let spurious = try #require(evaluation.cases[2].scores["RV"])
        #expect(spurious.outcome == .spurious && spurious.dice == 0 && spurious.hd95 == nil)
        let absent = try #require(evaluation.cases[3].scores["RV"])
        #expect(absent.outcome == .absent && absent.dice == nil && absent.iou == nil)
        let free = try #require(evaluation.cases[4].scores["LV"])
        #expect(free.outcome == .unreferenced && free.volume == 2 && free.referenceVolume == nil)

        let right = try #require(evaluation.mean.structures["RV"])
        #expect(right.dice?.mean == 1.0 / 3 && right.dice?.count == 3)
        #expect(right.counts == [.scored: 1, .missed: 1, .spurious: 1, .absent: 1])
        #expect(right.hausdorff?.count == 1)
        // The mean of the structures' means, not of the cases' and not of the union.
        let means = ["RV", "MYO", "LV"].compactMap { evaluation.mean.structures[$0]?.dice?.mean }
        #expect(evaluation.mean.foreground.dice == means.reduce(0, +) / 3)
        #expect(evaluation.meanByPhase[.endSystole]?.structures["RV"]?.dice?.mean == 0)
        #expect(evaluation.cases[3].foreground.dice == 1)
        #expect(evaluation.cases[4].foreground.dice == nil)
    }

    @Test func clinicalNumbers() throws {
        let clinical = try #require(try ExampleEvaluation.evaluation().clinical)
        #expect(clinical.patients.map(\.name) == ["patient101", "patient102"])
        #expect(
            clinical.patients[0].predicted[.leftEDV] == 3 && clinical.patients[0].predicted[.leftESV] == 1)
        #expect(abs(try #require(clinical.patients[0].predicted[.leftEF]) - 200.0 / 3) < 1e-12)
        #expect(clinical.patients[0].reference[.mass] == 2 * 1.05)
        #expect(clinical.agreement[.mass]?.count == 2)
        #expect(
            clinical.agreement[.rightEF]?.count == 1, "patient102 has no right ventricle in the reference")
    }

    @Test func rereadsItsJSON() throws {
        let evaluation = try ExampleEvaluation.evaluation()
        let json = try evaluation.json()
        #expect(try evaluation.json() == json)
        let again = try JSONDecoder().decode(Evaluation.self, from: json)
        // The file has six decimals; from there on nothing changes.
        #expect(try JSONDecoder().decode(Evaluation.self, from: again.json()) == again)
        #expect(again.cases.map(\.name) == evaluation.cases.map(\.name))
        #expect(again.cases[4].hasReference == false)
    }

    @Test func keysOfTheJSON() throws {
        let json = try JSONSerialization.jsonObject(with: ExampleEvaluation.evaluation().json())
        let root = try #require(json as? [String: Any])
        #expect(root.keys.sorted() == ["cases", "clinical", "loss", "mean", "mean_by_phase", "structures"])
        let cases = try #require(root["cases"] as? [[String: Any]])
        #expect(cases[0].keys.sorted() == ["case", "loss", "patient", "phase", "structures"])
        #expect(cases[0]["phase"] as? String == "ED")
        #expect(cases[4].keys.sorted() == ["case", "phase", "reference", "structures"])
        #expect(cases[4]["reference"] is NSNull && cases[4]["phase"] is NSNull)
        let scores = try #require(cases[1]["structures"] as? [String: [String: Any]])
        let right = try #require(scores["RV"])
        #expect(
            right.keys.sorted() == [
                "assd_mm", "dice", "hausdorff_mm", "hd95_mm", "iou", "reference_volume_ml", "volume_ml",
            ])
        #expect(right["hausdorff_mm"] is NSNull && right["dice"] as? Double == 0)
        let mean = try #require(root["mean"] as? [String: [String: Any]])
        #expect(mean.keys.sorted() == ["LV", "MYO", "RV", "foreground"])
        #expect(mean["foreground"]?.keys.sorted() == ["dice", "iou"])
        #expect(mean["RV"]?["dice"] as? Double == 0.333333)
        #expect(mean["RV"]?["missed"] as? Int == 1 && mean["RV"]?["absent"] as? Int == 1)
        let loss = try #require(cases[0]["loss"] as? [String: Double])
        #expect(loss["cross_entropy"] == 1.386294)
    }

    @Test func structureCalledForeground() throws {
        let cell = Structure(name: "foreground", label: 1)
        let map = ExampleEvaluation.map([1, 1, 0, 0, 0, 0, 0, 0])
        let evaluation = Evaluation(
            structures: [cell],
            cases: [try Evaluation.Case(name: "0", prediction: map, reference: map, structures: [cell])])
        let json = try JSONSerialization.jsonObject(with: evaluation.json()) as? [String: Any]
        let mean = try #require(json?["mean"] as? [String: [String: Any]])
        #expect(mean["foreground"]?["dice"] as? Double == 1 && mean["foreground"]?["scored"] as? Int == 1)
        #expect(json?["clinical"] is NSNull)
    }

    @Test func errors() throws {
        let map = ExampleEvaluation.map([1, 1, 2, 0, 0, 0, 0, 0])
        func text(
            _ prediction: LabelMap, _ reference: LabelMap, _ probabilities: ProbabilityMap? = nil
        ) -> String? {
            do {
                _ = try Evaluation.Case(
                    name: "patient101_frame01", prediction: prediction, reference: reference,
                    probabilities: probabilities, structures: ExampleEvaluation.structures)
                return nil
            } catch { return error.description }
        }
        #expect(text(map, map) == nil)
        let small = LabelMap(
            geometry: Geometry(width: 4, height: 1, depth: 1, spacing: Spacing(10, 10, 10)),
            labels: [0, 0, 0, 0])
        #expect(
            text(small, map)
                == "patient101_frame01: the prediction has 4 × 1 × 1 voxels, but 8 × 1 × 1 are expected; "
                + "score predictions on the scan's own grid.")
        var wide = map
        wide.geometry.spacing.x = 10.5
        #expect(
            text(wide, map)
                == "patient101_frame01: the prediction has a spacing of 10.5 × 10 × 10 mm, but 10 × 10 × 10 mm is "
                + "expected; check that both files belong to the same scan.")
        wide.geometry.spacing.x = 10.009
        #expect(text(wide, map) == nil, "spacings are compared to a thousandth, as where a dataset is read")
        #expect(
            text(map, ExampleEvaluation.map([1, 4, 200, 0, 0, 0, 0, 0]))
                == "patient101_frame01: the reference has labels 4, 200, but only 0 = background, 1 = RV, 2 = MYO, "
                + "3 = LV are known; check the file or name its structures.")
        let two = ProbabilityMap(
            geometry: map.geometry, channels: 2, values: [Float](repeating: 0.5, count: 16))
        #expect(
            text(map, map, two)
                == "patient101_frame01: the probabilities have 2 channels, but 4 are expected; "
                + "predict again with the model that these labels belong to.")
    }
}
