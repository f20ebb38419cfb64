import Foundation
import Imaging
import Testing

@Suite struct ComponentRuleTests {
    private let grid = Geometry(width: 30, height: 16, depth: 3, spacing: Spacing(1.5, 1.5, 10))

    private func map(_ label: (Int, Int, Int) -> UInt8) -> LabelMap {
        var labels: [UInt8] = []
        for z in 0..<grid.depth {
            for y in 0..<grid.height { for x in 0..<grid.width { labels.append(label(x, y, z)) } }
        }
        return LabelMap(geometry: grid, labels: labels)
    }

    /// A contracted heart (RV 1, MYO 2, LV 3): the cavity of the left ventricle has 2 × 2 pixels.
    private func heart(_ x: Int, _ y: Int) -> UInt8 {
        if (8...9).contains(x), (7...8).contains(y) { return 3 }
        if (5...12).contains(x), (4...11).contains(y) { return 2 }
        return (3...4).contains(x) && (6...9).contains(y) ? 1 : 0
    }

    @Test func aContractedVentricleOutlivesALargerIsland() {
        let truth = map { x, y, _ in heart(x, y) }
        // 5 × 5 pixels of “left ventricle” in a bone.
        let found = map { x, y, _ in (20...24).contains(x) && (5...9).contains(y) ? 3 : heart(x, y) }
        #expect(found.keeping(.heart, of: [1, 2, 3]) == truth)
        #expect(found.keeping(.heart) == truth)
        let largest = found.keeping(.largest, of: [1, 2, 3])
        #expect(largest.labels[grid.index(8, 7, 1)] == 0, "the island is larger than the ventricle")
        #expect(largest.labels[grid.index(22, 7, 1)] == 3)
        #expect(found.keeping(.all) == found)
    }

    @Test func withinTheHeartOnlyTheLargestOfEachStays() {
        // Specks of the right ventricle in the muscle, and of the muscle beside the heart.
        let found = map { x, y, z in
            if z == 1, x == 11, y == 10 { return 1 }
            return z == 0 && x == 2 && y == 5 ? 2 : heart(x, y)
        }
        let kept = found.keeping(.heart)
        #expect(kept.labels[grid.index(11, 10, 1)] == 0)
        #expect(kept.labels[grid.index(2, 5, 0)] == 0)
        #expect(found.labels.indices.count { kept.labels[$0] != found.labels[$0] } == 2)
    }

    @Test func structuresThatDoNotTouch() {
        // Two organs: the rule for one takes the smaller away, each structure's own keeps both.
        let found = map { x, y, _ in
            (2...9).contains(x) && (2...9).contains(y)
                ? 1 : (20...23).contains(x) && (4...7).contains(y) ? 2 : 0
        }
        #expect(found.keeping(.largest) == found)
        let kept = found.keeping(.heart)
        #expect(kept.presentLabels == [1])
        let structures = [Structure(name: "A", label: 1), Structure(name: "B", label: 2)]
        let removals = kept.removals(from: found, of: structures)
        #expect(removals == [ComponentRemoval(structure: structures[1], removed: 48, kept: 0)])
        #expect(removals.map(\.isComplete) == [true])
        #expect(found.removals(from: found, of: structures).isEmpty)
    }

    @Test func oneStructureIsItsLargestComponent() {
        let found = map { x, y, z in
            (2...5).contains(x) && y > 3 ? 3 : (20...21).contains(x) && y > 3 && z > 0 ? 3 : 0
        }
        #expect(found.keeping(.heart) == found.keeping(.largest))
        #expect(found.keeping(.heart) == map { x, y, _ in (2...5).contains(x) && y > 3 ? 3 : 0 })
        let removals = found.keeping(.heart).removals(from: found, of: [Structure(name: "LV", label: 3)])
        #expect(removals.map(\.removed) == [2 * 12 * 2])
        #expect(removals.map(\.isComplete) == [false])
    }

    @Test(arguments: ComponentRule.allCases) func anEmptyMapStaysEmpty(rule: ComponentRule) {
        let empty = map { _, _, _ in 0 }
        #expect(empty.keeping(rule) == empty)
        #expect(empty.keeping(rule, of: [1, 2, 3]) == empty)
        #expect(empty.keeping(rule, of: []) == empty)
    }

    @Test func otherLabelsAreLeftAlone() {
        let found = map { x, y, _ in x == 28 && y == 2 ? 9 : heart(x, y) }
        #expect(found.keeping(.heart, of: [1, 2, 3]) == found)
        #expect(found.keeping(.heart).presentLabels == [1, 2, 3])
    }

    @Test func rulesAreWrittenByName() throws {
        let text = String(decoding: try JSONEncoder().encode(ComponentRule.allCases), as: UTF8.self)
        #expect(text == #"["heart","largest","all"]"#)
        let read = try JSONDecoder().decode([ComponentRule].self, from: Data(text.utf8))
        #expect(read == ComponentRule.allCases)
    }
}
