import Imaging
import Scoring

/// A small evaluation with every kind of case: two phases, missed, spurious and absent structures, a loss, and a
/// case without reference.
enum ExampleEvaluation {
    static let structures = [
        Structure(name: "RV", label: 1), Structure(name: "MYO", label: 2), Structure(name: "LV", label: 3),
    ]
    static let grid = Geometry(width: 8, height: 1, depth: 1, spacing: Spacing(10, 10, 10))

    static func map(_ labels: [UInt8]) -> LabelMap { LabelMap(geometry: grid, labels: labels) }

    static func evaluation() throws -> Evaluation {
        let reference = map([1, 1, 2, 3, 3, 3, 2, 0])
        let half = [Float](repeating: 0.25, count: 4 * grid.count)
        let cases = [
            try Evaluation.Case(
                name: "patient101_frame01", patient: "patient101", phase: .endDiastole,
                prediction: map([1, 1, 2, 3, 3, 3, 0, 0]), reference: reference,
                probabilities: ProbabilityMap(geometry: grid, channels: 4, values: half),
                structures: structures),
            try Evaluation.Case(
                name: "patient101_frame12", patient: "patient101", phase: .endSystole,
                prediction: map([0, 0, 2, 3, 2, 0, 0, 0]), reference: map([1, 2, 2, 3, 2, 0, 0, 0]),
                structures: structures),
            try Evaluation.Case(
                name: "patient102_frame01", patient: "patient102", phase: .endDiastole,
                prediction: map([0, 1, 2, 3, 2, 0, 0, 0]), reference: map([0, 0, 2, 3, 2, 0, 0, 0]),
                structures: structures),
            try Evaluation.Case(
                name: "patient102_frame09", patient: "patient102", phase: .endSystole,
                prediction: map([0, 0, 2, 2, 0, 0, 0, 0]), reference: map([0, 0, 2, 2, 0, 0, 0, 0]),
                structures: structures),
            try Evaluation.Case(
                name: "mine, frame 3", prediction: map([1, 0, 2, 3, 3, 2, 0, 0]), reference: nil,
                structures: structures),
        ]
        return Evaluation(structures: structures, cases: cases)
    }
}
