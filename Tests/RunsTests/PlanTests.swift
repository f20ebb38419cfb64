import Foundation
import Imaging
import RunFixtures
import Runs
import TestSupport
import Testing
import UNetDesign

@Suite struct PlanTests {
    @Test func comesBackFromJSON() throws {
        var plan = Blobs.plan()
        plan.training.augmentation = .none
        plan.training.loss = .dice
        plan.training.phases = .es
        plan.preparation = Preparation(spacing: 1.25, clip: .init(low: 1, high: 99))
        let back = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
        #expect(back == plan)
        #expect(back.training.fold == nil)
    }

    @Test func defaultsAreSound() throws {
        let structures = [Structure(name: "LV", label: 3)]
        try Plan(structures: structures, network: NetworkConfiguration(outputChannels: 1)).validate()
        #expect(Plan.outputChannels(for: structures) == 1)
        #expect(Plan.outputChannels(for: Blobs.structures) == 3)
    }

    @Test(arguments: [
        Flaw("--epochs 0 makes no sense; it is 1 to 1000000") { $0.training.epochs = 0 },
        Flaw("--batch-size 0 makes no sense; it is 1 to 65536") { $0.training.batchSize = 0 },
        Flaw("--threads 0 makes no sense; it is 1 to 1024") { $0.training.threads = 0 },
        Flaw("--learning-rate 0.0 makes no sense; it is above 0, at most 1000") {
            $0.training.learningRate = 0
        },
        Flaw("--weight-decay -1.0 makes no sense; it is 0 to 1000") { $0.training.weightDecay = -1 },
        Flaw("--spacing -1.0 makes no sense; it is in mm, 0.001 to 100") {
            $0.preparation.spacing = -1
        },
        Flaw("clip 50.0 to 10.0 makes no sense; percentiles are 0 to 100, the lower one first") {
            $0.preparation.clip.low = 50
            $0.preparation.clip.high = 10
        },
        Flaw(
            "--patch 50x32 makes no sense; it does not fit the network's 2 poolings; the nearest that does is 52x32"
        ) { $0.training.patch.height = 50 },
        Flaw(
            "--patch 32x-4 makes no sense; sides are 1 to 4096 pixels"
        ) { $0.training.patch.width = -4 },
        Flaw(
            "--patch 32x1000000 makes no sense; sides are 1 to 4096 pixels"
        ) { $0.training.patch.width = 1_000_000 },
        Flaw(
            "--batch-size 65536 makes no sense; with patches of 4096x4096x4096 and 64 filters a feature map would have more than 2147483647 values, so make one of them smaller"
        ) {
            $0.network.dimensions = .three
            $0.network.filters = 64
            $0.training.patch = PatchSize(width: 4096, height: 4096, depth: 4096)
            $0.training.batchSize = 65_536
        },
        Flaw(
            "a network of 65536 filters and 2 poolings would have 1950 billion weights, and at most 1.1 billion are allowed; give it fewer filters or poolings"
        ) { $0.network.filters = 65_536 },
        Flaw(
            "a network of 4 filters and 12 poolings would have 8.0 billion weights, and at most 1.1 billion are allowed; give it fewer filters or poolings"
        ) {
            $0.network.depth = 12
            $0.training.patch = PatchSize(width: 4096, height: 4096)
        },
        Flaw(
            "--patch 4x4 makes no sense; after 2 poolings one pixel of it is left, too few for a norm by batch; make it larger"
        ) {
            $0.training.patch = PatchSize(width: 4, height: 4)
            $0.training.batchSize = 1
        },
        Flaw(
            "--patch 4x4 makes no sense; after 2 poolings one pixel of it is left, too few for a norm by instance; make it larger"
        ) {
            $0.training.patch = PatchSize(width: 4, height: 4)
            $0.network.norm = .instance
        },
        Flaw("--elastic -1.0 makes no sense; it is 0 to 1000") { $0.training.augmentation.elastic = -1 },
        Flaw("--elastic nan makes no sense; it is 0 to 1000") { $0.training.augmentation.elastic = .nan },
        Flaw("contrast inf makes no sense; it is 0.01 to 100") {
            $0.training.augmentation.contrast = .infinity
        },
        Flaw("--norm-epsilon 0.0 makes no sense; it is 1e-30 to 1") { $0.network.normEpsilon = 0 },
        Flaw(
            "--steps 1000000 makes no sense; with batches of 200 an epoch would have more than 100 million patches, so make one of them smaller"
        ) { ($0.training.stepsPerEpoch, $0.training.batchSize) = (1_000_000, 200) },
        Flaw("--hold-out “” makes no sense; give the names of patients or images") {
            $0.training.holdOut = [""]
        },
        Flaw(
            "--batch-size 512 makes no sense; with patches of 1024x1024 and 4 filters a feature map would have more than 2147483647 values, so make one of them smaller"
        ) {
            $0.training.patch = PatchSize(width: 1024, height: 1024)
            $0.training.batchSize = 512
        },
        Flaw("--patch 4x32x32 makes no sense; a network that sees slices has patches of depth 1") {
            $0.training.patch.depth = 4
        },
        Flaw(
            "--window 30x32 makes no sense; it does not fit the network's 2 poolings; the nearest that does is 32x32"
        ) {
            $0.window = PatchSize(width: 32, height: 30)
        },
        Flaw("--dropout 1.0 makes no sense; it is 0 or above, and below 1") { $0.network.dropout = 1 },
        Flaw("--dropout -0.5 makes no sense; it is 0 or above, and below 1") { $0.network.dropout = -0.5 },
        Flaw("--loss dice makes no sense; --border-weights weigh a cross-entropy, so it is ce or ce+dice") {
            $0.training.borderWeights = BorderWeights()
            $0.training.loss = .dice
        },
        Flaw("--momentum 1.0 makes no sense; it is 0 or above, and below 1") { $0.training.momentum = 1 },
        Flaw("--steps 0 makes no sense; it is 1 to 1000000") { $0.training.stepsPerEpoch = 0 },
        Flaw(
            "--border-weights 10.0, 0.0 makes no sense; the weight is 0 to a million, and its reach is above 0, at most 1000 pixels"
        ) {
            $0.training.borderWeights = BorderWeights()
            $0.training.borderWeights?.sigma = 0
        },
        Flaw("there is no fold 5; folds are 0 to 4, or “all” to hold nobody out") { $0.training.fold = 5 },
        Flaw("there is no fold -1; folds are 0 to 4, or “all” to hold nobody out") { $0.training.fold = -1 },
        Flaw("number of folds 1 makes no sense; it must be 2 to 10000") { $0.training.foldCount = 1 },
        Flaw("--filters 0 makes no sense; it is 1 to 65536") { $0.network.filters = 0 },
        Flaw("--depth 64 makes no sense; it is 1 to 12") { $0.network.depth = 64 },
        Flaw("--norm-momentum 2.0 makes no sense; it is above 0, at most 1") { $0.network.normMomentum = 2 },
        Flaw("output channels 4 makes no sense; there are 3 for CORE=1 RING=2") {
            $0.network.outputChannels = 4
        },
        Flaw("structures CORE=1 CORE=2 makes no sense; give each a name and a label of its own") {
            $0.structures[1].name = "CORE"
        },
        Flaw("structures CORE=0 RING=2 makes no sense; 0 is background") { $0.structures[0].label = 0 },
        Flaw("format version 2 makes no sense; this program reads version 1") { $0.formatVersion = 2 },
    ])
    func refuses(_ flaw: Flaw) throws {
        var plan = Blobs.plan()
        flaw.make(&plan)
        let error = #expect(throws: SegmentationError.self) { try plan.validate() }
        #expect(error?.description == flaw.text)
    }

    @Test func refusesAugmentationWithoutSense() {
        for change: @Sendable (inout Augmentation) -> Void in [
            { $0.rotation = -1 }, { $0.scale = 0 }, { $0.flipProbability = 1.5 }, { $0.brightness = -0.1 },
            { $0.contrast = .infinity }, { $0.noise = -1 }, { $0.elastic = -1 }, { $0.elastic = 1e40 },
            { $0.overhang = .nan },
        ] {
            var plan = Blobs.plan()
            change(&plan.training.augmentation)
            #expect(throws: SegmentationError.self) { try plan.validate() }
        }
    }

    struct Flaw: Sendable, CustomTestStringConvertible {
        let text: String
        let make: @Sendable (inout Plan) -> Void

        init(_ text: String, _ make: @escaping @Sendable (inout Plan) -> Void) {
            self.text = text
            self.make = make
        }

        var testDescription: String { text }
    }
}
