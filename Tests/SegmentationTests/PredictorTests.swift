import Datasets
import Foundation
import Imaging
import NIfTI
import Networks
import RunFixtures
import Runs
import Scans
import Segmentation
import Synchronization
import TestSupport
import Testing
import Torch

/// Segments `inputs` with the last weights of `run`.
@TensorActor
func predict(
    _ inputs: [PredictionInput], run: RunFolder, into folder: URL, probabilities: Bool = false
) async throws -> [PredictionJob.Failure] {
    try await withTensors {
        var job = PredictionJob(try Predictor([Model(contentsOf: run.url)]), output: folder)
        job.writesProbabilities = probabilities
        return try await job.run(inputs)
    }
}

/// A network with random weights for `structures`.
@TensorActor
func randomModel(_ structures: [Structure] = Blobs.structures, seed: UInt64 = 1, depth: Int = 2) throws
    -> Model
{
    try TorchRuntime.seed(seed)
    var plan = Blobs.plan(structures: structures)
    plan.network.depth = depth
    return try Model(plan.network.makeNetwork(), plan: plan, name: "model \(seed)")
}

/// A scan of noise.
@TensorActor
func noise(_ width: Int, _ height: Int, _ depth: Int, spacing: Spacing = Spacing(1.5, 1.5, 8)) -> Volume {
    var generator = SeededGenerator(seed: 5)
    return Volume(
        geometry: Geometry(width: width, height: height, depth: depth, spacing: spacing),
        voxels: (0..<width * height * depth).map { _ in Float(generator.uniform(0...500)) })
}

@TensorActor @Suite(.serialized) struct PredictorTests {
    /// One model that was not trained on misplaced channels is enough to refuse them.
    @Test func misplacedChannelsNeedTheLeaveOfEveryModel() throws {
        func model(_ allows: Bool) throws -> Model {
            var plan = Blobs.plan()
            plan.training.allowsMisplaced = allows
            return try Model(plan.network.makeNetwork(), plan: plan)
        }
        for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
            let predictor = try Predictor([model(first), model(second)])
            #expect(predictor.allowsMisplaced == (first && second))
        }
    }

    /// Slices go through 2D networks some at a time, which must not show.
    @Test func labelsAreThoseOfTheProbabilitiesHoweverManySlices() async throws {
        for depth in [1, 16, 17, 37] {
            let predictor = try Predictor([randomModel(), randomModel(seed: 2)])
            let volume = noise(40, 36, depth, spacing: Spacing(1.3, 1.3, 8))
            let steps = Mutex<[Double]>([])
            let found = try await predictor.segment(volume) { done in steps.withLock { $0.append(done) } }
            let expected = try predictor.labels(of: await predictor.probabilities(volume))
            #expect(found == expected)
            #expect(steps.withLock { $0 == $0.sorted() && $0.last.map { abs($0 - 1) < 1e-9 } == true })
        }
    }

    @Test func probabilitiesSumToOneOnTheScansGrid() async throws {
        let scan = noise(37, 29, 3, spacing: Spacing(1.3, 0.9, 7))
        try await withTensors {
            // Four poolings need multiples of 16, which neither grid has.
            let map = try await Predictor([randomModel(depth: 4)]).probabilities(scan)
            #expect(map.geometry == scan.geometry)
            #expect(map.channels == 3)
            let count = scan.geometry.count
            for voxel in 0..<count {
                let sum = (0..<3).reduce(0) { $0 + map.values[$1 * count + voxel] }
                guard abs(sum - 1) < 1e-5 else {
                    Issue.record("probabilities of voxel \(voxel) sum to \(sum)")
                    return
                }
            }
        }
    }

    @Test func onItsOwnGridItIsTheNetworkAlone() async throws {
        let scan = noise(24, 20, 6)
        try await withTensors {
            try TorchRuntime.seed(3)
            let plan = Blobs.plan()
            let network = try plan.network.makeNetwork()
            let map = try await Predictor([Model(network, plan: plan)]).probabilities(scan)
            let prepared = try plan.preparation.prepare(scan)
            let expected: [Float] = try withoutGradient {
                let input = try Tensor(prepared.voxels, shape: [6, 1, 20, 24])
                return try network.probabilities(network(input)).array()
            }
            // Channels are outermost in the map, slices in the batch.
            var worst: Float = 0
            for z in 0..<6 {
                for channel in 0..<3 {
                    for pixel in 0..<480 {
                        let found = map.values[(channel * 6 + z) * 480 + pixel]
                        worst = max(worst, abs(found - expected[(z * 3 + channel) * 480 + pixel]))
                    }
                }
            }
            #expect(worst < 1e-5)
        }
    }

    @Test func anEnsembleOfTheSameModelIsTheModel() async throws {
        let scan = noise(20, 20, 2)
        try await withTensors {
            let (one, same, other) = (try randomModel(), try randomModel(), try randomModel(seed: 2))
            let single = try await Predictor([one]).probabilities(scan)
            let double = try await Predictor([one, same]).probabilities(scan)
            #expect(single.values == double.values)
            let mixed = try await Predictor([one, other]).probabilities(scan)
            let second = try await Predictor([other]).probabilities(scan)
            #expect(
                zip(mixed.values, zip(single.values, second.values))
                    .allSatisfy { abs($0 - ($1.0 + $1.1) / 2) < 1e-6 })
        }
    }

    @Test func withoutAModelThereIsNoPredictor() async throws {
        await #expect(throws: SegmentationError.noModels) { try await withTensors { try Predictor([]) } }
    }

    @Test func scansOfAnApplicationAreLookedAt() async throws {
        let scan = noise(8, 8, 2)
        var (short, empty, flat, strange, small) = (scan, scan, scan, scan, scan)
        short.voxels.removeLast()
        empty.geometry.depth = 0
        empty.voxels = []
        flat.geometry.spacing.x = 0
        strange.voxels[5] = .nan
        strange.voxels[6] = .infinity
        small.geometry.spacing.y = 2
        try await withTensors {
            let predictor = try Predictor([randomModel()])
            let cases: [([Volume], SegmentationError)] = [
                ([], .channels(path: "the scan", expected: 1, found: 0)),
                ([scan, scan], .channels(path: "the scan", expected: 1, found: 2)),
                ([short], .voxels(path: "the scan", expected: 128, found: 127)),
                ([empty], .voxels(path: "the scan", expected: 0, found: 0)),
            ]
            for (channels, error) in cases {
                await #expect(throws: error) { try await predictor.probabilities(channels) }
            }
            var flat = scan
            flat.geometry.spacing.x = 0
            let found = flat.geometry.spacing.sides
            await #expect(throws: ScanError.noSpacing(path: "the scan", found: found)) {
                try await predictor.segment(flat)
            }
            await #expect(throws: ScanError.nonFinite(path: "the scan", count: 2)) {
                try await predictor.segment(strange)
            }
            var plan = Blobs.plan()
            plan.network.inputChannels = 2
            let two = try Predictor([Model(plan.network.makeNetwork(), plan: plan)])
            let sides = (scan.geometry.spacing.sides, small.geometry.spacing.sides)
            await #expect(
                throws: ScanError.channelSpacing(
                    first: "channel 1", other: "channel 2", expected: sides.0, found: sides.1)
            ) {
                try await two.probabilities([scan, small])
            }
            #expect(try await two.probabilities([scan, scan]).geometry == scan.geometry)
        }
    }

    @Test func probabilitiesOfOtherClassesAreRefused() async throws {
        let grid = noise(4, 4, 1).geometry
        try await withTensors {
            let predictor = try Predictor([randomModel()])
            for classes in [1, 2, 5] {
                let map = ProbabilityMap(
                    geometry: grid, channels: classes, values: [Float](repeating: 1, count: 16 * classes))
                #expect(throws: SegmentationError.classes(expected: 3, found: classes)) {
                    try predictor.labels(of: map)
                }
            }
        }
    }

    @Test func aNetworkMustBeThatOfItsPlan() async throws {
        try await withTensors {
            let plan = Blobs.plan()
            let one = Blobs.plan(structures: [Structure(name: "LV", label: 3)])
            #expect(
                throws: SegmentationError.planMisfits(
                    model: "mine", setting: .of(\.network.outputChannels), planned: 3, found: 1)
            ) { try Model(one.network.makeNetwork(), plan: plan, name: "mine") }
            var more = plan
            more.structures.append(Structure(name: "MORE", label: 9))
            #expect(throws: SegmentationError.self) { try Model(plan.network.makeNetwork(), plan: more) }
        }
    }

    @Test func modelsMustAgreeOnStructures() async throws {
        try await withTensors {
            let models = [try randomModel(), try randomModel([Structure(name: "LV", label: 3)], seed: 2)]
            let error = #expect(throws: SegmentationError.self) { try Predictor(models) }
            #expect(
                error?.description
                    == "model 1 (CORE=1 RING=2) and model 2 (LV=3) do not segment the same structures, so they cannot predict together; use models that were trained on the same dataset"
            )
        }
    }

    @Test func oneStructureGoesThroughTheSigmoid() async throws {
        let scan = noise(20, 20, 2)
        try await withTensors {
            let predictor = try Predictor([randomModel([Structure(name: "LV", label: 3)])])
            let map = try await predictor.probabilities(scan)
            #expect(map.channels == 1)
            let labels = try predictor.labels(of: map).labels
            #expect(zip(labels, map.values).allSatisfy { $0 == ($1 > 0.5 ? 3 : 0) })
            #expect(try await predictor.segment(scan).labels == labels)
        }
    }

    @Test func labelsAreTheDatasetsOwn() async throws {
        let structures = [Structure(name: "A", label: 7), Structure(name: "B", label: 200)]
        let scan = noise(20, 20, 2)
        try await withTensors {
            let predictor = try Predictor([randomModel(structures)])
            let map = try await predictor.probabilities(scan)
            let count = scan.geometry.count
            let expected: [UInt8] = (0..<count).map { voxel in
                let values = (0..<3).map { map.values[$0 * count + voxel] }
                return [0, 7, 200][values.firstIndex(of: values.max()!)!]
            }
            #expect(try predictor.labels(of: map).labels == expected)
        }
    }

    @Test func oneStructureCanBeTrainedAndScored() async throws {
        try await withTemporaryDirectory { folder in
            let structures = [Structure(name: "CORE", label: 1)]
            let data = try Blobs.write(folder.appending(path: "data"), patients: 1, structures: structures)
            let run = RunFolder(folder.appending(path: "run"))
            var plan = Blobs.plan(epochs: 60, structures: structures)
            plan.training.augmentation = .none
            try await TrainingJob(dataset: data, run: run).start(plan).finish()
            let output = folder.appending(path: "out")
            #expect(
                try await predict(
                    data.cases.map { PredictionInput($0) }, run: run, into: output, probabilities: true
                )
                .isEmpty)
            let result = try EvaluationJob(predictions: output, truth: data, probabilities: output).run()
            #expect(result.failures.isEmpty)
            #expect(try #require(result.evaluation.mean.foreground.dice) > 0.9)
            #expect(result.evaluation.loss != nil)
        }
    }
}
