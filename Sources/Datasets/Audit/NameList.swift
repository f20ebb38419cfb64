/// Names as a person lists them: ranges of numbered ones together, and no more than a line or two.
package struct NameList: CustomStringConvertible {
    let names: [String]

    package init(names: [String]) { self.names = names }

    /// Pieces that are shown; more names are only counted.
    private static let pieces = 12

    /// “patient001 … patient100”, “anna, ben, scan1 … scan7, and 12 more”.
    package var description: String {
        var runs: [[String]] = []
        for name in names.sorted(by: { $0.naturallyPrecedes($1) }) {
            if let last = runs.last?.last, last.isFollowed(by: name) {
                runs[runs.count - 1].append(name)
            } else {
                runs.append([name])
            }
        }
        // Two in a row are no range.
        let pieces = runs.flatMap { $0.count > 2 ? [$0] : $0.map { [$0] } }
        let shown = pieces.prefix(Self.pieces)
        let more = pieces.dropFirst(Self.pieces).joined().count
        let texts = shown.map { $0.count > 1 ? "\($0[0]) … \($0[$0.count - 1])" : $0[0] }
        return (texts + (more > 0 ? ["and \(more) more"] : [])).joined(separator: ", ")
    }
}

extension String {
    /// Whether `other` is the same name with the next number, as `slice10` follows `slice9` and `p010` follows `p009`.
    fileprivate func isFollowed(by other: String) -> Bool {
        guard let (before, number) = trailingNumber, number < .max else { return false }
        let next = "\(number + 1)"
        return other == before + next.padded(to: count - before.count)
    }
}
