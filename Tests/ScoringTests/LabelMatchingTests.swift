import Imaging
import Scoring
import Testing

@Suite struct LabelMatchingTests {
    private static func list(_ pairs: (String, UInt8)...) -> [Structure] {
        pairs.map { Structure(name: $0.0, label: $0.1) }
    }
    private static let ours = list(("RV", 1), ("MYO", 2), ("LV", 3))
    private static let theirs = list(("LV", 1), ("MYO", 2), ("RV", 3))
    private static let line = Geometry(width: 5, height: 1, depth: 1, spacing: Spacing(1, 1, 1))

    @Test func namesDecideAndNotNumbers() throws {
        let matching = try #require(LabelMatching(predicted: Self.ours, reference: Self.theirs))
        #expect(matching.common == Self.theirs && matching.numbersDiffer)
        #expect(matching.onlyPredicted.isEmpty && matching.onlyReference.isEmpty)
        let map = LabelMap(geometry: Self.line, labels: [0, 1, 2, 3, 3])
        #expect(try matching.prediction(map, name: "a").labels == [0, 3, 2, 1, 1])
        #expect(try matching.reference(map, name: "a").labels == [0, 1, 2, 3, 3])
        let same = try #require(LabelMatching(predicted: Self.ours, reference: Self.ours))
        #expect(!same.numbersDiffer)
    }

    @Test(arguments: [("lv", "LV"), ("Left_Atrium", "left atrium"), ("\u{e9}", "e\u{301}")])
    func namesAlikeAreOne(_ names: (String, String)) throws {
        let matching = try #require(
            LabelMatching(predicted: Self.list((names.0, 4)), reference: Self.list((names.1, 9))))
        #expect(matching.common == Self.list((names.1, 9)))
    }

    @Test func theSameNameIsBetterThanOneAlike() throws {
        let matching = try #require(
            LabelMatching(
                predicted: Self.list(("lv", 1), ("LV", 2)), reference: Self.list(("LV", 1), ("lv", 2))))
        let map = LabelMap(geometry: Self.line, labels: [0, 1, 2, 0, 0])
        #expect(try matching.prediction(map, name: "a").labels == [0, 2, 1, 0, 0])
        // Nobody knows which of two is meant.
        #expect(
            LabelMatching(predicted: Self.list(("Lv", 1)), reference: Self.list(("LV", 1), ("lv", 2))) == nil)
        #expect(LabelMatching(predicted: Self.list(("label 1", 1)), reference: Self.ours) == nil)
    }

    @Test func whatOnlyOneSideHasIsNotScored() throws {
        let matching = try #require(
            LabelMatching(predicted: Self.list(("LA", 1), ("LV", 2)), reference: Self.ours))
        #expect(matching.common == Self.list(("LV", 3)))
        #expect(matching.onlyPredicted == Self.list(("LA", 1)))
        #expect(matching.onlyReference == Self.list(("RV", 1), ("MYO", 2)))
        let map = LabelMap(geometry: Self.line, labels: [0, 1, 2, 2, 0])
        #expect(try matching.prediction(map, name: "a").labels == [0, 0, 3, 3, 0])
        let truth = LabelMap(geometry: Self.line, labels: [0, 1, 2, 3, 0])
        #expect(try matching.reference(truth, name: "a").labels == [0, 0, 0, 3, 0])
        #expect(
            throws: ScoringError.unknownLabels(
                name: "a", part: .prediction, labels: [3], known: Self.list(("LA", 1), ("LV", 2)))
        ) { try matching.prediction(truth, name: "a") }
    }

    @Test func channelsFollowTheNames() throws {
        let one = Geometry(width: 1, height: 1, depth: 1, spacing: Spacing(1, 1, 1))
        let map = ProbabilityMap(geometry: one, channels: 4, values: [0.125, 0.25, 0.5, 0.0625])
        let swapped = try #require(LabelMatching(predicted: Self.ours, reference: Self.theirs))
        #expect(try swapped.probabilities(map, name: "a").values == [0.125, 0.0625, 0.5, 0.25])
        // The order of the prediction's structures is that of its channels, whatever their labels.
        let turned = try #require(
            LabelMatching(predicted: Array(Self.ours.reversed()), reference: Self.ours))
        #expect(try turned.probabilities(map, name: "a").values == [0.125, 0.0625, 0.5, 0.25])
        // What is not scored is background.
        let part = try #require(LabelMatching(predicted: Self.ours, reference: Self.list(("MYO", 1))))
        #expect(try part.probabilities(map, name: "a").values == [0.4375, 0.5])
        let sigmoid = ProbabilityMap(geometry: one, channels: 1, values: [0.75])
        let cell = try #require(
            LabelMatching(predicted: Self.list(("LV", 255)), reference: Self.ours))
        #expect(try cell.probabilities(sigmoid, name: "a").values == [0.75])
        #expect(throws: ScoringError.differentChannels(name: "a", expected: 4, found: 1)) {
            try part.probabilities(sigmoid, name: "a")
        }
    }

    /// An image in the place of labels has hundreds of numbers.
    @Test func manyNumbersAreCounted() {
        let known = [Structure(name: "LV", label: 1)]
        func sentence(_ labels: [UInt8]) -> String {
            ScoringError.unknownLabels(name: "a", part: .reference, labels: labels, known: known).description
        }
        #expect(
            sentence(Array(2...241)).hasPrefix(
                "a: the reference has labels 2, 3, 4 and 237 others, but only "))
        #expect(sentence([2, 3, 4, 5]).hasPrefix("a: the reference has labels 2, 3, 4, 5, but only "))
    }
}
