import Foundation
import Imaging
import Runs
import Testing

@Suite struct SeenScansTests {
    private func grid(_ width: Int, _ height: Int, _ x: Double, _ y: Double, _ z: Double) -> Geometry {
        Geometry(width: width, height: height, depth: 10, spacing: Spacing(x, y, z))
    }

    private var seen: SeenScans {
        get throws { try #require(SeenScans([grid(200, 100, 1.2, 1.2, 10), grid(256, 256, 1.5, 1.4, 5)])) }
    }

    @Test func rangesCoverAllGrids() throws {
        #expect(try seen.pixels == .init(low: 1.2, high: 1.5))
        #expect(try seen.slices == .init(low: 5, high: 10))
        #expect(try seen.side == .init(low: 120, high: 256 * 1.4))
        #expect(SeenScans([]) == nil)
        let back = try JSONDecoder().decode(SeenScans.self, from: JSONEncoder().encode(seen))
        #expect(try back == seen)
    }

    @Test func whatIsNearIsNoDifference() throws {
        #expect(try seen.differences(of: grid(200, 200, 1, 1, 4)).isEmpty)
        #expect(try seen.differences(of: grid(200, 200, 1.8, 1.8, 12)).isEmpty)
    }

    @Test func whatIsFarIsSaid() throws {
        let thin = try seen.differences(of: grid(400, 400, 0.8, 0.8, 1.25))
        #expect(
            thin.map(\.description) == [
                "its pixels are 0.8 mm apart, but the network was trained on 1.2 to 1.5 mm",
                "its slices are 1.25 mm apart, but the network was trained on 5 to 10 mm",
            ])
        let small = try seen.differences(of: grid(60, 60, 1.2, 1.2, 8))
        #expect(
            small.map(\.description) == [
                "its slices are 72 mm wide, but the network was trained on 120 to 358.4 mm"
            ])
        let same = try #require(SeenScans([grid(100, 100, 1, 1, 8)]))
        #expect(
            same.differences(of: grid(100, 100, 3, 1, 8)).map(\.description) == [
                "its pixels are 3 mm apart, but the network was trained on 1 mm"
            ])
    }
}
