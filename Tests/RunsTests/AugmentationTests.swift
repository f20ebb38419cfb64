import Foundation
import Imaging
import RunFixtures
import Runs
import Testing
import UNetDesign

@Suite struct AugmentationTests {
    /// Nothing but what `change` asks for; samples lie in the middle of their slice.
    private static func only(_ change: (inout Augmentation) -> Void) -> Augmentation {
        var augmentation = Augmentation.none
        (augmentation.rotationProbability, augmentation.scaleProbability) = (0, 0)
        (augmentation.noiseProbability, augmentation.elasticProbability) = (0, 0)
        change(&augmentation)
        return augmentation
    }

    private static func plan(_ augmentation: Augmentation, depth: Int = 1, steps: Int = 1) -> Plan {
        var plan = Blobs.plan()
        plan.training.augmentation = augmentation
        plan.training.patch = PatchSize(width: 48, height: 40, depth: depth)
        plan.training.stepsPerEpoch = steps
        plan.preparation.border = .mirror
        if depth > 1 {
            plan.network.dimensions = .three
            plan.network.poolings = [[1, 2, 2], [1, 2, 2]]
        }
        return plan
    }

    private static func batches(_ plan: Plan, _ cases: [PreparedCase], epoch: Int = 0) -> [PatchBatch] {
        let sampler = PatchSampler(cases, plan: plan)
        let order = sampler.order(epoch: epoch)
        return (0..<sampler.batchCount).map { sampler.batch($0, epoch: epoch, order: order) }
    }

    /// A case whose image is its labels, of which there is one kind, and whose weights are one more.
    private static func labelsAsImage(depth: Int) -> PreparedCase {
        let item = Painted.item(depth: depth)
        let classes = item.classes.map { min($0, 1) }
        let scan = PreparedScan(geometry: item.scan.geometry, channels: [classes.map { Float($0) }])
        return PreparedCase(scan: scan, classes: classes, weights: classes.map { Float($0) + 1 })
    }

    /// Variations of the place of a sample.
    enum Spatial: String, CaseIterable {
        case rotation, scale, shear, shift, flip, elastic, sliceShift, strong

        var augmentation: Augmentation {
            if self == .strong {
                return only {
                    let strong = Augmentation.strong
                    ($0.rotation, $0.scale, $0.overhang) = (strong.rotation, strong.scale, strong.overhang)
                    ($0.rotationProbability, $0.scaleProbability) = (1, 0.5)
                    ($0.shearProbability, $0.flipProbability, $0.sliceShiftProbability) = (0.5, 0.5, 0.5)
                    ($0.elastic, $0.elasticProbability) = (2, 0.5)
                }
            }
            return only {
                switch self {
                case .rotation: ($0.rotation, $0.rotationProbability) = (180, 1)
                case .scale: ($0.scale, $0.scaleProbability) = (1.5, 1)
                case .shear: $0.shearProbability = 1
                case .shift: $0.overhang = 5
                case .flip: $0.flipProbability = 0.5
                case .elastic: ($0.elastic, $0.elasticProbability) = (2, 1)
                case .sliceShift: $0.sliceShiftProbability = 1
                case .strong: break
                }
            }
        }
    }

    @Test(arguments: Spatial.allCases) func imageClassesAndWeightsMoveAlike(_ spatial: Spatial) throws {
        var plan = Self.plan(spatial.augmentation, depth: 4, steps: 6)
        plan.training.borderWeights = BorderWeights()
        let item = Self.labelsAsImage(depth: 4)
        var moved = 0
        let still = try #require(Self.batches(Self.plan(Self.only { _ in }, depth: 4), [item]).first)
        for batch in Self.batches(plan, [item]) {
            let weights = try #require(batch.weights)
            #expect(zip(weights, batch.images).allSatisfy { abs($0 - 1 - $1) < 1e-4 })
            for (value, label) in zip(batch.images, batch.classes) {
                // Of the four pixels around a place the nearest has at least a quarter of the weight.
                #expect(label == 1 ? value > 0.2499 : value < 0.7501)
            }
            if batch.classes.prefix(48 * 40 * 4) != still.classes.prefix(48 * 40 * 4) { moved += 1 }
        }
        #expect(moved > 0)
    }

    @Test func slicesAreMovedEachByItsOwn() throws {
        let augmentation = Self.only { ($0.sliceShift, $0.sliceShiftProbability) = (4, 1) }
        let plan = Self.plan(augmentation, depth: 5)
        let batch = try #require(Self.batches(plan, [Self.labelsAsImage(depth: 5)]).first)
        let still = try #require(
            Self.batches(Self.plan(Self.only { _ in }, depth: 5), [Self.labelsAsImage(depth: 5)]).first)
        func centers(_ values: [Float]) -> [(x: Float, y: Float)] {
            (0..<5).map { z in
                var (x, y, sum) = (Float(0), Float(0), Float(0))
                for index in 0..<48 * 40 {
                    let value = values[z * 48 * 40 + index]
                    x += value * Float(index % 48)
                    y += value * Float(index / 48)
                    sum += value
                }
                return (x / sum, y / sum)
            }
        }
        let (images, labels) = (centers(batch.images), centers(batch.classes.map { Float($0) }))
        let before = centers(still.images)
        for z in 0..<5 {
            #expect(abs(images[z].x - labels[z].x) < 0.5 && abs(images[z].y - labels[z].y) < 0.5)
            #expect(abs(images[z].x - before[z].x) < 4.01 && abs(images[z].y - before[z].y) < 4.01)
            for other in 0..<z { #expect(images[z].x != images[other].x && images[z].y != images[other].y) }
        }
    }

    /// In 2D there are no other slices to be moved against.
    @Test func singleSlicesAreNotMoved() {
        let item = Painted.item()
        let still = Self.batches(Self.plan(Self.only { _ in }), [item])
        let found = Self.batches(Self.plan(Self.only { $0.sliceShiftProbability = 1 }), [item])
        #expect(found.map(\.images) == still.map(\.images))
    }

    @Test(arguments: [1, 4]) func batchesAreTheSameInAnyOrderOnAnyThread(_ depth: Int) async {
        var augmentation = Augmentation.strong
        augmentation.overhang = 4
        var plan = Self.plan(augmentation, depth: depth, steps: 12)
        plan.training.foregroundShare = 0.5
        let cases = (0..<3).map { Painted.item(seed: UInt64($0), depth: depth == 1 ? 2 : 6) }
        let expected = Self.batches(plan, cases, epoch: 2)
        let sampler = PatchSampler(cases, plan: plan)
        let order = sampler.order(epoch: 2)
        await withTaskGroup(of: (Int, PatchBatch).self) { group in
            for index in (0..<12).reversed() {
                group.addTask { (index, sampler.batch(index, epoch: 2, order: order)) }
            }
            for await (index, batch) in group {
                #expect(batch.images.map(\.bitPattern) == expected[index].images.map(\.bitPattern))
                #expect(batch.classes == expected[index].classes)
            }
        }
        #expect(Set(expected.map { $0.images.map(\.bitPattern) }).count == 12)
    }

    @Test func aSampleThatIsOnlyShiftedOrMirroredKeepsItsPixels() {
        // The middle of the slice lies between pixels of the patch.
        let item = Painted.item(width: 63, height: 47)
        let values = Set(item.scan.channels[0])
        let augmentation = Self.only { ($0.overhang, $0.flipProbability) = (6, 0.5) }
        let batches = Self.batches(Self.plan(augmentation, steps: 20), [item])
        #expect(batches.allSatisfy { $0.images.allSatisfy(values.contains) })
        #expect(Set(batches.map(\.images)).count > 10)
    }

    /// What is done to intensities, one by one and always.
    enum Intensity: String, CaseIterable {
        case biasField, blur, brightness, contrast, sampleContrast, lowResolution, gamma, invertedGamma, noise

        func set(_ probability: Double, in augmentation: inout Augmentation) {
            switch self {
            case .biasField: augmentation.biasFieldProbability = probability
            case .blur: augmentation.blurProbability = probability
            case .brightness:
                (augmentation.brightness, augmentation.brightnessProbability) = (0.2, probability)
            case .contrast: (augmentation.contrast, augmentation.contrastProbability) = (1.25, probability)
            case .sampleContrast: augmentation.sampleContrastProbability = probability
            case .lowResolution: augmentation.lowResolutionProbability = probability
            case .gamma: augmentation.gammaProbability = probability
            case .invertedGamma: augmentation.invertedGammaProbability = probability
            case .noise: (augmentation.noise, augmentation.noiseProbability) = (0.1, probability)
            }
        }
    }

    @Test(arguments: Intensity.allCases) func changesIntensitiesOnly(_ intensity: Intensity) throws {
        let item = Painted.item(depth: 3)
        let off = Self.only { ($0.brightnessProbability, $0.contrastProbability) = (0, 0) }
        var on = off
        intensity.set(1, in: &on)
        let before = Self.batches(Self.plan(off, depth: 3), [item])
        let after = Self.batches(Self.plan(on, depth: 3), [item])
        for (one, other) in zip(before, after) {
            #expect(one.classes == other.classes)
            #expect(one.images != other.images)
            let (old, new) = (Self.statistics(one.images), Self.statistics(other.images))
            let count = one.images.count
            switch intensity {
            case .gamma, .invertedGamma:
                for part in [0..<count / 2, count / 2..<count] {
                    let (old, new) = (
                        Self.statistics(Array(one.images[part])), Self.statistics(Array(other.images[part]))
                    )
                    #expect(abs(old.mean - new.mean) < 1e-4)
                    #expect(abs(old.standardDeviation - new.standardDeviation) < 1e-4)
                }
            case .sampleContrast, .lowResolution:
                #expect(new.minimum >= old.minimum && new.maximum <= old.maximum)
            case .blur: #expect(new.standardDeviation < old.standardDeviation)
            case .biasField:
                for (value, varied) in zip(one.images, other.images) {
                    let (above, now) = (value - item.scan.backgrounds[0], varied - item.scan.backgrounds[0])
                    #expect(now <= above * 1.4919 && now >= above * 0.6703)
                }
            case .brightness: #expect(abs(new.mean - old.mean) <= 0.2)
            case .contrast: #expect(abs(log(new.standardDeviation / old.standardDeviation)) <= 0.2232)
            case .noise: #expect(abs(new.mean - old.mean) < 0.01)
            }
        }
    }

    private static func statistics(_ values: [Float]) -> IntensityStatistics {
        values.withUnsafeBufferPointer { IntensityStatistics($0) }
    }

    /// How often samples are varied at a probability of 0.3, and that the range alone does nothing.
    @Test(arguments: Intensity.allCases) func happensAsOftenAsAskedFor(_ intensity: Intensity) {
        let item = Painted.item(width: 20, height: 16, center: (10, 8))
        let off = Self.only { ($0.brightnessProbability, $0.contrastProbability) = (0, 0) }
        func images(_ augmentation: Augmentation) -> [[Float]] {
            var plan = Self.plan(augmentation, steps: 400)
            plan.training.patch = PatchSize(width: 20, height: 16)
            plan.training.batchSize = 1
            return Self.batches(plan, [item]).map(\.images)
        }
        let still = images(off)
        var sometimes = off
        intensity.set(0.3, in: &sometimes)
        let varied = zip(still, images(sometimes)).count { $0 != $1 }
        // Five standard deviations of a binomial.
        #expect(abs(varied - 120) < 46)
        var never = off
        intensity.set(0, in: &never)
        #expect(images(never) == still)
    }

    @Test func channelsAreVariedEachByItself() throws {
        let one = Painted.item(seed: 5)
        let scan = PreparedScan(
            geometry: one.scan.geometry, channels: [one.scan.channels[0], one.scan.channels[0]])
        let item = PreparedCase(scan: scan, classes: one.classes)
        var plan = Self.plan(Self.only { $0.gammaProbability = 1 })
        plan.network.inputChannels = 2
        let images = try #require(Self.batches(plan, [item]).first).images
        #expect(Array(images[0..<48 * 40]) != Array(images[48 * 40..<2 * 48 * 40]))
    }

    @Test func aConstantSampleStaysFinite() {
        let geometry = Geometry(pixels: 64, 48)
        let scan = PreparedScan(geometry: geometry, channels: [[Float](repeating: 0, count: geometry.count)])
        let item = PreparedCase(scan: scan, classes: [UInt8](repeating: 0, count: geometry.count))
        var augmentation = Augmentation.strong
        (augmentation.gammaProbability, augmentation.invertedGammaProbability) = (1, 1)
        (augmentation.sampleContrastProbability, augmentation.noiseProbability) = (1, 0)
        for batch in Self.batches(Self.plan(augmentation, steps: 5), [item]) {
            #expect(batch.images.allSatisfy { $0 == 0 })
        }
    }
}

@Suite struct AugmentationPresetTests {
    private let setting = PlanSetting.of(\.training.augmentation)

    private func plan(_ augmentation: Augmentation, isOfPictures: Bool = false) -> Plan {
        var plan = Blobs.plan()
        plan.training.augmentation = augmentation
        if isOfPictures { plan.preparation.spacing = nil }
        return plan
    }

    private func change(_ plan: Plan, _ preset: AugmentationPreset, elastic: Double? = nil) throws -> Plan {
        var overrides = PlanOverrides()
        overrides.add(setting, preset)
        if let elastic { overrides.add(.of(\.training.augmentation.elastic), elastic) }
        var plan = plan
        try overrides.apply(to: &plan)
        try plan.validate()
        return plan
    }

    @Test func presetsHaveNames() {
        for (augmentation, name) in [(Augmentation.none, "none"), (.light, "light"), (.strong, "strong")] {
            #expect(setting.text(in: plan(augmentation)) == name)
            var bent = augmentation
            bent.elastic = 9
            #expect(setting.text(in: plan(bent)) == name)
            var other = augmentation
            other.gamma = 2
            #expect(setting.text(in: plan(other)) == "custom")
        }
    }

    @Test func presetsAreChosenByName() throws {
        #expect(try change(plan(.light), .strong).training.augmentation == .strong)
        #expect(try change(plan(.strong), .light).training.augmentation == .light)
        #expect(try change(plan(.strong), .none).training.augmentation == .none)
        #expect(try change(plan(.light), .strong, elastic: 7).training.augmentation.elastic == 7)
    }

    @Test func lightOfPicturesTurnsThemAtWill() throws {
        let light = try change(plan(.none, isOfPictures: true), .light)
        #expect(light.training.augmentation.rotation == 180)
        #expect(light.training.augmentation.flipProbability == 0.5)
        #expect(setting.text(in: light) == "light")
        #expect(try change(light, .light) == light)
    }

    @Test func strongMirrorsHalfOfTheTime() {
        #expect(Augmentation.strong.flipProbability == 0.5)
    }
}
