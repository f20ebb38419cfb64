import Foundation
import UNetDesign

extension Plan {
    /// Checks that every setting makes sense, also those that only a damaged or edited file can have.
    ///
    /// - Throws: `SegmentationError.badSetting`, `.network` or `.noSuchFold` for the first that does not.
    public func validate() throws(SegmentationError) {
        try require(formatVersion == 1, "format version", formatVersion, "this program reads only version 1")
        try checkStructures()
        try checkNetwork()
        try checkPreparation()
        try checkTraining()
        try checkAugmentation()
        try checkPatch()
        try checkSizes()
        try checkNorms(batchSize: training.batchSize)
        let count = training.foldCount
        try require((2...10_000).contains(count), "number of folds", count, "it must be from 2 to 10000")
        if let fold = training.fold, !(0..<count).contains(fold) {
            throw .noSuchFold(fold: fold, count: count)
        }
    }

    private func checkStructures() throws(SegmentationError) {
        let names = structures.map(\.name)
        let text = structures.map { "\($0.name)=\($0.label)" }.joined(separator: " ")
        try require(!structures.isEmpty, "structures", "none", "there must be at least one")
        try require(
            Set(names).count == names.count && Set(structures.map(\.label)).count == names.count,
            "structures", text, "each must have a unique name and a unique label")
        try require(
            !structures.contains { $0.label == 0 }, "structures", text,
            "label 0 is the background, so use 1 to 255")
        try require(
            network.outputChannels == Plan.outputChannels(for: structures), "output channels",
            network.outputChannels, "it must be \(Plan.outputChannels(for: structures)) for \(text)")
    }

    private func checkNetwork() throws(SegmentationError) {
        try require(1...65_536, "--filters", network.filters)
        try require(1...12, "--depth", network.depth)
        let dropout = network.dropout
        try require(
            dropout >= 0 && dropout < 1, "--dropout", dropout, "it must be at least 0 and less than 1")
        let (epsilon, momentum) = (network.normEpsilon, network.normMomentum)
        // As a float32, in which norms compute, it must not be 0.
        try require(epsilon >= 1e-30 && epsilon <= 1, "--norm-epsilon", epsilon, "it must be from 1e-30 to 1")
        try require(
            momentum > 0 && momentum <= 1, "--norm-momentum", momentum,
            "it must be greater than 0 and at most 1")
    }

    private func checkPreparation() throws(SegmentationError) {
        if let spacing = preparation.spacing {
            try require(
                spacing >= 0.001 && spacing <= 100, "--spacing", spacing, "it must be from 0.001 to 100 mm")
        }
        let clip = preparation.clip
        try require(
            0 <= clip.low && clip.low < clip.high && clip.high <= 100, "clip",
            "\(clip.low) to \(clip.high)", "its percentiles must be from 0 to 100, the lower one first")
    }

    private func checkTraining() throws(SegmentationError) {
        let (rate, decay) = (training.learningRate, training.weightDecay)
        try require(1...1_000_000, "--epochs", training.epochs)
        try require(1...65_536, "--batch-size", training.batchSize)
        try require(1...1024, "--threads", training.threads)
        try require(
            rate > 0 && rate <= 1000, "--learning-rate", rate, "it must be greater than 0 and at most 1000")
        try require(decay >= 0 && decay <= 1000, "--weight-decay", decay, "it must be from 0 to 1000")
        let momentum = training.momentum
        try require(
            momentum >= 0 && momentum < 1, "--momentum", momentum, "it must be at least 0 and less than 1")
        if let steps = training.stepsPerEpoch {
            try require(1...1_000_000, "--steps", steps)
            // Their order stands in memory.
            try require(
                steps * training.batchSize <= 100_000_000, "--steps", steps,
                "with batches of \(training.batchSize), an epoch would have more than 100 million patches, so reduce "
                    + "one of them")
        }
        try require(
            !training.holdOut.contains(""), "--hold-out", "“”", "it must name patients or images")
        if let weights = training.borderWeights {
            try require(
                training.loss != .dice, "--loss", training.loss.rawValue,
                "it must be ce or ce+dice, because --border-weights weigh a cross-entropy")
            try require(
                weights.strength >= 0 && weights.strength <= 1e6 && weights.sigma > 0
                    && weights.sigma <= 1000,
                "--border-weights", "\(weights.strength), \(weights.sigma)",
                "the weight must be from 0 to a million, and its reach greater than 0 and at most 1000 pixels"
            )
        }
    }

    private func checkAugmentation() throws(SegmentationError) {
        let limits = training.augmentation
        for (name, value, range) in [
            ("--elastic", limits.elastic, 0...1000), ("rotation", limits.rotation, 0...360),
            ("scale", limits.scale, 0.01...100), ("overhang", limits.overhang, -1_000_000...1_000_000),
            ("flip probability", limits.flipProbability, 0...1), ("brightness", limits.brightness, 0...1000),
            ("contrast", limits.contrast, 0.01...100), ("noise", limits.noise, 0...1000),
        ] as [(String, Double, ClosedRange<Double>)] {
            try require(
                range.contains(value), name, value,
                String(format: "it must be from %g to %g", range.lowerBound, range.upperBound))
        }
    }

    private func checkPatch() throws(SegmentationError) {
        try check(training.patch, "--patch")
        if let window { try check(window, "--window") }
        guard network.dimensions == .two else { return }
        for size in [training.patch, window].compactMap(\.self) {
            try require(size.depth == 1, "--patch", size, "a 2D network needs patches of depth 1")
        }
    }

    /// Refuses networks with too many weights, and batches whose first feature map, of all the largest, could not be indexed
    /// by 32 bits, as some kernels do it: 8 GB, and training keeps a dozen of them. The sides of patches are known to be
    /// sound.
    private func checkSizes() throws(SegmentationError) {
        let (patch, filters) = (training.patch, network.filters)
        do throws(NetworkError) { try network.checkWeightCount() } catch {
            throw .network(error)
        }
        // In Double, since the product of what is allowed overflows Int.
        let values = Double(training.batchSize) * Double(patch.count) * Double(filters)
        try require(
            values <= Double(Int32.max), "--batch-size", training.batchSize,
            "with patches of \(patch) and \(filters) filters, a feature map would have more than \(Int32.max) values, so "
                + "reduce one of them")
    }

    /// Refuses patches of which so little is left at the bottom of the network that its norm has one value only, which
    /// varies from nothing.
    package func checkNorms(batchSize: Int) throws(SegmentationError) {
        let patch = training.patch
        let values = network.bottomSize(of: patch.sides(rank: network.dimensions.rank)).reduce(1, *)
        let isEnough = values > 1 || (network.norm == .batch && batchSize > 1) || network.norm == .none
        try require(
            isEnough, "--patch", patch,
            "only one pixel of it is left after \(network.depth) pooling\(network.depth == 1 ? "" : "s"), too few for "
                + "\(network.norm.rawValue) norm, so make it larger")
    }

    private func check(_ size: PatchSize, _ name: String) throws(SegmentationError) {
        let sides = size.sides(rank: network.dimensions.rank)
        let text = sides.map(String.init).joined(separator: "x")
        try require(
            sides.allSatisfy { (1...4096).contains($0) }, name, text,
            "its sides must be from 1 to 4096 pixels")
        guard network.outputSize(of: sides) == nil else { return }
        let nearest = network.nearestInput(to: sides).map(String.init).joined(separator: "x")
        throw .badSetting(
            name: name, value: text,
            rule:
                "it must fit the network's \(network.depth) pooling\(network.depth == 1 ? "" : "s"), as \(nearest) does"
        )
    }

    private func require(_ range: ClosedRange<Int>, _ name: String, _ value: Int) throws(SegmentationError) {
        try require(
            range.contains(value), name, value, "it must be from \(range.lowerBound) to \(range.upperBound)")
    }

    private func require(_ holds: Bool, _ name: String, _ value: Any, _ rule: String)
        throws(SegmentationError)
    {
        if !holds { throw .badSetting(name: name, value: "\(value)", rule: rule) }
    }
}
