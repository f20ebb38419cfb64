/// Which sizes of input fit, and what comes out of them. Sizes are spatial, in the order of a tensor's axes, (D,) H, W.
extension NetworkConfiguration {
    /// Voxels that one convolution takes off along each axis at `level`, both borders together.
    func loss(atLevel level: Int) -> [Int] {
        zip(kernels[level], padding(atLevel: level)).map { $0 - 1 - 2 * $1 }
    }

    /// Zeros that a convolution adds at each border at `level`: enough to keep the size, but none in the plane of the
    /// classic network. A stack of 6 to 21 slices has none to lose, so that it pads there as well.
    func padding(atLevel level: Int) -> [Int] {
        kernels[level].enumerated().map { axis, side in
            let isInPlane = axis >= dimensions.rank - 2
            return architecture == .classic && isInPlane ? 0 : side / 2
        }
    }

    /// Factor between the top and `level` along each axis.
    func factors(atLevel level: Int) -> [Int] {
        poolings.prefix(level).reduce(Array(repeating: 1, count: dimensions.rank)) { zip($0, $1).map(*) }
    }

    /// Factor between the top and the bridge along each axis. What fits repeats with it; sizes of networks that pad
    /// must be multiples of it.
    public var sizeMultiples: [Int] { factors(atLevel: depth) }

    /// The largest of `sizeMultiples`.
    public var sizeMultiple: Int { sizeMultiples.max() ?? 1 }

    /// Voxels by which the output is smaller than the input at each border of each axis: 92 in the plane for the
    /// classic network with four poolings, 0 where convolutions are padded.
    public var margin: [Int] {
        (0..<dimensions.rank).map { axis in
            (0...depth).reduce(0) { sum, level in
                // Two convolutions on the way down, and two on the way up except in the bridge.
                sum + loss(atLevel: level)[axis] * factors(atLevel: level)[axis] * (level < depth ? 4 : 2) / 2
            }
        }
    }

    /// Size of the output for `input`; nil where the input does not fit: a map is odd before a pooling that halves it,
    /// or nothing is left of it.
    public func outputSize(of input: [Int]) -> [Int]? {
        precondition(input.count == dimensions.rank, "a size for every axis")
        let output = input.indices.map { outputSide(of: input[$0], axis: $0) }
        return output.contains(0) ? nil : output
    }

    /// Size of the smallest map, that of the bridge, for an `input` that fits.
    public func bottomSize(of input: [Int]) -> [Int] {
        precondition(input.count == dimensions.rank, "a size for every axis")
        return input.enumerated().map { axis, side in
            (0...depth).reduce(side) { side, level in
                let left = side - 2 * loss(atLevel: level)[axis]
                return level < depth ? left / poolings[level][axis] : left
            }
        }
    }

    /// The next smaller and the next larger side that fits, for each axis of `input`; both are the side itself where
    /// it fits, and there is no smaller one where it is smaller than all that fit.
    public func nearestInputs(to input: [Int]) -> [FittingSides] {
        precondition(input.count == dimensions.rank, "a size for every axis")
        return input.indices.map { axis in
            let multiple = sizeMultiples[axis]
            // What fits is one remainder of the multiple, from a smallest side on that leaves one voxel in the bridge.
            var least = 1
            while outputSide(of: least, axis: axis) == 0 { least += 1 }
            guard input[axis] > least else {
                return FittingSides(smaller: input[axis] == least ? least : nil, larger: least)
            }
            let excess = (input[axis] - least) % multiple
            let smaller = input[axis] - excess
            return FittingSides(smaller: smaller, larger: excess == 0 ? smaller : smaller + multiple)
        }
    }

    /// Side of the output along one axis; 0 where the input does not fit.
    private func outputSide(of input: Int, axis: Int) -> Int {
        var side = input
        for level in 0...depth {
            side -= 2 * loss(atLevel: level)[axis]
            guard side > 0 else { return 0 }
            if level < depth {
                guard side % poolings[level][axis] == 0 else { return 0 }
                side /= poolings[level][axis]
            }
        }
        for level in (0..<depth).reversed() {
            side = side * poolings[level][axis] - 2 * loss(atLevel: level)[axis]
            guard side > 0 else { return 0 }
        }
        return side
    }
}
