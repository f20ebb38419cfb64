import UNetDesign

extension NetworkConfiguration {
    /// The input that fits and is nearest to `sides`, (D,) H, W; of two equally near ones the larger.
    func nearestInput(to sides: [Int]) -> [Int] {
        zip(sides, nearestInputs(to: sides)).map { side, nearest in
            guard let smaller = nearest.smaller, side - smaller < nearest.larger - side else {
                return nearest.larger
            }
            return smaller
        }
    }

    /// The smallest input along `axis` (of (D,) H, W) that fits and has at least `size` voxels.
    func smallestInput(of size: Int, axis: Int) -> Int {
        var sides = Array(repeating: 1, count: dimensions.rank)
        sides[axis] = size
        return nearestInputs(to: sides)[axis].larger
    }
}
