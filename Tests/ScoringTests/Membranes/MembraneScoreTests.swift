import Foundation
import Imaging
import Scoring
import TestSupport
import Testing

@Suite struct MembraneScoreTests {
    @Test func perfectIsPerfect() throws {
        let picture = Picture(
            """
            ####.####
            ####.####
            .........
            ####.####
            ####.####
            """)
        let score = try picture.score(against: picture)
        for index in 0..<10 {
            let found = score.scores[index]
            #expect(found.rand.value == 1 && found.rand.split == 1 && found.rand.merge == 1)
            #expect(abs(found.information.value - 1) < 1e-12)
            #expect(found.randError == 0 && found.pixelError == 0 && score.warpingError(at: index) == 0)
            #expect(found.hasCells)
        }
        // Above 1 there is nothing: thinning makes one cell of it all, and without thinning every pixel is alone.
        let last = score.scores[10]
        #expect(last.rand.split == 1 && last.rand.merge == 0.25 && last.information.value == 0)
        #expect(last.randError == 1 && last.pixelError == 1 && !last.hasCells)
        #expect(last.deletions == 4 && last.splits == 0 && last.mergers == 0)
        let evaluation = MembraneEvaluation(slices: [score])
        for measure in MembraneEvaluation.Measure.allCases {
            let best = try #require(evaluation.best[measure])
            #expect(best.index == 0 && abs(best.mean - (measure.isScore ? 1 : 0)) < 1e-12)
        }
    }

    /// Two cells of 4 pixels found as one: of the 64 pairs found 32 are true.
    @Test func oneMerger() throws {
        let truth = Picture("####.####")
        let proposal = Picture("#########")
        let found = try proposal.score(against: truth).scores[5]
        #expect(found.rand == PartitionAgreement(split: 1, merge: 0.5))
        #expect(found.information == PartitionAgreement(split: 1, merge: 0))
        #expect(found.rand.value == 2.0 / 3 && found.information.value == 0)
        // Pairs of different pixels: 2 · 4 · 3 = 24 of 8 · 7 = 56 found.
        #expect(abs(found.randError - (1 - 2 * 24.0 / (24 + 56))) < 1e-15)
        #expect(abs(found.pixelError - (1 - 2 * 8.0 / 17)) < 1e-15)
        #expect(found.mergers == 1 && found.splits == 0)
    }

    /// A cell of 9 pixels found as two of 4 with a border of one pixel, which is a cell of its own.
    @Test func oneSplit() throws {
        let truth = Picture("#########.#")
        let proposal = Picture("####.####.#")
        let found = try proposal.score(against: truth).scores[5]
        // True squares 81 + 1, found 16 + 16 + 1 + 1, both the same.
        #expect(found.rand == PartitionAgreement(split: 34.0 / 82, merge: 1))
        let truthEntropy = log(10.0) - 9 * log(9.0) / 10
        let foundEntropy = log(10.0) - 8 * log(4.0) / 10
        #expect(abs(found.information.split - truthEntropy / foundEntropy) < 1e-12)
        #expect(abs(found.information.merge - 1) < 1e-12)
        #expect(abs(found.randError - (1 - 2 * 24.0 / (72 + 24))) < 1e-15)
        #expect(found.splits == 1 && found.mergers == 0)
    }

    /// Thick membranes cost the deprecated Rand error, but not the scores after thinning.
    @Test func thinningForgivesThickMembranes() throws {
        let truth = Picture(
            """
            #######.#######
            #######.#######
            #######.#######
            #######.#######
            """)
        let proposal = Picture(
            """
            ####.......####
            ####.......####
            ####.......####
            ....###.....###
            """)
        let found = try proposal.score(against: truth).scores[5]
        #expect(found.randError > 0.3)
        let clean = try Picture(
            """
            ####.......####
            ####.......####
            ####.......####
            ####.......####
            """
        ).score(against: truth).scores[5]
        #expect(clean.rand.value == 1 && abs(clean.information.value - 1) < 1e-12)
        #expect(clean.randError > 0.5 && clean.splits + clean.mergers == 0)
    }

    @Test func thinsToALineAsTheChallengeDoes() {
        let expected: [(String, [Int32])] = [
            // An odd gap leaves its middle, an even one the pixel reached second.
            ("#...#", [1, 1, 0, 2, 2]),
            ("#..#", [1, 1, 0, 2]),
            ("##.##", [1, 1, 0, 2, 2]),
            (".....", [1, 1, 1, 1, 1]),
            ("..#..", [1, 1, 1, 1, 1]),
        ]
        for (picture, labels) in expected { #expect(Picture(picture).thinned == labels) }
        // The middle is reached from two sides at once, the lower right corner after its neighbors.
        #expect(
            Picture(
                """
                #.#
                ...
                #..
                """
            ).thinned == [
                1, 0, 2,
                0, 0, 2,
                3, 3, 0,
            ])
    }

    /// Numbers of cells mean nothing: turning and mirroring both images changes no score but the watershed's choices.
    @Test func numbersOfCellsMeanNothing() throws {
        var generator = SplitMix(seed: 51)
        for _ in 0..<20 {
            let size = Extent(width: 23, height: 17)
            let truth = (0..<size.count).map { _ in UInt8.random(in: 0...3, using: &generator) }
            let values = (0..<size.count).map { _ in Float.random(in: 0...1, using: &generator) }
            let one = try MembraneScore(name: "a", probabilities: values, truth: truth, size: size)
            // Reversed, the first cells become the last.
            let other = try MembraneScore(
                name: "a", probabilities: values.reversed(), truth: truth.reversed(), size: size)
            for (one, other) in zip(one.scores, other.scores) {
                #expect(abs(one.randError - other.randError) < 1e-12)
                #expect(one.pixelError == other.pixelError)
                for part in [one.rand.split, one.rand.merge, one.information.split, one.information.merge] {
                    #expect(part >= 0 && part <= 1)
                }
                #expect(one.randError >= 0 && one.randError <= 1)
            }
        }
    }

    @Test func errorsName() {
        let size = Extent(width: 3, height: 1)
        func message(_ values: [Float], _ truth: [UInt8]) -> String? {
            do {
                _ = try MembraneScore(name: "train/24", probabilities: values, truth: truth, size: size)
                return nil
            } catch { return error.description }
        }
        #expect(
            message([0, 1], [0, 1, 1])
                == "train/24: there are 2 pixels, but 3 are expected; score predictions at the size of their image."
        )
        #expect(
            message([0, 1, 0], [0, 1, 1, 2])
                == "train/24: there are 4 pixels, but 3 are expected; score predictions at the size of their image."
        )
        #expect(
            message([0, 1, 0], [0, 0, 0])
                == "train/24: the ground truth has no cells, so nothing can be split or merged; "
                + "check that its cells are not labeled 0, or leave the image out.")
        #expect(
            message([0, 1.5, 0], [0, 1, 1])
                == "train/24: 1.5 is not a probability; use probabilities of the cell class, from 0 to 1.")
        #expect(
            message([0, .nan, 0], [0, 1, 1])
                == "train/24: nan is not a probability; use probabilities of the cell class, from 0 to 1.")
    }
}
