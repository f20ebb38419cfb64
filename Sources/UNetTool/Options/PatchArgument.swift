import ArgumentParser
import Segmentation

/// A patch as a side, `HxW` or `DxHxW`.
struct PatchArgument: ExpressibleByArgument {
    private let sides: [Int]

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        let sides = parts.compactMap { Int($0) }
        guard sides.count == parts.count, (1...3).contains(sides.count), sides.allSatisfy({ $0 > 0 }) else {
            return nil
        }
        self.sides = sides
    }

    /// The patch, with `depth` slices where it was given without.
    func size(depth: Int) -> PatchSize {
        let plane = sides.suffix(2)
        return PatchSize(
            width: plane.last!, height: plane.first!, depth: sides.count == 3 ? sides[0] : depth)
    }
}
