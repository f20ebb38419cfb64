/// Columns of text lined up with spaces: names and remarks to the left, numbers to the right.
package struct TextTable {
    private var rows: [[String]]
    private let textColumns: Set<Int>

    /// A table with a header, whose `textColumns` are names or remarks.
    package init(header: [String], textColumns: Set<Int>) {
        rows = [header]
        self.textColumns = textColumns
    }

    package mutating func add(_ row: [String]) { rows.append(row) }

    /// The rows, each with a newline and without spaces at its end.
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
