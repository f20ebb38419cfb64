/// Columns of text aligned with spaces: names and remarks to the left, numbers to the right.
package struct TextTable {
    private var rows: [[String]]
    private let textColumns: Set<Int>

    /// Creates a table with a header; `textColumns` are names or remarks.
    package init(header: [String], textColumns: Set<Int>) {
        rows = [header]
        self.textColumns = textColumns
    }

    package mutating func add(_ row: [String]) { rows.append(row) }

    /// Returns the rows, each with a newline and without trailing spaces.
    package func text() -> String {
        let widths = rows[0].indices.map { column in rows.reduce(0) { max($0, $1[column].count) } }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                if column > 0 { line += "  " }
                let space = String(repeating: " ", count: widths[column] - cell.count)
                line += textColumns.contains(column) ? cell + space : space + cell
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

/// Tables as text, according to RFC 4180.
package enum CSV {
    /// Returns a row without its line break, quoting cells that contain a comma, a quote or a line break.
    package static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") }

    /// Returns the cells of every row of `text`, without empty lines; nil if quotes are not closed or appear inside a
    /// cell.
    package static func rows(_ text: String) -> [[String]]? {
        var rows: [[String]] = []
        var cells: [String] = []
        var cell = ""
        var state = State.start
        func endCell() {
            cells.append(cell)
            cell = ""
            state = .start
        }
        func endRow() {
            endCell()
            if cells != [""] { rows.append(cells) }
            cells = []
        }
        // Unicode scalars, because \r\n is a single Character, and so is a quote with an accent.
        for scalar in text.unicodeScalars {
            switch (state, scalar) {
            case (.quoted, "\""): state = .closed
            case (.quoted, _): cell.unicodeScalars.append(scalar)
            case (.start, "\""): state = .quoted
            case (.closed, "\""):
                // Two quotes within quotes stand for one.
                cell.unicodeScalars.append(scalar)
                state = .quoted
            case (_, ","): endCell()
            case (_, "\n"): endRow()
            case (_, "\r"): break
            case (.closed, _), (_, "\""): return nil
            default:
                cell.unicodeScalars.append(scalar)
                state = .plain
            }
        }
        guard state != .quoted else { return nil }
        endRow()
        return rows
    }

    /// The position of a reader: before a cell, in one without quotes, in one within quotes, or after its last quote.
    private enum State { case start, plain, quoted, closed }

    private static func quoted(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
            return cell
        }
        var text = "\""
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { text.unicodeScalars.append(scalar) }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }
}
