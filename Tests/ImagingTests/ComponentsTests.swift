import Imaging
import TestSupport
import Testing

@Suite struct ComponentsTests {
    @Test func cornersJoinOnlyWhereTheyCount() {
        let picture: [Bool] = [1, 0, 0, 0, 1, 0, 0, 0, 1].map { $0 == 1 }
        let size = Extent(width: 3, height: 3)
        #expect(ConnectedComponents(of: picture, extent: size, connectivity: .faces).sizes == [1, 1, 1])
        #expect(ConnectedComponents(of: picture, extent: size, connectivity: .corners).sizes == [3])
    }

    @Test func emptyMask() {
        let none = ConnectedComponents(
            of: [Bool](repeating: false, count: 8), extent: Extent(width: 2, height: 2, depth: 2),
            connectivity: .faces)
        #expect(none.sizes.isEmpty && none.largest == nil && none.ids == [Int32](repeating: 0, count: 8))
    }

    /// Against a flood fill from every voxel in turn.
    @Test(arguments: [Connectivity.faces, .corners])
    func agreesWithFloodFill(connectivity: Connectivity) {
        var generator = SplitMix(seed: 5)
        for share in [0.15, 0.3, 0.45, 0.6, 0.9] {
            let extent = Extent(width: 13, height: 11, depth: 5)
            let mask = (0..<extent.count).map { _ in Double.random(in: 0..<1, using: &generator) < share }
            let found = ConnectedComponents(of: mask, extent: extent, connectivity: connectivity)
            let expected = Self.floodFill(mask, extent, connectivity)
            #expect(found.ids == expected)
            for (index, size) in found.sizes.enumerated() {
                #expect(size == expected.count { $0 == index + 1 })
            }
        }
    }

    @Test func keepsTheLargestOfEachLabel() {
        let grid = Geometry(width: 8, height: 2, depth: 1, spacing: Spacing(1, 1, 1))
        let map = LabelMap(geometry: grid, labels: [1, 0, 1, 1, 0, 2, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0])
        #expect(
            map.keeping(.largest).labels == [0, 0, 1, 1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
            "of two equal pieces the first stays")
        #expect(map.keeping(.largest, of: [2]).labels[0] == 1)
        #expect(map.keeping(.largest, of: [9]) == map)
        #expect(map.keeping(.largest).keeping(.largest) == map.keeping(.largest))
        #expect(map.presentLabels == [1, 2])
    }

    @Test func piecesAreFoundInTheVolume() {
        // Two slices, whose pixels touch across a corner only.
        let grid = Geometry(width: 2, height: 2, depth: 2, spacing: Spacing(1, 1, 8))
        let map = LabelMap(geometry: grid, labels: [3, 0, 0, 0, 0, 0, 0, 3])
        #expect(map.keeping(.largest) == map)
        #expect(map.keeping(.largest, connectivity: .faces).labels == [3, 0, 0, 0, 0, 0, 0, 0])
    }

    private static func floodFill(_ mask: [Bool], _ extent: Extent, _ connectivity: Connectivity) -> [Int32] {
        var ids = [Int32](repeating: 0, count: mask.count)
        var pieces: Int32 = 0
        for start in mask.indices where mask[start] && ids[start] == 0 {
            pieces += 1
            ids[start] = pieces
            var open = [start]
            while let index = open.popLast() {
                let (x, y) = (index % extent.width, index / extent.width % extent.height)
                let z = index / extent.sliceCount
                for neighbor in mask.indices where mask[neighbor] && ids[neighbor] == 0 {
                    let dx = abs(neighbor % extent.width - x)
                    let dy = abs(neighbor / extent.width % extent.height - y)
                    let dz = abs(neighbor / extent.sliceCount - z)
                    let touches = connectivity == .faces ? dx + dy + dz == 1 : max(dx, dy, dz) == 1
                    if touches {
                        ids[neighbor] = pieces
                        open.append(neighbor)
                    }
                }
            }
        }
        return ids
    }
}
