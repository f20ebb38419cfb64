import Scoring
import Testing

@Suite struct CSVTests {
    @Test func cellsComeBack() {
        let rows = [
            ["plain", "", "a,b", "say \"no\""], ["\"", ",", "two\nlines", "and\r\nreturns"],
            ["\"\u{301}", "naïve", " spaces ", "last"],
        ]
        for end in ["\n", "\r\n"] {
            #expect(CSV.rows(rows.map { CSV.line($0) + end }.joined()) == rows)
            #expect(CSV.rows(rows.map(CSV.line).joined(separator: end)) == rows)
        }
    }

    @Test func cellsAreQuotedWhereTheyMustBe() {
        #expect(CSV.line(["a", "b,c", "\"d\"", ""]) == "a,\"b,c\",\"\"\"d\"\"\",")
    }

    @Test(
        arguments: [
            ("", []), ("\n\r\n\n", []), ("a\n\nb", [["a"], ["b"]]), (",", [["", ""]]), ("a,", [["a", ""]]),
            ("\"a\"", [["a"]]), ("\"a", nil), ("\"a\"b", nil), ("a\"b", nil),
        ] as [(String, [[String]]?)])
    func whatOthersWrite(text: String, rows: [[String]]?) {
        #expect(CSV.rows(text) == rows)
    }
}
