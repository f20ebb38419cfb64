import ArgumentParser

/// The size of an input as `HxW` or `DxHxW`.
struct InputSize: ExpressibleByArgument {
    let sides: [Int]

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        sides = parts.compactMap { Int($0) }
        guard sides.count == parts.count, (2...3).contains(sides.count),
            sides.allSatisfy({ (1...65_536).contains($0) })
        else { return nil }
    }
}
