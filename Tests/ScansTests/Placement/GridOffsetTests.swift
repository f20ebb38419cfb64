import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

@Suite struct GridOffsetTests {
    private let grid = Geometry(width: 256, height: 216, depth: 10, spacing: Spacing(1.5, 1.25, 8))

    /// A header of `grid` whose sform has these rows (three of four numbers) and whose qform this quaternion and origin;
    /// neither is stated where left out.
    private func place(
        sform: [Double]? = nil, quaternion: [Double]? = nil, origin: [Double] = [0, 0, 0],
        handedness: Double = 1, micrometers: Bool = false
    ) throws -> Placement? {
        try withTemporaryDirectory { folder in
            let scale = micrometers ? 1000.0 : 1
            var header = NIfTIHeader(
                dimensions: [256, 216, 10], spacing: grid.spacing.sides.map { $0 * scale }, datatype: .uint8)
            header.setSform(sform.map { $0 + [0, 0, 0, 1] } ?? header.sform, code: sform == nil ? 0 : 2)
            let file = folder.appending(path: "a.nii")
            var bytes = Data(header.bytes + [0, 0, 0, 0])
            func put(_ value: some Any, at offset: Int) {
                withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
            }
            if micrometers { put(UInt8(3), at: 123) }
            if let quaternion {
                put(Int16(1), at: 252)
                put(Float(handedness), at: 76)
                for (index, value) in (quaternion + origin).enumerated() {
                    put(Float(value), at: 256 + 4 * index)
                }
            }
            try bytes.write(to: file)
            return try Placement(header: NIfTIHeader(contentsOf: file))
        }
    }

    /// The rows of an sform with these columns.
    private func rows(_ x: [Double], _ y: [Double], _ z: [Double], _ origin: [Double] = [0, 0, 0]) -> [Double]
    {
        (0..<3).flatMap { [x[$0], y[$0], z[$0], origin[$0]] }
    }

    private func offset(_ other: Placement?, from first: Placement?) throws -> GridOffset? {
        GridOffset(of: try #require(other), from: try #require(first), on: grid)
    }

    /// As ACDC has it: steps of 1 whatever the spacing.
    private func acdc(_ origin: [Double] = [0, 0, 0]) throws -> Placement? {
        try place(sform: rows([-1, 0, 0], [0, -1, 0], [0, 0, 1], origin))
    }

    @Test func oneGridIsWrittenInManyWays() throws {
        let acdc = try acdc()
        for other in [
            try place(sform: rows([-1.5, 0, 0], [0, -1.25, 0], [0, 0, 8])),
            try place(sform: rows([-1500, 0, 0], [0, -1250, 0], [0, 0, 8000]), micrometers: true),
            // A half turn about z.
            try place(quaternion: [0, 0, 1]),
            try place(sform: rows([-1.5, 0, 0], [0, -1.25, 0], [0, 0, 8]), quaternion: [0, 0, 1]),
            try self.acdc([0.2, 0, 0.2]),
        ] {
            #expect(try offset(other, from: acdc) == nil)
            #expect(try offset(acdc, from: other) == nil)
        }
    }

    @Test func headersThatSayNothing() throws {
        #expect(try place() == nil)
        #expect(try place(sform: rows([0, 0, 0], [0, 1, 0], [0, 0, 1])) == nil)
        #expect(try place(sform: rows([1, 0, 0], [1, 0, 0], [0, 0, 1])) == nil)
        #expect(try place(sform: rows([.nan, 0, 0], [0, 1, 0], [0, 0, 1])) == nil)
        #expect(try place(sform: rows([1, 0, 0], [0, 1, 0], [0, 0, 1], [.nan, 0, 0])) == nil)
    }

    @Test func shifts() throws {
        let far = try #require(try offset(acdc([30, 0, 0]), from: acdc()))
        #expect(abs(far.largest - 30) < 1e-9 && abs(far.shift - 30) < 1e-9 && abs(far.voxels - 20) < 1e-9)
        #expect(far.turn == 0 && far.mirrored == nil && far.isCertain)
        #expect("\(far)" == "up to 30 mm apart (shifted by 30 mm)")
        // Micrometers are not millimeters.
        let micro = try place(
            sform: rows([-1500, 0, 0], [0, -1250, 0], [0, 0, 8000], [30_000, 0, 0]), micrometers: true)
        #expect(try offset(micro, from: acdc([30, 0, 0])) == nil)
        // Half a voxel in plane, and half a slice, which is more in mm.
        for (origin, voxels) in [([0.75, 0, 0], 0.5), ([0.0, 0, 4], 0.5), ([0.0, 0, -8], 1)] {
            let near = try #require(try offset(acdc(origin), from: acdc()))
            #expect(abs(near.voxels - voxels) < 1e-6 && !near.isCertain)
        }
        #expect(try #require(try offset(acdc([0, 0, 9]), from: acdc())).isCertain)
        #expect(try #require(try offset(acdc([0, 1.4, 0]), from: acdc())).isCertain)
    }

    @Test func turns() throws {
        // 10° about z; the corner farthest from the first voxel moves most.
        let (c, s) = (cos(Double.pi / 18), sin(Double.pi / 18))
        let turned = try place(sform: rows([-c, -s, 0], [s, -c, 0], [0, 0, 1]))
        let found = try #require(try offset(turned, from: acdc()))
        let reach = hypot(255 * 1.5, 215 * 1.25)
        #expect(abs(found.turn - 10) < 1e-3 && found.mirrored == nil && found.isCertain)
        #expect(abs(found.largest - reach * 2 * sin(Double.pi / 36)) < 1e-3)
        #expect(abs(found.shift - found.largest / 2) < 1e-2)
        // The signs of x and y, which some programs write the other way.
        let half = try #require(
            try offset(place(sform: rows([1, 0, 0], [0, 1, 0], [0, 0, 1])), from: acdc()))
        #expect(abs(half.turn - 180) < 1e-6 && half.mirrored == nil && half.isCertain)
    }

    @Test func mirrors() throws {
        // About the middle of the grid: the same space, the other order of voxels.
        let x = try #require(
            try offset(
                place(sform: rows([1, 0, 0], [0, -1, 0], [0, 0, 1], [-255 * 1.5, 0, 0])), from: acdc()))
        #expect(x.mirrored == .x && x.turn < 1e-6 && x.shift < 1e-6 && x.isCertain)
        #expect("\(x)" == "up to 382 mm apart (mirrored along x)")
        let z = try #require(
            try offset(place(sform: rows([-1, 0, 0], [0, -1, 0], [0, 0, -1])), from: acdc()))
        #expect(z.mirrored == .z && abs(z.largest - 144) < 1e-6)
        // pixdim[0] of −1 turns z around.
        #expect(try offset(place(quaternion: [0, 0, 1], handedness: -1), from: acdc())?.mirrored == .z)
    }

    @Test func sformAndQformMayDisagree() throws {
        let image = try acdc()
        let disputed = try place(
            sform: rows([-1.5, 0, 0], [0, -1.25, 0], [0, 0, 8], [30, 0, 0]), quaternion: [0, 0, 1])
        let found = try #require(try offset(disputed, from: image))
        #expect(found.isDisputed && !found.isCertain && abs(found.shift - 30) < 1e-9)
        // Both elsewhere.
        let shifted = try place(
            sform: rows([-1.5, 0, 0], [0, -1.25, 0], [0, 0, 8], [30, 0, 0]), quaternion: [0, 0, 1],
            origin: [30, 0, 0])
        #expect(try #require(try offset(shifted, from: image)).isCertain)
    }

    @Test func roundingIsNoDifference() throws {
        // A quaternion in float32 is worst near half turns, where its first number is the root of a small difference.
        for angle in Array(stride(from: 0.05, through: Double.pi, by: 0.1)) + [
            Double.pi - 1e-4, Double.pi - 3e-4,
        ] {
            let axis = [0.48, -0.6, 0.64]
            let (c, s) = (cos(angle), sin(angle))
            func column(_ index: Int) -> [Double] {
                (0..<3).map { row in
                    let cross = [
                        [0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0],
                    ][row][index]
                    return (row == index ? c : 0) + s * cross + (1 - c) * axis[row] * axis[index]
                }
            }
            let sform = try place(sform: rows(column(0), column(1), column(2), [-311.7, 122.3, 57.1]))
            let qform = try place(
                quaternion: axis.map { $0 * sin(angle / 2) }, origin: [-311.7, 122.3, 57.1])
            #expect(try offset(qform, from: sform) == nil, "\(angle)")
        }
    }

    @Test func absurdGridsAreNotCompared() throws {
        let huge = Geometry(width: 256, height: 216, depth: 10, spacing: Spacing(1e300, 1e300, 1e300))
        let (one, other) = (try #require(try acdc()), try #require(try acdc([30, 0, 0])))
        #expect(GridOffset(of: other, from: one, on: huge) == nil)
    }
}
