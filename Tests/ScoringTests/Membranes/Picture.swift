import Imaging
import Scoring

/// A drawing of cells (`#`) and membranes (`.`), a line a row.
struct Picture {
    let size: Extent
    let cells: [Bool]

    init(_ drawing: String) {
        let rows = drawing.split(separator: "\n")
        size = Extent(width: rows[0].count, height: rows.count)
        cells = rows.flatMap { $0.map { $0 == "#" } }
    }

    /// This drawing, as a sure proposal, scored against `truth`.
    func score(against truth: Picture) throws -> MembraneScore {
        try MembraneScore(
            name: "drawing", probabilities: cells.map { $0 ? 1 : 0 }, truth: truth.cells.map { $0 ? 255 : 0 },
            size: size)
    }

    /// The cells after border thinning.
    var thinned: [Int32] {
        BorderThinning.thin(ConnectedComponents(of: cells, extent: size, connectivity: .faces))
    }

    /// What cannot be bent away between `truth` and this drawing.
    func warping(of truth: Picture) -> MembraneWarping {
        MembraneWarping(
            truth: truth.cells, probabilities: cells.map { $0 ? 1 : 0 }, threshold: 0.5, size: size)
    }
}
