extension NetworkConfiguration {
    /// How many weights a network may have: 4 GB of them, for which a training takes 16 GB, thirty times as many as the
    /// U-Net of 2015 has.
    public static let weightLimit = 1 << 30

    /// The weights of all convolutions, biases and norms left out; in floating point, since the product of what a file may
    /// ask for overflows integers.
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

    /// Checks that there is a network of these sizes.
    ///
    /// - Throws: `NetworkError.notPositive` for a size below 1, `.levels` where poolings or kernels are not those of every
    ///   level and axis.
    public func validate() throws(NetworkError) {
        guard min(inputChannels, outputChannels, filters, depth) > 0 else {
            throw .notPositive(network: self)
        }
        guard hasSoundLevels else { throw .levels(network: self) }
    }

    /// Throws `NetworkError.tooLarge` for networks with more weights than `weightLimit`, and what `validate` throws; makes
    /// nothing for it.
    public func checkWeightCount() throws(NetworkError) {
        try validate()
        let count = weightCount
        guard count <= Double(Self.weightLimit) else { throw .tooLarge(network: self, weights: count) }
    }
}
