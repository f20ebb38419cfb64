import Foundation
import Imaging
import RunFixtures
import Runs
import Scans
import Testing
import UNetDesign

/// What an application makes up may make no sense; it is refused, and traps nowhere.
@Suite struct UnsoundValueTests {
    private let scan = Volume(
        geometry: Geometry(width: 4, height: 4, depth: 1, spacing: Spacing(1.5, 1.5, 8)),
        voxels: (0..<16).map(Float.init))

    @Test(arguments: [0, -1, .nan, .infinity, 1e-300] as [Double])
    func spacing(_ spacing: Double) throws {
        #expect(throws: SegmentationError.self) { try Preparation(spacing: spacing).prepare(scan) }
    }

    @Test(arguments: [(50.0, 10.0), (-1, 99), (1, 101), (.nan, 99), (5, 5)] as [(Double, Double)])
    func percentiles(_ low: Double, _ high: Double) throws {
        let clip = Preparation.ClipRange(low: low, high: high)
        #expect(throws: SegmentationError.self) { try Preparation(clip: clip).prepare(scan) }
    }

    @Test func channels() throws {
        #expect(throws: SegmentationError.channels(path: "the scan", expected: 1, found: 0)) {
            try Preparation().prepare([Volume]())
        }
        let small = Volume(geometry: Geometry(pixels: 2, 2), voxels: [1, 2, 3, 4])
        let error = ScanError.channelShape(
            first: "channel 1", other: "channel 2", expected: [4, 4, 1], found: [2, 2, 1])
        #expect(throws: error) {
            try Preparation().prepare([scan, small])
        }
    }

    @Test func planWithOtherChannelsThanStructures() throws {
        let plan = Plan(structures: Blobs.structures, network: NetworkConfiguration(outputChannels: 1))
        #expect(throws: SegmentationError.self) { try plan.validate() }
        let empty = Plan(structures: [], network: NetworkConfiguration(outputChannels: 1))
        #expect(throws: SegmentationError.self) { try empty.validate() }
    }

    @Test func networkWithoutLevels() throws {
        var plan = Blobs.plan()
        plan.network.poolings = [[2]]
        #expect(throws: SegmentationError.network(.levels(network: plan.network))) { try plan.validate() }
        plan = Blobs.plan()
        plan.network.inputChannels = 0
        #expect(throws: SegmentationError.self) { try plan.validate() }
    }
}
