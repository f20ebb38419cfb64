import Imaging
import RunFixtures
import Runs
import TestSupport
import Testing

@Suite struct PreparationTests {
    private func ramp(_ side: Int, spacing: Double) -> Volume {
        Volume(
            geometry: Geometry(width: side, height: side, depth: 2, spacing: Spacing(spacing, spacing, 8)),
            voxels: (0..<side * side * 2).map { Float($0 * 7919 % 1009) })
    }

    @Test func resamplesInPlaneOnly() throws {
        let prepared = try Preparation(spacing: 1.5).prepare(ramp(40, spacing: 0.75))
        #expect(prepared.geometry.width == 20)
        #expect(prepared.geometry.height == 20)
        #expect(prepared.geometry.depth == 2)
        #expect(prepared.geometry.spacing.x == 1.5)
        #expect(prepared.geometry.spacing.z == 8)
    }

    @Test func hasMeanZeroAndDeviationOne() throws {
        let voxels = try Preparation().prepare(ramp(40, spacing: 1.5)).voxels.map(Double.init)
        let mean = voxels.reduce(0, +) / Double(voxels.count)
        let variance = voxels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(voxels.count)
        #expect(abs(mean) < 1e-6)
        #expect(abs(variance - 1) < 1e-5)
    }

    @Test func slicesCanBeScaledByThemselves() throws {
        var volume = ramp(40, spacing: 1.5)
        for index in 1600..<3200 { volume.voxels[index] = 7 * volume.voxels[index] + 5000 }
        let whole = try Preparation(scaling: .slice).prepare(volume).voxels
        for slice in 0..<2 {
            let range = slice * 1600..<(slice + 1) * 1600
            let alone = Volume(
                geometry: Geometry(width: 40, height: 40, depth: 1, spacing: Spacing(1.5, 1.5, 8)),
                voxels: Array(volume.voxels[range]))
            #expect(try Preparation().prepare(alone).voxels == Array(whole[range]))
        }
    }

    @Test func clipsOutliersBeforeScaling() throws {
        var volume = ramp(40, spacing: 1.5)
        let calm = try Preparation().prepare(volume)
        volume.voxels[17] = 1e6
        let prepared = try Preparation().prepare(volume)
        // Without clipping one such voxel would press all others together.
        #expect(
            zip(calm.voxels, prepared.voxels).enumerated().allSatisfy { $0 == 17 || abs($1.0 - $1.1) < 0.05 })
        #expect(prepared.voxels[17] == prepared.voxels.max())
    }

    @Test func constantVolumeBecomesZeros() throws {
        var volume = ramp(10, spacing: 2)
        for index in volume.voxels.indices { volume.voxels[index] = 42 }
        #expect(try Preparation().prepare(volume).voxels.allSatisfy { $0 == 0 })
    }

    @Test func contrastAndBrightnessDoNotMatter() throws {
        let volume = ramp(24, spacing: 1.5)
        var brighter = volume
        for index in volume.voxels.indices { brighter.voxels[index] = volume.voxels[index] * 4 + 100 }
        let (one, other) = (try Preparation().prepare(volume), try Preparation().prepare(brighter))
        #expect(zip(one.voxels, other.voxels).allSatisfy { abs($0 - $1) < 1e-4 })
    }
}
