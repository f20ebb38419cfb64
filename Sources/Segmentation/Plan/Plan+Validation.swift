extension Plan {
    /// Checks that every setting makes sense, also those that only a damaged or edited file can have.
    ///
    /// - Throws: `SegmentationError.badSetting` or `.noSuchFold` for the first that does not.
    public func validate() throws(SegmentationError) {
        try require(formatVersion == 1, "format version", formatVersion, "this program reads version 1")
        try checkStructures()
        try checkNetwork()
        try checkPreparation()
        try checkTraining()
        try checkPatch()
        try checkBatch()
        try require(training.augmentation.isSound, "augmentation", training.augmentation, "see its limits")
        let count = training.foldCount
        try require((2...10_000).contains(count), "number of folds", count, "it must be 2 to 10000")
        if let fold = training.fold, !(0..<count).contains(fold) {
            throw .noSuchFold(fold: fold, count: count)
        }
    }

    private func checkStructures() throws(SegmentationError) {
        let names = structures.map(\.name)
        let text = structures.map { "\($0.name)=\($0.label)" }.joined(separator: " ")
        try require(!structures.isEmpty, "structures", "none", "label at least one structure")
        try require(
            Set(names).count == names.count && Set(structures.map(\.label)).count == names.count,
            "structures", text, "give each a name and a label of its own")
        try require(!structures.contains { $0.label == 0 }, "structures", text, "0 is background")
        try require(
            network.outputChannels == Plan.outputChannels(for: structures), "output channels",
            network.outputChannels, "there are \(Plan.outputChannels(for: structures)) for \(text)")
    }

    private func checkNetwork() throws(SegmentationError) {
        try require((1...65_536).contains(network.filters), "--filters", network.filters, "it is 1 to 65536")
        try require((1...12).contains(network.depth), "--depth", network.depth, "it is 1 to 12")
        let dropout = network.dropout
        try require(dropout >= 0 && dropout < 1, "--dropout", dropout, "it is 0 or above, and below 1")
        let (epsilon, momentum) = (network.normEpsilon, network.normMomentum)
        try require(epsilon > 0 && epsilon.isFinite, "--norm-epsilon", epsilon, "it must be positive")
        try require(momentum > 0 && momentum <= 1, "--norm-momentum", momentum, "it is above 0, at most 1")
    }

    private func checkPreparation() throws(SegmentationError) {
        if let spacing = preparation.spacing {
            try require(
                spacing > 0 && spacing < 100, "--spacing", spacing, "it is in mm, above 0 and below 100")
        }
        let clip = preparation.clip
        try require(
            0 <= clip.low && clip.low < clip.high && clip.high <= 100, "clip",
            "\(clip.low) to \(clip.high)", "percentiles are 0 to 100, the lower one first")
    }

    private func checkTraining() throws(SegmentationError) {
        let (rate, decay) = (training.learningRate, training.weightDecay)
        try require(
            (1...1_000_000).contains(training.epochs), "--epochs", training.epochs, "it is 1 to 1000000")
        try require(
            (1...65_536).contains(training.batchSize), "--batch-size", training.batchSize, "it is 1 to 65536")
        try require((1...1024).contains(training.threads), "--threads", training.threads, "it is 1 to 1024")
        try require(rate > 0 && rate.isFinite, "--learning-rate", rate, "it must be positive")
        try require(decay >= 0 && decay.isFinite, "--weight-decay", decay, "it must not be negative")
        let momentum = training.momentum
        try require(momentum >= 0 && momentum < 1, "--momentum", momentum, "it is 0 or above, and below 1")
        if let steps = training.stepsPerEpoch {
            try require((1...1_000_000).contains(steps), "--steps", steps, "it is 1 to 1000000")
        }
        if let weights = training.borderWeights {
            try require(
                training.loss != .dice, "--loss", training.loss.rawValue,
                "--border-weights weigh a cross-entropy, so it is ce or ce+dice")
            try require(
                weights.strength >= 0 && weights.strength.isFinite && weights.sigma > 0
                    && weights.sigma <= 1000,
                "--border-weights", "\(weights.strength), \(weights.sigma)",
                "the weight must not be negative, and its reach is above 0, at most 1000 pixels")
        }
    }

    private func checkPatch() throws(SegmentationError) {
        try check(training.patch, "--patch")
        if let window { try check(window, "--window") }
        guard network.dimensions == .two else { return }
        for size in [training.patch, window].compactMap(\.self) {
            try require(size.depth == 1, "--patch", size, "a network that sees slices has patches of depth 1")
        }
    }

    /// Refuses batches whose first feature map, of all the largest, could not be indexed by 32 bits, as some kernels
    /// do it: 8 GB, and training keeps a dozen of them. The sides of patches are known to be sound.
    private func checkBatch() throws(SegmentationError) {
        let (patch, filters) = (training.patch, network.filters)
        // In Double, since the product of what is allowed overflows Int.
        let values = Double(training.batchSize) * Double(patch.count) * Double(filters)
        try require(
            values <= Double(Int32.max), "--batch-size", training.batchSize,
            "with patches of \(patch) and \(filters) filters a feature map would have more than \(Int32.max) values, so "
                + "make one of them smaller")
    }

    private func check(_ size: PatchSize, _ name: String) throws(SegmentationError) {
        let sides = size.sides(rank: network.dimensions.rank)
        let text = sides.map(String.init).joined(separator: "x")
        try require(sides.allSatisfy { (1...4096).contains($0) }, name, text, "sides are 1 to 4096 pixels")
        guard network.outputSize(of: sides) == nil else { return }
        let nearest = network.nearestInput(to: sides).map(String.init).joined(separator: "x")
        throw .badSetting(
            name: name, value: text,
            rule:
                "it does not fit the network's \(network.depth) poolings; the nearest that does is \(nearest)"
        )
    }

    private func require(_ holds: Bool, _ name: String, _ value: Any, _ rule: String)
        throws(SegmentationError)
    {
        if !holds { throw .badSetting(name: name, value: "\(value)", rule: rule) }
    }
}

extension Augmentation {
    /// Whether every limit is a number in its range.
    fileprivate var isSound: Bool {
        [rotation, scale, overhang, flipProbability, brightness, contrast, noise, elastic].allSatisfy(
            \.isFinite)
            && rotation >= 0 && scale > 0 && (0...1).contains(flipProbability) && brightness >= 0
            && contrast > 0 && noise >= 0 && elastic >= 0
            && elastic <= 1000
    }
}
