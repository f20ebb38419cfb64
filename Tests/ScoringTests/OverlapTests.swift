import Imaging
import Scoring
import Testing

@Suite struct OverlapTests {
    @Test func countsOfEveryLabel() {
        let counts = ConfusionCounts.ofEveryLabel(
            prediction: [0, 1, 1, 2, 3, 3], reference: [0, 1, 2, 2, 0, 3])
        #expect(counts[1] == ConfusionCounts(truePositives: 1, falsePositives: 1, falseNegatives: 0))
        #expect(counts[2] == ConfusionCounts(truePositives: 1, falsePositives: 0, falseNegatives: 1))
        #expect(counts[3].dice == 2.0 / 3 && counts[3].iou == 0.5)
        #expect(counts[7].dice == nil && counts[7].iou == nil)
    }

    @Test func diceAndIoUGoTogether() throws {
        for (both, one, other) in [(5, 3, 2), (1, 0, 0), (0, 2, 3), (100, 1, 57)] {
            let counts = ConfusionCounts(truePositives: both, falsePositives: one, falseNegatives: other)
            let (dice, iou) = (try #require(counts.dice), try #require(counts.iou))
            #expect(abs(iou - dice / (2 - dice)) < 1e-12)
        }
    }
}
