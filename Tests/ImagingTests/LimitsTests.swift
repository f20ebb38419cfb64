import Imaging
import Testing

@Suite struct LimitsTests {
    private func demand(
        _ width: Int, _ height: Int, _ depth: Int, _ spacing: Spacing = Spacing(1, 1, 1),
        to target: Double? = 1.5,
        channels: Int = 1, classes: Int = 4
    ) -> ScanDemand {
        ScanDemand(
            Geometry(width: width, height: height, depth: depth, spacing: spacing), spacing: target,
            channels: channels, classes: classes)
    }

    @Test func realScansLieFarBelow() {
        // A heart, a whole-body CT, and a picture from a microscope.
        for demand in [
            demand(216, 256, 10, Spacing(1.5625, 1.5625, 10)), demand(512, 512, 1500, Spacing(0.98, 0.98, 1)),
            demand(20_000, 20_000, 1, to: nil, classes: 2),
        ] {
            #expect(demand.isAllowed && demand.bytes < Limits.bytes / 2)
        }
    }

    @Test func bytesOfAScan() {
        let demand = demand(100, 50, 10, Spacing(3, 3, 10), channels: 2, classes: 3)
        #expect(demand.columns == 200 && demand.rows == 100)
        let voxels = (200 * 100 + 100 * 50) * 10
        #expect(Int(demand.bytes) == 4 * voxels * 8 + 32 * 300)
    }

    @Test func wrongMillimetersAreRefused() {
        let meters = demand(256, 256, 10, Spacing(1500, 1500, 10_000))
        #expect(!meters.isAllowed)
        #expect(
            meters.refusal
                == "measures 384000 × 384000 × 100000 mm, which makes 256000 × 256000 × 10 voxels and would take 23593 GB of memory, but at most 64 GB is allowed; correct its spacing (pixdim and units), or crop it"
        )
        let line = demand(8, 8, 2, Spacing(1e7, 1, 1))
        #expect(!line.isAllowed)
        #expect(
            line.refusal
                == "measures 8e+07 × 8 × 2 mm, which makes 53333333 × 5 × 2 voxels, but at most 16384 pixels are allowed along a side; correct its spacing (pixdim and units), or crop it"
        )
        // Larger than integers are, and no number.
        #expect(!demand(8, 8, 2, Spacing(1e300, 1e300, 1)).isAllowed)
        #expect(!demand(8, 8, 2, Spacing(.nan, 1, 1)).isAllowed)
        #expect(!demand(512, 512, 1500, classes: 105).isAllowed)
    }
}
