extension Plan {
    /// Checks that every setting makes sense.
    ///
    /// - Throws: `SegmentationError.badSetting` or `.noSuchFold` for the first that does not.
    public func validate() throws(SegmentationError) {
        func require(_ holds: Bool, _ name: String, _ value: Any, _ rule: String) throws(SegmentationError) {
            if !holds { throw .badSetting(name: name, value: "\(value)", rule: rule) }
        }
        try require(training.epochs > 0, "--epochs", training.epochs, "train for at least 1")
        try require(training.batchSize > 0, "--batch-size", training.batchSize, "it must be at least 1")
        try require(training.threads > 0, "--threads", training.threads, "it must be at least 1")
        let rate = training.learningRate
        try require(rate > 0 && rate.isFinite, "--learning-rate", rate, "it must be positive")
        try require(
            preparation.spacing > 0 && preparation.spacing < 100, "--spacing", preparation.spacing,
            "it is in mm and must be positive")
        let multiple = network.sizeMultiple
        for side in [training.patch.width, training.patch.height] {
            try require(
                side > 0 && side % multiple == 0, "--patch", side,
                "it must be a multiple of \(multiple) for \(network.depth) poolings; the nearest is \(max(multiple, (side + multiple / 2) / multiple * multiple))"
            )
        }
        if let fold = training.fold {
            guard (0..<training.foldCount).contains(fold) else {
                throw .noSuchFold(fold: fold, count: training.foldCount)
            }
        }
    }
}
