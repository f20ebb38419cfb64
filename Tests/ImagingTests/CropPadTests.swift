import Imaging
import TestSupport
import Testing

@Suite struct CropPadTests {
    @Test func centeredBoxes() {
        let box = CropPad(centeredFrom: Extent(width: 7, height: 4), to: Extent(width: 4, height: 7))
        #expect(box.x == 1 && box.y == -1 && box.z == 0)
        #expect(box.keptColumns == 0..<4 && box.keptRows == 1..<5 && box.keptSlices == 0..<1)
        #expect(box.inverse == CropPad(centeredFrom: box.target, to: box.source))
        let line = CropPad(centeredFrom: Extent(width: 2, height: 1), to: Extent(width: 5, height: 1))
        #expect(line.apply([7, 8] as [Int16], padding: -1) == [-1, 7, 8, -1, -1])
        #expect(line.inverse.apply([-1, 7, 8, -1, -1] as [Int16], padding: 0) == [7, 8])
    }

    /// For boxes of any size at any place: inside, overlapping, around, and beside the array.
    @Test func undoesExactly() {
        var generator = SplitMix(seed: 1)
        for _ in 0..<300 {
            let source = Self.extent(&generator)
            let target = Self.extent(&generator)
            let box = CropPad(
                from: source, to: target, x: Int.random(in: -9...9, using: &generator),
                y: Int.random(in: -9...9, using: &generator), z: Int.random(in: -5...5, using: &generator))
            let values = (0..<source.count).map { _ in Int32.random(in: 1...999, using: &generator) }
            let cut = box.apply(values, padding: -1)
            let back = box.inverse.apply(cut, padding: 0)
            for z in 0..<source.depth {
                for y in 0..<source.height {
                    for x in 0..<source.width {
                        let isKept =
                            (0..<target.width).contains(x - box.x) && (0..<target.height).contains(y - box.y)
                            && (0..<target.depth).contains(z - box.z)
                        let index = source.index(x, y, z)
                        #expect(back[index] == (isKept ? values[index] : 0))
                        if isKept {
                            #expect(cut[target.index(x - box.x, y - box.y, z - box.z)] == values[index])
                        }
                    }
                }
            }
            let kept = box.keptColumns.count * box.keptRows.count * box.keptSlices.count
            #expect(cut.count { $0 != -1 } == kept)
            // And the other way round: what was cut and put back is cut the same again.
            #expect(box.apply(back, padding: -1) == cut)
        }
    }

    @Test func volumesLabelsAndProbabilities() {
        let grid = Geometry(width: 2, height: 1, depth: 1, spacing: Spacing(1.5, 1.25, 10))
        let box = CropPad(from: grid.extent, to: Extent(width: 2, height: 2), x: 1, y: 0)
        let volume = box.apply(Volume(geometry: grid, voxels: [3, 4]), padding: -7)
        #expect(volume.voxels == [4, -7, -7, -7])
        #expect(volume.geometry == Geometry(width: 2, height: 2, depth: 1, spacing: grid.spacing))
        #expect(box.apply(LabelMap(geometry: grid, labels: [1, 2])).labels == [2, 0, 0, 0])
        let both = box.apply(ProbabilityMap(geometry: grid, channels: 2, values: [0.3, 0.4, 0.7, 0.6]))
        #expect(both.values == [0.4, 1, 1, 1, 0.6, 0, 0, 0])
        let single = box.apply(ProbabilityMap(geometry: grid, channels: 1, values: [0.3, 0.4]))
        #expect(single.values == [0.4, 0, 0, 0])
    }

    private static func extent(_ generator: inout SplitMix) -> Extent {
        Extent(
            width: Int.random(in: 1...8, using: &generator), height: Int.random(in: 1...8, using: &generator),
            depth: Int.random(in: 1...4, using: &generator))
    }
}
