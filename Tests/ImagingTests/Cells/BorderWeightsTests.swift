import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct BorderWeightsTests {
    /// Small maps of every kind against the definition: distances to all pixels of all cells.
    @Test func agreesWithTheDefinition() {
        var generator = SplitMix(seed: 21)
        for round in 0..<60 {
            let size = Extent(
                width: Int.random(in: 1...26, using: &generator),
                height: Int.random(in: 1...26, using: &generator))
            let share = [0.02, 0.1, 0.4, 0.9][round % 4]
            let cells: CellMap
            if round % 2 == 0 {
                let mask = (0..<size.count).map { _ in Double.random(in: 0..<1, using: &generator) < share }
                cells = CellMap(piecesOf: mask, size: size)
            } else {
                // Cells that touch and that have several pieces.
                let instances = (0..<size.count).map { _ in
                    Double.random(in: 0..<1, using: &generator) < share
                        ? UInt16.random(in: 1...5, using: &generator) * 13_000 : 0
                }
                cells = CellMap(instances: instances, size: size)
            }
            let border = BorderWeights(
                strength: Double.random(in: 0...20, using: &generator),
                sigma: Double.random(in: 0.5...8, using: &generator))
            expect(border.map(of: cells), near: Self.definition(border, cells))
        }
    }

    @Test func cellsThatTouch() {
        // Two cells share a border in the middle row; the corner pixels are between them.
        let cells = CellMap(
            instances: [
                0, 0, 0, 0,
                1, 1, 2, 2,
                1, 1, 2, 2,
            ], size: Extent(width: 4, height: 3))
        let found = BorderWeights().map(of: cells)
        let (gap, cell) = (12.0 / (2 * 4), 12.0 / (2 * 8))
        let near = gap + 10 * exp(-pow(1 + 2.squareRoot(), 2) / 50)
        let far = gap + 10 * exp(-pow(1 + 5.squareRoot(), 2) / 50)
        expect(found, near: [far, near, near, far] + [Double](repeating: cell, count: 8))
    }

    @Test func fewerThanTwoCellsOnlyBalance() {
        let size = Extent(width: 4, height: 2)
        let one = CellMap(
            piecesOf: [true, true, false, false, false, false, false, false], size: size)
        expect(BorderWeights().map(of: one), near: [2, 2] + [Double](repeating: 8.0 / 12, count: 6))
        let none = CellMap(instances: [UInt16](repeating: 0, count: 8), size: size)
        expect(BorderWeights().map(of: none), near: [Double](repeating: 1, count: 8))
        let all = CellMap(instances: [UInt16](repeating: 7, count: 8), size: size)
        expect(BorderWeights().map(of: all), near: [Double](repeating: 1, count: 8))
    }

    @Test func piecesThatMeetAtACornerAreTwoCells() {
        let mask = [
            true, false,
            false, true,
        ]
        let cells = CellMap(piecesOf: mask, size: Extent(width: 2, height: 2))
        #expect(cells.ids == [1, 0, 0, 2])
        let gap = Float(1 + 10 * exp(-4 / 50.0))
        #expect(BorderWeights().map(of: cells) == [1, gap, gap, 1])
    }

    @Test func farApartThereIsNothing() {
        // 151 pixels between two cells: both distances are 76 in the middle, and the sum is 152 everywhere.
        let instances = [UInt16](repeating: 1, count: 1) + [UInt16](repeating: 0, count: 151) + [2]
        let cells = CellMap(instances: instances, size: Extent(width: 153, height: 1))
        let found = BorderWeights().map(of: cells)
        let gap = Float(153.0 / (2 * 151))
        #expect(found[1...151].allSatisfy { $0 == gap })
        #expect(BorderWeights(sigma: 60).map(of: cells)[76] > gap)
    }

    @Test func balancesClasses() {
        let (common, rare) = (Float(8.0 / 18), Float(8.0 / 3))
        #expect(ClassBalance(of: [[0, 0, 0, 1], [0, 0, 0, 3]]).weights == [common, rare, 0, rare])
        let cells = CellMap(instances: [1, 0, 0, 0], size: Extent(width: 4, height: 1))
        let (one, two) = (Float(4.0 / 3), Float(2.0 / 3))
        #expect(BorderWeights().map(of: cells, classes: [2, 0, 0, 1]) == [one, two, two, one])
        #expect(BorderWeights().map(of: cells, classes: [2, 0, 0, 1], balance: [1, 2, 3]) == [3, 1, 1, 2])
    }

    private func expect(_ found: [Float], near expected: [Double]) {
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 * max(1, $1) })
    }

    private static func definition(_ border: BorderWeights, _ cells: CellMap) -> [Double] {
        let width = cells.size.width
        let inside = cells.ids.count { $0 != 0 }
        let count = cells.ids.count
        let classes = inside == 0 || inside == count ? 1 : 2
        return cells.ids.indices.map { pixel in
            let same = cells.ids[pixel] == 0 ? count - inside : inside
            let balance = Double(count) / Double(classes * same)
            guard cells.ids[pixel] == 0 else { return balance }
            var nearest: [Int32: Double] = [:]
            for (other, id) in cells.ids.enumerated() where id != 0 {
                let (x, y) = (other % width - pixel % width, other / width - pixel / width)
                nearest[id] = min(nearest[id] ?? .infinity, Double(x * x + y * y).squareRoot())
            }
            let two = nearest.values.sorted().prefix(2)
            guard two.count == 2 else { return balance }
            return balance + border.strength * exp(-pow(two[0] + two[1], 2) / (2 * pow(border.sigma, 2)))
        }
    }
}
