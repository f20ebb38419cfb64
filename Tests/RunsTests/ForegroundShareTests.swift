import Foundation
import Imaging
import RunFixtures
import Runs
import Testing
import UNetDesign

@Suite struct ForegroundShareTests {
    /// A case whose image says where it is: column + 256 · row + 65,536 · slice. Structures are in slices `labeled`, about
    /// column 20 and row 30 of 100.
    private static func located(depth: Int, labeled: Range<Int>) -> PreparedCase {
        let item = Painted.item(
            width: 100, height: 100, depth: depth, center: (20, 30),
            empty: Set(0..<depth).subtracting(labeled))
        let grid = item.scan.geometry
        let image = (0..<grid.count).map { index in
            let (x, y, z) = (index % 100, index / 100 % 100, index / 10_000)
            return Float(x + 256 * y + 65_536 * z)
        }
        return PreparedCase(scan: PreparedScan(geometry: grid, channels: [image]), classes: item.classes)
    }

    private static func plan(share: Double, depth: Int = 1, steps: Int = 60) -> Plan {
        var plan = Blobs.plan()
        plan.training.foregroundShare = share
        plan.training.patch = PatchSize(width: 40, height: 32, depth: depth)
        (plan.training.stepsPerEpoch, plan.training.batchSize) = (steps, 1)
        plan.preparation.border = .mirror
        // Only moved, and so by whole pixels.
        (plan.training.augmentation.rotationProbability, plan.training.augmentation.scaleProbability) = (0, 0)
        plan.training.augmentation.flipProbability = 0
        plan.training.augmentation.brightnessProbability = 0
        plan.training.augmentation.contrastProbability = 0
        plan.training.augmentation.noiseProbability = 0
        if depth > 1 {
            plan.network.dimensions = .three
            plan.network.poolings = [[1, 2, 2], [1, 2, 2]]
        }
        return plan
    }

    /// Where the middles of the patches, and their first slices, lie in the scan.
    private static func places(_ plan: Plan, _ item: PreparedCase) -> [(x: Int, y: Int, z: Int)] {
        let sampler = PatchSampler([item], plan: plan)
        let order = sampler.order(epoch: 0)
        return (0..<sampler.batchCount).map { index in
            // The pixel right of and below the middle.
            let value = Int(sampler.batch(index, epoch: 0, order: order).images[16 * 40 + 20])
            return (value % 256, value / 256 % 256, value / 65_536)
        }
    }

    @Test func patchesLieAroundTheStructures() {
        let places = Self.places(Self.plan(share: 1), Self.located(depth: 1, labeled: 0..<1))
        // A quarter of 40 and 32, and a pixel for the middle that lies between two.
        #expect(places.allSatisfy { abs($0.x - 20) <= 11 && abs($0.y - 30) <= 9 })
        let (xs, ys) = (places.map(\.x), places.map(\.y))
        #expect(xs.max()! - xs.min()! > 12 && ys.max()! - ys.min()! > 9)
    }

    @Test func slicesWithoutStructuresFollowTheVolume() {
        let places = Self.places(Self.plan(share: 1), Self.located(depth: 5, labeled: 3..<4))
        #expect(Set(places.map(\.z)) == [0, 1, 2, 3, 4])
        #expect(places.allSatisfy { abs($0.x - 20) <= 11 && abs($0.y - 30) <= 9 })
    }

    @Test func theShareIsAProbability() {
        let item = Self.located(depth: 1, labeled: 0..<1)
        func near(_ share: Double) -> Int {
            Self.places(Self.plan(share: share, steps: 400), item)
                .count { abs($0.x - 20) <= 11 && abs($0.y - 30) <= 9 }
        }
        let (never, sometimes) = (near(0), near(0.4))
        let expected = 0.4 * 400 + 0.6 * Double(never)
        #expect(abs(Double(sometimes) - expected) < 50 && never < 40)
    }

    @Test func withoutStructuresPatchesLieAnywhere() {
        let item = Self.located(depth: 2, labeled: 0..<0)
        let places = Self.places(Self.plan(share: 1), item)
        #expect(places.map(\.x).max()! > 50)
    }

    @Test func volumesHoldTheSlicesWithStructures() {
        let few = Self.places(Self.plan(share: 1, depth: 4), Self.located(depth: 12, labeled: 7..<9))
        #expect(Set(few.map(\.z)) == [5, 6, 7])
        let many = Self.places(Self.plan(share: 1, depth: 4), Self.located(depth: 12, labeled: 2..<9))
        #expect(Set(many.map(\.z)) == [2, 3, 4, 5])
        let last = Self.places(Self.plan(share: 1, depth: 4), Self.located(depth: 12, labeled: 11..<12))
        #expect(Set(last.map(\.z)) == [8])
        #expect(few.allSatisfy { abs($0.x - 20) <= 11 && abs($0.y - 30) <= 9 })
    }

    /// A stack thinner than the patch is held whole, wherever it lies.
    @Test func thinVolumesLieWithinThePatch() {
        let sampler = PatchSampler(
            [Self.located(depth: 2, labeled: 1..<2)], plan: Self.plan(share: 1, depth: 4))
        let order = sampler.order(epoch: 0)
        for index in 0..<20 {
            let classes = sampler.batch(index, epoch: 0, order: order).classes
            #expect(classes.contains(1) && classes.contains(2))
        }
    }
}
