/// The input sizes that fit, and the sizes of their outputs. Sizes are spatial, in the order of a tensor's axes, (D,)
/// H, W.
extension NetworkConfiguration {
    /// Returns the voxels that one convolution removes along each axis at `level`, both borders together.
    func loss(atLevel level: Int) -> [Int] {
        zip(kernels[level], padding(atLevel: level)).map { $0 - 1 - 2 * $1 }
    }

    /// Returns the zeros that a convolution adds at each border at `level`: enough to keep the size, but none in the
    /// plane for the classic network. A stack of 6 to 21 slices has none to lose, so the classic network still pads
    /// along z.
    func padding(atLevel level: Int) -> [Int] {
        kernels[level].enumerated().map { axis, side in
            let isInPlane = axis >= dimensions.rank - 2
            return architecture == .classic && isInPlane ? 0 : side / 2
        }
    }

    /// Returns the factor between the top and `level` along each axis.
    package func factors(atLevel level: Int) -> [Int] {
        poolings.prefix(level).reduce(Array(repeating: 1, count: dimensions.rank)) { zip($0, $1).map(*) }
    }

    /// The factor between the top and the bridge along each axis. Sizes that fit repeat with it; for networks that pad,
    /// sizes must be multiples of it.
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

    /// Returns the size of the output for `input`; nil if the input does not fit: a map is odd before a pooling that
    /// halves it, or nothing is left of it.
    public func outputSize(of input: [Int]) -> [Int]? {
        precondition(input.count == dimensions.rank, "a size for every axis")
        let output = input.indices.map { outputSide(of: input[$0], axis: $0) }
        return output.contains(0) ? nil : output
    }

    /// Returns the size of the smallest map, that of the bridge, for an `input` that fits.
    public func bottomSize(of input: [Int]) -> [Int] {
        precondition(input.count == dimensions.rank, "a size for every axis")
        return input.enumerated().map { axis, side in
            (0...depth).reduce(side) { side, level in
                let left = side - 2 * loss(atLevel: level)[axis]
                return level < depth ? left / poolings[level][axis] : left
            }
        }
    }

    /// Returns the next smaller and the next larger side that fits, for each axis of `input`. Both are the side itself
    /// if it fits; the smaller one is nil if all that fit are larger.
    public func nearestInputs(to input: [Int]) -> [FittingSides] {
        precondition(input.count == dimensions.rank, "a size for every axis")
        return input.indices.map { axis in
            let multiple = sizeMultiples[axis]
            // Sides that fit have the same remainder of the multiple, starting with the smallest that leaves one voxel
            // in the bridge.
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

    /// Returns the side of the output along one axis; 0 if the input does not fit.
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

extension NetworkConfiguration {
    /// Returns poolings and kernels of a 3D network that follow the spacing: thick slices are neither pooled nor
    /// convolved across until the plane is about as coarse as they are.
    ///
    /// A level's kernel is 1 along z until the slices' spacing is below twice the finest in-plane spacing there, and 3
    /// from that level on. z is pooled only under this condition, and only while at least 4 slices are left (the rule
    /// of nnU-Net, Isensee et al. 2021, doi:10.1038/s41592-020-01008-z). The plane is pooled at every level.
    ///
    /// - Parameters:
    ///   - spacing: mm along z, y and x.
    ///   - size: voxels of a patch or volume along z, y and x.
    ///   - depth: number of poolings.
    /// - Returns: `poolings`, `depth` of them, and `kernels`, one more, each for z, y and x.
    public static func anisotropic(spacing: [Double], size: [Int], depth: Int) -> (
        poolings: [[Int]], kernels: [[Int]]
    ) {
        precondition(spacing.count == 3 && size.count == 3, "z, y and x")
        precondition(spacing.allSatisfy { $0 > 0 && $0.isFinite }, "spacings are positive")
        var (thickness, pixel, slices) = (spacing[0], min(spacing[1], spacing[2]), size[0])
        var poolings: [[Int]] = []
        var kernels: [[Int]] = []
        var depthwise = 1
        for _ in 0..<depth {
            let isComparable = thickness < 2 * pixel
            if isComparable { depthwise = 3 }
            let step = isComparable && slices / 2 >= 4 ? 2 : 1
            kernels.append([depthwise, 3, 3])
            poolings.append([step, 2, 2])
            thickness *= Double(step)
            pixel *= 2
            slices /= step
        }
        if thickness < 2 * pixel { depthwise = 3 }
        kernels.append([depthwise, 3, 3])
        return (poolings, kernels)
    }
}

extension NetworkConfiguration {
    /// The most weights of a network: 4 GB of them, for which training takes 16 GB, thirty times as many as in the
    /// U-Net of 2015.
    public static let weightLimit = 1 << 30

    /// The number of weights of all convolutions, without biases and norms; in floating point, since the sizes that a
    /// file can request overflow integers.
    package var weightCount: Double {
        var width = Double(filters)
        var channels = Double(inputChannels)
        var count = width * Double(outputChannels)
        for level in 0...depth {
            let taps = kernels[level].reduce(1) { $0 * Double($1) }
            count += taps * (channels * width + width * width)
            if architecture == .residual, channels != width { count += channels * width }
            guard level < depth else { break }
            let (block, below) = (poolings[level].reduce(1) { $0 * Double($1) }, 2 * width)
            count += block * below * width + taps * (below * width + width * width)
            (channels, width) = (width, below)
        }
        return count
    }

    /// Checks that a network of these sizes exists.
    ///
    /// - Throws: `NetworkError.notPositive` for a size below 1, `.levels` if poolings or kernels are not those of every
    ///   level and axis.
    public func validate() throws(NetworkError) {
        guard min(inputChannels, outputChannels, filters, depth) > 0 else {
            throw .notPositive(network: self)
        }
        guard hasSoundLevels else { throw .levels(network: self) }
    }

    /// Checks the number of weights without creating the network.
    ///
    /// - Throws: `NetworkError.tooLarge` for networks with more weights than `weightLimit`, and the errors of
    ///   `validate`.
    public func checkWeightCount() throws(NetworkError) {
        try validate()
        let count = weightCount
        guard count <= Double(Self.weightLimit) else { throw .tooLarge(network: self, weights: count) }
    }
}

/// The input sides that fit a network, around a requested one.
public struct FittingSides: Sendable, Equatable {
    /// The largest that does not exceed the requested one; nil if all that fit are larger.
    public var smaller: Int?
    /// The smallest that is at least the requested one.
    public var larger: Int

    /// Creates the sides below and above a requested one.
    public init(smaller: Int?, larger: Int) {
        self.smaller = smaller
        self.larger = larger
    }
}
