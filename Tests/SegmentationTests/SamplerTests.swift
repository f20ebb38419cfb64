import Datasets
import Foundation
import Imaging
import Segmentation
import TestSupport
import Testing
import Torch

@Suite(.serialized) struct SamplerTests {
    /// Three patients of two slices, 32 × 32, and a plan whose patches have another size.
    private func withCases(_ body: (Plan, [PreparedCase]) throws -> Void) throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder, patients: 3)
            var plan = Blobs.plan()
            plan.training.patch = PatchSize(width: 24, height: 20)
            try body(plan, data.cases.map { PreparedCase(try data.load($0), plan: plan) })
        }
    }

    private func batch(_ sampler: PatchSampler, _ index: Int, epoch: Int = 0) throws -> (
        images: [Float], classes: [Int64]
    ) {
        try TensorThread.run {
            let batch = try sampler.batch(index, epoch: epoch, order: sampler.order(epoch: epoch))
            return (try batch.images.array(), try batch.target.array())
        }
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
}
