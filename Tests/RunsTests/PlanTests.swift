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
        Flaw("epochs 0 is not valid; it must be from 1 to 1000000") { $0.training.epochs = 0 },
        Flaw("batch size 0 is not valid; it must be from 1 to 65536") { $0.training.batchSize = 0 },
        Flaw("threads 0 is not valid; it must be from 1 to 1024") { $0.training.threads = 0 },
        Flaw("learning rate 0.0 is not valid; it must be greater than 0 and at most 1000") {
            $0.training.learningRate = 0
        },
        Flaw("weight decay -1.0 is not valid; it must be from 0 to 1000") { $0.training.weightDecay = -1 },
        Flaw("spacing -1.0 is not valid; it must be from 0.001 to 100 mm") {
            $0.preparation.spacing = -1
        },
        Flaw("clip 50.0 to 10.0 is not valid; its percentiles must be from 0 to 100, the lower one first") {
            $0.preparation.clip.low = 50
            $0.preparation.clip.high = 10
        },
        Flaw(
            "patch 50x32 is not valid; it must fit the network's 2 poolings, as 52x32 does"
        ) { $0.training.patch.height = 50 },
        Flaw(
            "patch 32x-4 is not valid; its sides must be from 1 to 4096 pixels"
        ) { $0.training.patch.width = -4 },
        Flaw(
            "patch 32x1000000 is not valid; its sides must be from 1 to 4096 pixels"
        ) { $0.training.patch.width = 1_000_000 },
        Flaw(
            "batch size 65536 is not valid; with patches of 4096x4096x4096 and 64 filters, a feature map would have more than 2147483647 values, so reduce one of them"
        ) {
            $0.network.dimensions = .three
            $0.network.filters = 64
            $0.training.patch = PatchSize(width: 4096, height: 4096, depth: 4096)
            $0.training.batchSize = 65_536
        },
        Flaw(
            "a network of 65536 filters and 2 poolings would have 1950 billion weights, but at most 1.1 billion are allowed; use fewer filters or poolings"
        ) { $0.network.filters = 65_536 },
        Flaw(
            "a network of 4 filters and 12 poolings would have 8.0 billion weights, but at most 1.1 billion are allowed; use fewer filters or poolings"
        ) {
            $0.network.depth = 12
            $0.training.patch = PatchSize(width: 4096, height: 4096)
        },
        Flaw(
            "patch 4x4 is not valid; only one pixel of it is left after 2 poolings, too few for batch norm, so make it larger"
        ) {
            $0.training.patch = PatchSize(width: 4, height: 4)
            $0.training.batchSize = 1
        },
        Flaw(
            "patch 4x4 is not valid; only one pixel of it is left after 2 poolings, too few for instance norm, so make it larger"
        ) {
            $0.training.patch = PatchSize(width: 4, height: 4)
            $0.network.norm = .instance
        },
        Flaw("elastic -1.0 is not valid; it must be from 0 to 1000") {
            $0.training.augmentation.elastic = -1
        },
        Flaw("elastic nan is not valid; it must be from 0 to 1000") {
            $0.training.augmentation.elastic = .nan
        },
        Flaw("contrast inf is not valid; it must be from 0.01 to 100") {
            $0.training.augmentation.contrast = .infinity
        },
        Flaw("low resolution probability 2.0 is not valid; it must be from 0 to 1") {
            $0.training.augmentation.lowResolutionProbability = 2
        },
        Flaw("foreground share 1.5 is not valid; it must be from 0 to 1") {
            $0.training.foregroundShare = 1.5
        },
        Flaw("norm epsilon 0.0 is not valid; it must be from 1e-30 to 1") { $0.network.normEpsilon = 0 },
        Flaw(
            "steps 1000000 is not valid; with batches of 200, an epoch would have more than 100 million patches, so reduce one of them"
        ) { ($0.training.stepsPerEpoch, $0.training.batchSize) = (1_000_000, 200) },
        Flaw("hold out “” is not valid; it must name patients or images") {
            $0.training.holdOut = [""]
        },
        Flaw(
            "batch size 512 is not valid; with patches of 1024x1024 and 4 filters, a feature map would have more than 2147483647 values, so reduce one of them"
        ) {
            $0.training.patch = PatchSize(width: 1024, height: 1024)
            $0.training.batchSize = 512
        },
        Flaw("patch 4x32x32 is not valid; a 2D network needs patches of depth 1") {
            $0.training.patch.depth = 4
        },
        Flaw(
            "window 30x32 is not valid; it must fit the network's 2 poolings, as 32x32 does"
        ) {
            $0.window = PatchSize(width: 32, height: 30)
        },
        Flaw("dropout 1.0 is not valid; it must be at least 0 and less than 1") { $0.network.dropout = 1 },
        Flaw("dropout -0.5 is not valid; it must be at least 0 and less than 1") {
            $0.network.dropout = -0.5
        },
        Flaw(
            "loss dice is not valid; it must be ce or ce+dice, because border weights weigh a cross-entropy"
        ) {
            $0.training.borderWeights = BorderWeights()
            $0.training.loss = .dice
        },
        Flaw("momentum 1.0 is not valid; it must be at least 0 and less than 1") {
            $0.training.momentum = 1
        },
        Flaw("steps 0 is not valid; it must be from 1 to 1000000") { $0.training.stepsPerEpoch = 0 },
        Flaw(
            "border weights 10.0, 0.0 is not valid; the weight must be from 0 to a million, and its reach greater than 0 and at most 1000 pixels"
        ) {
            $0.training.borderWeights = BorderWeights()
            $0.training.borderWeights?.sigma = 0
        },
        Flaw("there is no fold 5; use 0 to 4") { $0.training.fold = 5 },
        Flaw("there is no fold -1; use 0 to 4") { $0.training.fold = -1 },
        Flaw("number of folds 1 is not valid; it must be from 2 to 10000") { $0.training.foldCount = 1 },
        Flaw("filters 0 is not valid; it must be from 1 to 65536") { $0.network.filters = 0 },
        Flaw("depth 64 is not valid; it must be from 1 to 12") { $0.network.depth = 64 },
        Flaw("norm momentum 2.0 is not valid; it must be greater than 0 and at most 1") {
            $0.network.normMomentum = 2
        },
        Flaw("output channels 4 is not valid; it must be 3 for CORE=1 RING=2") {
            $0.network.outputChannels = 4
        },
        Flaw("structures CORE=1 CORE=2 is not valid; each must have a unique name and a unique label") {
            $0.structures[1].name = "CORE"
        },
        Flaw("structures CORE=0 RING=2 is not valid; label 0 is the background, so use 1 to 255") {
            $0.structures[0].label = 0
        },
        Flaw("format version 2 is not valid; this program reads only version 1") { $0.formatVersion = 2 },
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
            { $0.overhang = .nan }, { $0.shear = 90 }, { $0.blur = -1 }, { $0.gamma = 0 },
            { $0.gamma = 11 }, { $0.lowResolution = 0 }, { $0.lowResolution = 1.5 }, { $0.biasField = 5 },
            { $0.sliceShift = -1 }, { $0.sampleContrast = 0 }, { $0.rotationProbability = 1.1 },
            { $0.gammaProbability = -0.1 },
            { $0.noiseProbability = .nan },
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
