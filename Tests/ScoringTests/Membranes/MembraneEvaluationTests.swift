import Foundation
import Imaging
import Scoring
import Testing

@Suite struct MembraneEvaluationTests {
    /// Two slices whose best thresholds differ: 0.3 for one, 0.5 for the other, and the mean decides.
    private static func example() throws -> MembraneEvaluation {
        let size = Extent(width: 9, height: 1)
        let truth: [UInt8] = [1, 1, 1, 1, 0, 1, 1, 1, 1]
        func slice(_ name: String, cell: Float, membrane: Float) throws -> MembraneScore {
            try MembraneScore(
                name: name, probabilities: truth.map { $0 == 1 ? cell : membrane }, truth: truth, size: size)
        }
        return MembraneEvaluation(slices: [
            try slice("24", cell: 0.35, membrane: 0.05), try slice("25", cell: 0.95, membrane: 0.25),
        ])
    }

    @Test func takesOneThresholdForAllSlices() throws {
        let evaluation = try Self.example()
        let best = evaluation.best
        // Between 0.25 and 0.35 both slices are right; below, the second is merged, above, the first is lost.
        for measure in MembraneEvaluation.Measure.allCases {
            let found = try #require(best[measure])
            #expect(found.index == 3 && found.threshold == 0.3)
            #expect(abs(found.mean - (measure.isScore ? 1 : 0)) < 1e-12)
            #expect((found.parts == nil) == !measure.isScore)
        }
        // At 0.2 the second slice has a Rand score of 2/3 (one merger) and the first is perfect.
        let atTwo = evaluation.slices.map { $0.value(of: .rand, at: 2) }
        #expect(atTwo == [1, 2.0 / 3])
        #expect(evaluation.slices[1].warpingError(at: 2) == 1.0 / 9)
    }

    @Test func warpingNeedsCells() throws {
        let size = Extent(width: 3, height: 1)
        let slice = try MembraneScore(
            name: "empty", probabilities: [0, 0, 0], truth: [1, 1, 1], size: size)
        let evaluation = MembraneEvaluation(slices: [slice])
        #expect(evaluation.best[.warpingError] == nil)
        // Thinning makes one cell of an image without cells, and the truth is one.
        #expect(evaluation.best[.rand]?.mean == 1 && evaluation.best[.information]?.mean == 1)
        #expect(evaluation.best[.randError]?.mean == 1 && evaluation.best[.pixelError]?.mean == 1)
        let json = String(decoding: try evaluation.json(), as: UTF8.self)
        #expect(json.contains("\"warping_error\" : null"))
        #expect(evaluation.table().contains("warping error        –          –\n"))
    }

    @Test func tableOfAStack() throws {
        #expect(
            try Self.example().table() == """
                Score          mean of 2 slices  threshold   split   merge
                V Rand                   1.0000        0.3  1.0000  1.0000
                V Info                   1.0000        0.3  1.0000  1.0000
                Rand error               0.0000        0.3
                pixel error              0.0000        0.3
                warping error          0.000000        0.3

                Slice  V Rand   split   merge  V Info   split   merge  Rand error  pixel error  warping error
                24     1.0000  1.0000  1.0000  1.0000  1.0000  1.0000      0.0000       0.0000       0.000000
                25     1.0000  1.0000  1.0000  1.0000  1.0000  1.0000      0.0000       0.0000       0.000000

                """)
    }

    @Test func jsonReadsBack() throws {
        let evaluation = try Self.example()
        let bytes = try evaluation.json()
        let again = try JSONDecoder().decode(MembraneEvaluation.self, from: bytes)
        #expect(try again.json() == bytes)
        let object = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        let best = try #require(object["best"] as? [String: [String: Double]])
        #expect(best["v_rand"] == ["mean": 1, "threshold": 0.3, "split": 1, "merge": 1])
        #expect(best["rand_error"] == ["mean": 0, "threshold": 0.3])
        let slices = try #require(object["slices"] as? [[String: Any]])
        #expect(slices.map { $0["slice"] as? String } == ["24", "25"])
        let thresholds = try #require(slices[1]["thresholds"] as? [[String: Any]])
        #expect(thresholds.count == 11 && thresholds[2]["mergers"] as? Int == 1)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(MembraneEvaluation.self, from: Data("{\"slices\": []}".utf8))
        }
    }
}
