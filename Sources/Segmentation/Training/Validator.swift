import Datasets
import Imaging
import Networks
import Scoring
import Runs
import Torch

/// Scores the network on held-out cases after each epoch: on each scan's own grid, as `EvaluationJob` does.
struct Validator: Sendable {
    private let cases: [(scan: PreparedScan, reference: LabelMap)]
    private let plan: Plan

    init(_ cases: [TrainingCase], plan: Plan) throws {
        self.plan = plan
        self.cases = try cases.map { (try plan.preparation.prepare($0.channels), $0.labels) }
    }

    /// Held-out cases.
    var count: Int { cases.count }

    /// Mean Dice of each structure over the cases that have it or were given it.
    ///
    /// - Throws: `CancellationError` where the task is canceled, `TorchError`.
    @TensorActor
    func dice(_ network: SegmentationNetwork, device: Device, settings: ComputeSettings) async throws
        -> [Double?]
    {
        try await dice(network, of: cases[...], device: device, settings: settings)
    }

    /// Seconds that `dice` takes, by a few of the cases.
    @TensorActor
    func seconds(_ network: SegmentationNetwork, device: Device, settings: ComputeSettings) async throws
        -> Double
    {
        let some = cases.prefix(5)
        let start = ContinuousClock.now
        _ = try await dice(network, of: some, device: device, settings: settings)
        return (ContinuousClock.now - start).seconds * Double(cases.count) / Double(max(1, some.count))
    }

    @TensorActor
    private func dice(
        _ network: SegmentationNetwork, of cases: ArraySlice<(scan: PreparedScan, reference: LabelMap)>,
        device: Device, settings: ComputeSettings
    ) async throws -> [Double?] {
        let predictor = WindowPredictor(network, plan: plan, device: device, settings: settings)
        var found = [[Double]](repeating: [], count: plan.structures.count)
        for item in cases {
            let map = try await predictor.probabilities(item.scan)
                .resampledInPlane(to: item.reference.geometry).labelMap(plan)
            let counts = ConfusionCounts.ofEveryLabel(
                prediction: map.labels, reference: item.reference.labels)
            for (index, structure) in plan.structures.enumerated() {
                if let dice = counts[Int(structure.label)].dice { found[index].append(dice) }
            }
        }
        return found.map { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) }
    }
}
