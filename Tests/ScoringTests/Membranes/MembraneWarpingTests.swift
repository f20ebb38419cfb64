import Imaging
import Scoring
import TestSupport
import Testing

@Suite struct MembraneWarpingTests {
    @Test func bordersMayMove() {
        let truth = Picture(
            """
            ####.####
            ####.####
            ####.####
            """)
        let moved = Picture(
            """
            ###.#####
            ####.####
            .##.#####
            """)
        #expect(moved.warping(of: truth).splits + moved.warping(of: truth).mergers == 0)
        let thick = Picture(
            """
            .........
            .##...##.
            .........
            """)
        #expect(thick.warping(of: truth).splits + thick.warping(of: truth).mergers == 0)
    }

    /// A gap in a membrane: the pixel that closes it stays, however the rest bends.
    @Test func aGapIsAMerger() {
        let truth = Picture(
            """
            ####.####
            ####.####
            ####.####
            ####.####
            """)
        let proposal = Picture(
            """
            ####.####
            #########
            ####.####
            ####.####
            """)
        let found = proposal.warping(of: truth)
        #expect(found.mergers == 1 && found.splits == 0 && found.deletions == 0)
        // The other way around it is a split; the line across a cell is one pixel of it.
        let reverse = truth.warping(of: proposal)
        #expect(reverse.splits == 1 && reverse.mergers == 0)
    }

    @Test func alineAcrossACellIsASplit() {
        let truth = Picture(
            """
            #######
            #######
            #######
            """)
        let proposal = Picture(
            """
            ###.###
            ###.###
            ###.###
            """)
        let found = proposal.warping(of: truth)
        #expect(found.splits == 1 && found.mergers == 0)
    }

    @Test func lostAndNewCellsAndHolesDoNotCount() {
        let truth = Picture(
            """
            ....#####
            .#..#####
            ....#####
            """)
        let proposal = Picture(
            """
            ....#####
            ....##.##
            ....#####
            """)
        let found = proposal.warping(of: truth)
        #expect(found.splits == 0 && found.mergers == 0 && found.deletions == 1)
        let reverse = truth.warping(of: proposal)
        #expect(reverse.splits == 0 && reverse.mergers == 0 && reverse.deletions == 0)
    }

    /// Two ways around a ring: cutting one opens the ring, which splits nothing, cutting both splits it.
    @Test func aRingIsCutOnlyTwice() {
        let ring = Picture(
            """
            ######
            #....#
            #....#
            ######
            """)
        let once = Picture(
            """
            ##.###
            #....#
            #....#
            ######
            """)
        let twice = Picture(
            """
            ##.###
            #....#
            #....#
            ##.###
            """)
        #expect(once.warping(of: ring).splits == 0)
        #expect(twice.warping(of: once).splits == 1)
    }

    /// A pixel is simple where changing it changes neither the number of cells nor that of membranes around it.
    @Test func simplePointsKeepTheTopology() {
        func pieces(_ pattern: Int, middle: Bool) -> [Int] {
            // A frame of membrane around the eight neighbors, as around an image.
            var cells = [Bool](repeating: false, count: 25)
            for (bit, place) in SimplePoints.ring.enumerated() where pattern >> bit & 1 == 1 {
                cells[(place.1 + 2) * 5 + place.0 + 2] = true
            }
            cells[12] = middle
            let size = Extent(width: 5, height: 5)
            return [
                ConnectedComponents(of: cells, extent: size, connectivity: .faces).sizes.count,
                ConnectedComponents(of: cells.map { !$0 }, extent: size, connectivity: .corners).sizes.count,
            ]
        }
        for pattern in 0..<256 {
            #expect(
                SimplePoints.table[pattern]
                    == (pieces(pattern, middle: true) == pieces(pattern, middle: false)))
        }
    }

    @Test func whatAgreesNeedsNoWarping() {
        var generator = SplitMix(seed: 61)
        let size = Extent(width: 20, height: 14)
        for _ in 0..<40 {
            let truth = (0..<size.count).map { _ in Bool.random(using: &generator) }
            let same = MembraneWarping(
                truth: truth, probabilities: truth.map { $0 ? 0.8 : 0.1 }, threshold: 0.5, size: size)
            #expect(same.splits == 0 && same.mergers == 0 && same.deletions == 0)
        }
    }
}
