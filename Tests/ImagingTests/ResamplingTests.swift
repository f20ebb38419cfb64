import Imaging
import Testing

@Suite struct ResamplingTests {
    private let grid = Geometry(width: 40, height: 30, depth: 2, spacing: Spacing(1.5, 1.2, 8))

    @Test func gridKeepsFieldOfView() {
        let fine = grid.resampledInPlane(toSpacing: 1.1, 1.1)
        #expect(fine.width == 55 && fine.height == 33 && fine.depth == 2)
        #expect(abs(Double(fine.width) * fine.spacing.x - 60) < 1e-12)
        #expect(abs(Double(fine.height) * fine.spacing.y - 36) < 1e-12)
        #expect(fine.spacing.z == 8)
        #expect(fine.resampledInPlane(width: 40, height: 30).extent == grid.extent)
        #expect(grid.resampledInPlane(toSpacing: 1000, 1000).extent == Extent(width: 1, height: 1, depth: 2))
    }

    @Test func sameGridChangesNothing() {
        let volume = Volume(geometry: grid, voxels: (0..<grid.count).map { Float($0 * $0 % 101) })
        #expect(volume.resampledInPlane(width: 40, height: 30).voxels == volume.voxels)
    }

    /// A linear ramp in mm stays the same ramp in mm on every grid: no shift of half a pixel. Where pixels get
    /// larger, the sampled triangle wobbles by a fraction of a pixel around the right place.
    @Test(arguments: [(80, 60), (53, 41), (40, 30), (24, 18), (13, 9)])
    func rampStaysInPlace(width: Int, height: Int) {
        let result = Volume(geometry: grid, voxels: Self.ramp(on: grid)).resampledInPlane(
            width: width, height: height)
        let differences = zip(result.voxels, Self.ramp(on: result.geometry)).map { $0 - $1 }
        // The kernel reaches over the edge in the outer target pixels.
        var inner: [Float] = []
        for y in 2..<height - 2 {
            for x in 2..<width - 2 { inner.append(differences[result.geometry.index(x, y, 1)]) }
        }
        let mean = inner.reduce(0, +) / Float(inner.count)
        #expect(abs(mean) < 0.01)
        // The ramp rises by 4.5 a pixel along x.
        #expect(inner.allSatisfy { abs($0) < (width >= 40 ? 1e-3 : 0.9) })
    }

    /// Values of PyTorch 2.13: `interpolate(t, size=(2, 3), mode="bilinear", antialias=True)` and back up to (3, 5).
    @Test func agreesWithPyTorch() {
        let small = Geometry(width: 5, height: 3, depth: 1, spacing: Spacing(1, 1, 1))
        let volume = Volume(geometry: small, voxels: (0..<15).map { Float($0 * $0) })
        let down = volume.resampledInPlane(width: 3, height: 2).voxels
        #expect(zip(down, Self.torchDown).allSatisfy { abs($0 - $1) < 1e-3 }, "\(down)")
        let up = volume.resampledInPlane(width: 3, height: 2).resampledInPlane(width: 5, height: 3).voxels
        #expect(zip(up, Self.torchUp).allSatisfy { abs($0 - $1) < 1e-3 }, "\(up)")
    }

    @Test func nearestLabelsFollowPixelCenters() {
        let line = LabelMap(
            geometry: Geometry(width: 4, height: 1, depth: 1, spacing: Spacing(1, 1, 1)),
            labels: [1, 2, 3, 4])
        #expect(line.resampledInPlane(width: 8, height: 1).labels == [1, 1, 2, 2, 3, 3, 4, 4])
        #expect(
            line.resampledInPlane(width: 8, height: 3).resampledInPlane(width: 4, height: 1).labels
                == line.labels)
        #expect(line.resampledInPlane(width: 2, height: 1).labels == [2, 4])
        #expect(line.resampledInPlane(width: 3, height: 1).labels == [1, 3, 4])
    }

    @Test func probabilitiesComeBackAsLabels() {
        // A disc on a fine grid, as probabilities on a coarse one, and back: closer than its labels.
        let fine = Geometry(width: 60, height: 60, depth: 1, spacing: Spacing(1, 1, 8))
        let disc = (0..<3600).map { index -> UInt8 in
            let (x, y) = (Double(index % 60) - 29.5, Double(index / 60) - 29.5)
            return x * x + y * y < 15 * 15 ? 1 : 0
        }
        let oneHot = ProbabilityMap(
            geometry: fine, channels: 2, values: disc.map { $0 == 0 ? 1 : 0 } + disc.map { Float($0) })
        let coarse = oneHot.resampledInPlane(to: fine.resampledInPlane(toSpacing: 2.4, 2.4))
        #expect(coarse.geometry.extent == Extent(width: 25, height: 25))
        for index in 0..<625 { #expect(abs(coarse.values[index] + coarse.values[625 + index] - 1) < 1e-5) }
        func errors(_ labels: [UInt8]) -> Int { zip(labels, disc).count { $0 != $1 } }
        let byProbability = errors(coarse.resampledInPlane(to: fine).argmax().labels)
        let byLabels = errors(coarse.argmax().resampledInPlane(to: fine).labels)
        #expect(byProbability < byLabels)
        #expect(byProbability < 30)
    }

    @Test func argmaxPrefersTheLowestOfEqualClasses() {
        let grid = Geometry(width: 3, height: 1, depth: 1, spacing: Spacing(1, 1, 1))
        let map = ProbabilityMap(
            geometry: grid, channels: 3, values: [0.4, 0.2, 0.1, 0.4, 0.4, 0.1, 0.2, 0.4, 0.8])
        #expect(map.argmax().labels == [0, 1, 2])
        let single = ProbabilityMap(geometry: grid, channels: 1, values: [0.5, 0.51, 0.2])
        #expect(single.thresholded().labels == [0, 1, 0])
    }

    private static func ramp(on grid: Geometry) -> [Float] {
        (0..<grid.count).map { index in
            let x = (Double(index % grid.width) + 0.5) * grid.spacing.x
            let y = (Double(index / grid.width % grid.height) + 0.5) * grid.spacing.y
            return Float(3 * x - 2 * y + 10 * Double(index / grid.sliceCount))
        }
    }

    private static let torchDown: [Float] = [11.4107, 21.3194, 35.7679, 79.2679, 108.8194, 142.9107]
    private static let torchUp: [Float] = [
        11.4107, 15.3742, 21.3194, 29.9885, 35.7679, 45.3393, 53.2313, 65.0694,
        79.6313, 89.3393, 79.2679, 91.0885, 108.8194, 129.2742, 142.9107,
    ]
}
