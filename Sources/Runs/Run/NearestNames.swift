extension [String] {
    /// The `count` names that are most like `name`: those that the fewest characters have to be put in, taken out or changed
    /// for (Levenshtein 1966).
    func nearest(to name: String, count: Int) -> [String] {
        let distances = map { edits(Array<Character>($0), Array<Character>(name)) }
        return indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(count).map { self[$0] }
    }
}

private func edits(_ one: [Character], _ other: [Character]) -> Int {
    var row = Array(0...other.count)
    for (number, character) in one.enumerated() {
        var diagonal = row[0]
        row[0] = number + 1
        for column in other.indices {
            let changed = diagonal + (character == other[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
        }
    }
    return row[other.count]
}
