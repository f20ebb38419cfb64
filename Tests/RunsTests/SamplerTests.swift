import Datasets
import Foundation
import Imaging
import RunFixtures
import Runs
import TestSupport
import Testing
import UNetDesign

@Suite(.serialized) struct SamplerTests {
    /// Three patients of two slices, 32 × 32, and a plan whose patches have another size.
    private func withCases(_ body: (Plan, [PreparedCase]) throws -> Void) throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder, patients: 3)
            var plan = Blobs.plan()
            plan.training.patch = PatchSize(width: 24, height: 20)
            try body(plan, data.cases.map { try PreparedCase(try data.load($0), plan: plan) })
        }
    }

    private func batch(_ sampler: PatchSampler, _ index: Int, epoch: Int = 0) throws -> (
        images: [Float], classes: [Int64]
    ) {
        read(sampler.batch(index, epoch: epoch, order: sampler.order(epoch: epoch)))
    }

    private func read(_ batch: PatchBatch) -> (images: [Float], classes: [Int64]) {
        (batch.images, batch.classes.map(Int64.init))
    }

    @Test func sameSeedGivesSameBatchesInAnyOrder() throws {
        try withCases { plan, cases in
            let (one, other) = (
                PatchSampler(cases, plan: plan), PatchSampler(cases, plan: plan)
            )
            #expect(one.samples.count == 6)
            #expect(one.batchCount == 3)
            let forward = try (0..<3).map { try batch(one, $0, epoch: 1) }
            for index in [2, 0, 1] {
                let again = try batch(other, index, epoch: 1)
                #expect(again.images == forward[index].images)
                #expect(again.classes == forward[index].classes)
            }
            #expect(forward[0].images != forward[1].images)
        }
    }

    @Test func epochsAndSeedsDiffer() throws {
        try withCases { plan, cases in
            let sampler = PatchSampler(cases, plan: plan)
            var other = plan
            other.training.seed = 2
            let first = try batch(sampler, 0)
            #expect(try batch(sampler, 0, epoch: 1).images != first.images)
            #expect(try batch(PatchSampler(cases, plan: other), 0).images != first.images)
            for epoch in 0..<3 { #expect(sampler.order(epoch: epoch).sorted() == Array(0..<6)) }
        }
    }

    @Test func labelsNeverGetNewValues() throws {
        try withCases { plan, cases in
            let sampler = PatchSampler(cases, plan: plan)
            var seen: Set<Int64> = []
            for epoch in 0..<8 {
                for index in 0..<3 { seen.formUnion(try batch(sampler, index, epoch: epoch).classes) }
            }
            #expect(seen == [0, 1, 2])
        }
    }

    @Test func withoutAugmentationIsTheMiddleExactly() throws {
        try withCases { plan, cases in
            var plan = plan
            plan.training.augmentation = .none
            let sampler = PatchSampler(cases, plan: plan)
            let order = sampler.order(epoch: 0)
            for index in 0..<3 {
                let found = try batch(sampler, index)
                var images: [Float] = []
                var classes: [Int64] = []
                for place in 0..<2 {
                    let slice = sampler.samples[order[index * 2 + place]]
                    let item = cases[slice.item]
                    for y in 6..<26 {
                        let start = (slice.z * 32 + y) * 32
                        images += item.scan.channels[0][start + 4..<start + 28]
                        classes += item.classes[start + 4..<start + 28].map(Int64.init)
                    }
                }
                #expect(found.images == images)
                #expect(found.classes == classes)
            }
        }
    }

    @Test func aPatchLargerThanTheSliceIsFilledWithItsDarkest() throws {
        try withCases { plan, cases in
            var plan = plan
            plan.training.augmentation = .none
            plan.training.patch = PatchSize(width: 40, height: 40)
            let found = try batch(PatchSampler([cases[0]], plan: plan), 0)
            let darkest = try #require(cases[0].scan.channels[0].min())
            #expect(found.images[0] == darkest)
            #expect(found.images[20 * 40 + 20] != darkest)
            #expect(found.classes[0] == 0)
        }
    }

    @Test func fewerSlicesThanABatchAreOneBatch() throws {
        try withCases { plan, cases in
            var plan = plan
            plan.training.batchSize = 8
            let sampler = PatchSampler([cases[0]], plan: plan)
            #expect(sampler.batchCount == 1)
            let found = try batch(sampler, 0)
            #expect(found.images.count == 2 * 24 * 20)
        }
    }

    @Test func volumesAreCutThroughTheirSlices() throws {
        try withCases { plan, cases in
            var plan = plan
            plan.network.dimensions = .three
            plan.network.poolings = [[1, 2, 2], [1, 2, 2]]
            plan.training.augmentation = .none
            plan.training.patch = PatchSize(width: 24, height: 20, depth: 2)
            let sampler = PatchSampler(cases, plan: plan)
            #expect(sampler.samples.count == 3)
            #expect(sampler.batchCount == 1)
            let batch = sampler.batch(0, epoch: 0, order: [2, 0, 1])
            let (images, classes) = read(batch)
            #expect(batch.output == PatchSize(width: 24, height: 20, depth: 2))
            #expect(batch.input == batch.output && batch.count == 2 && batch.channels == 1)
            var expected: [Float] = []
            var expectedClasses: [Int64] = []
            for item in [2, 0] {
                for z in 0..<2 {
                    for y in 6..<26 {
                        let start = (z * 32 + y) * 32
                        expected += cases[item].scan.channels[0][start + 4..<start + 28]
                        expectedClasses += cases[item].classes[start + 4..<start + 28].map(Int64.init)
                    }
                }
            }
            #expect(images == expected)
            #expect(classes == expectedClasses)
        }
    }

    @Test func aStackThinnerThanThePatchLiesWithinIt() throws {
        try withCases { plan, cases in
            var plan = plan
            plan.network.dimensions = .three
            plan.network.poolings = [[1, 2, 2], [1, 2, 2]]
            plan.training.augmentation = .none
            plan.training.batchSize = 1
            plan.training.patch = PatchSize(width: 32, height: 32, depth: 5)
            let sampler = PatchSampler(cases, plan: plan)
            var starts: Set<Int> = []
            for epoch in 0..<20 {
                let (images, classes) = read(sampler.batch(0, epoch: epoch, order: [0]))
                let slices = (0..<5).map { Array(images[$0 * 1024..<($0 + 1) * 1024]) }
                let first = try #require(
                    (0..<4).first { slices[$0] == Array(cases[0].scan.channels[0][0..<1024]) })
                #expect(slices[first + 1] == Array(cases[0].scan.channels[0][1024..<2048]))
                starts.insert(first)
                for z in 0..<5 where z != first && z != first + 1 {
                    #expect(slices[z].allSatisfy { $0 == cases[0].scan.backgrounds[0] })
                    #expect(classes[z * 1024..<(z + 1) * 1024].allSatisfy { $0 == 0 })
                }
            }
            #expect(starts == [0, 1, 2, 3])
        }
    }

    /// A plan for the network without padding, which gives 20 pixels less at each border.
    private func classic(_ plan: Plan, input: PatchSize) -> Plan {
        var plan = plan
        plan.network = NetworkConfiguration(architecture: .classic, outputChannels: 3, filters: 4, depth: 2)
        plan.preparation.border = .mirror
        plan.training.patch = input
        return plan
    }

    @Test func targetsAreTheMiddleOfWhatAnUnpaddedNetworkReads() throws {
        try withCases { plan, cases in
            var plan = classic(plan, input: PatchSize(width: 60, height: 64))
            plan.training.augmentation = .none
            let sampler = PatchSampler([cases[0]], plan: plan)
            let (images, classes) = read(sampler.batch(0, epoch: 0, order: [0, 1]))
            #expect(images.count == 2 * 64 * 60 && classes.count == 2 * 24 * 20)
            let scan = cases[0].scan.channels[0]
            for y in 0..<24 {
                for x in 0..<20 {
                    // The output lies in the middle of 32 pixels: 6 columns and 4 rows in.
                    #expect(classes[y * 20 + x] == Int64(cases[0].classes[(y + 4) * 32 + x + 6]))
                    #expect(images[(y + 20) * 60 + x + 20] == scan[(y + 4) * 32 + x + 6])
                }
            }
            // Column −14 of the scan shows column 14, its mirror.
            #expect(images[20 * 60] == scan[4 * 32 + 14])
        }
    }

    @Test func bentImagesAndLabelsStayAligned() throws {
        try withCases { plan, cases in
            var plan = classic(plan, input: PatchSize(width: 60, height: 60))
            plan.training.augmentation = .none
            plan.training.augmentation.elastic = 4
            // The classes themselves are the image, so that both must be bent alike.
            let scan = PreparedScan(
                geometry: cases[0].scan.geometry, channels: [cases[0].classes.map { Float($0) }])
            let painted = PreparedCase(scan: scan, classes: cases[0].classes)
            let sampler = PatchSampler([painted], plan: plan)
            let (images, classes) = read(sampler.batch(0, epoch: 3, order: [0, 1]))
            var different = 0
            for y in 0..<20 {
                for x in 0..<20 {
                    let (value, label) = (images[(y + 20) * 60 + x + 20], Float(classes[y * 20 + x]))
                    // Of the four pixels around a place the nearest, whose label it gets, has at least a quarter of the
                    // weight in the image; the others are at most 2 away.
                    #expect(abs(value - label) <= 1.501)
                    if Int64(label) != Int64(cases[0].classes[(y + 6) * 32 + x + 6]) { different += 1 }
                }
            }
            #expect(different > 0)
            #expect(Set(classes).isSubset(of: [0, 1, 2]))
        }
    }

    @Test func weightsFollowThePatch() throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder, patients: 1)
            var plan = Blobs.plan()
            plan.training.borderWeights = BorderWeights()
            plan.training.augmentation = .none
            let item = try PreparedCase(try data.load(data.cases[0]), plan: plan)
            #expect(item.weights.count == item.classes.count)
            let batch = PatchSampler([item], plan: plan).batch(0, epoch: 0, order: [1, 0])
            let weights = try #require(batch.weights)
            #expect(Array(weights.prefix(1024)) == Array(item.weights.suffix(1024)))
            // One blob a slice has no gap between cells: every class weighs the same in sum, 1 on average.
            #expect(abs(item.weights.reduce(0, +) / Float(item.weights.count) - 1) < 1e-4)
        }
    }

    @Test func stepsMayBeMoreThanAPass() throws {
        try withCases { plan, cases in
            var plan = plan
            plan.training.stepsPerEpoch = 7
            let sampler = PatchSampler([cases[0]], plan: plan)
            #expect(sampler.batchCount == 7)
            let order = sampler.order(epoch: 0)
            #expect(order.count >= 14)
            #expect((0..<7).allSatisfy { Set(order[2 * $0..<2 * $0 + 2]) == [0, 1] })
            _ = try batch(sampler, 6)
        }
    }
}
