import ArgumentParser
import Runs
import Segmentation

/// A patch as a side, `HxW` or `DxHxW`.
struct PatchArgument: ExpressibleByArgument {
    private let sides: [Int]

    init?(argument: String) {
        guard let sides = argument.sides, (1...3).contains(sides.count) else { return nil }
        self.sides = sides
    }

    /// The patch, with `depth` slices where it was given without.
    func size(depth: Int) -> PatchSize {
        let plane = sides.suffix(2)
        return PatchSize(
            width: plane.last!, height: plane.first!, depth: sides.count == 3 ? sides[0] : depth)
    }
}

/// The size of an input as `HxW` or `DxHxW`.
struct InputSize: ExpressibleByArgument {
    let sides: [Int]

    init?(argument: String) {
        guard let sides = argument.sides, (2...3).contains(sides.count) else { return nil }
        self.sides = sides
    }
}

extension String {
    /// Whole numbers from 1 to 65,536 with an x between them; nil for anything else.
    fileprivate var sides: [Int]? {
        let parts = lowercased().split(separator: "x", omittingEmptySubsequences: false)
        let sides = parts.compactMap { Int($0) }
        guard sides.count == parts.count, sides.allSatisfy({ (1...65_536).contains($0) }) else { return nil }
        return sides
    }
}
