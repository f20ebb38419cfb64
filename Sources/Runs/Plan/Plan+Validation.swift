import Foundation
import UNetDesign

extension Plan {
    /// Checks that every setting is valid, including those that only a damaged or edited file can break.
    ///
    /// - Throws: `SegmentationError.badSetting`, `.network` or `.noSuchFold` for the first invalid setting.
    public func validate() throws(SegmentationError) {
        try require(formatVersion == 1, \.formatVersion, .version(1))
        try checkStructures()
        for setting in PlanSetting.all { try setting.check(self) }
        try preparation.validate()
        try checkTraining()
        // This precedes any computation with the poolings and kernels.
        do throws(NetworkError) { try network.checkWeightCount() } catch { throw .network(error) }
        try checkPatch()
        try checkFeatureMap()
        try checkNorms(batchSize: training.batchSize)
        if let fold = training.fold, !(0..<training.foldCount).contains(fold) {
            throw .noSuchFold(fold: fold, count: training.foldCount)
        }
    }

    /// Checks only the settings that prediction depends on.
    ///
    /// - Throws: `SegmentationError.badSetting` or `.network` for the first invalid setting.
    package func validateForPrediction() throws(SegmentationError) {
        try checkStructures()
        do throws(NetworkError) { try network.checkWeightCount() } catch { throw .network(error) }
        try preparation.validate()
        if let window {
            let sides = window.sides(rank: 3)
            try require(sides.allSatisfy { (1...4096).contains($0) }, \.window, .sides(limit: 4096))
        }
    }

    private func checkStructures() throws(SegmentationError) {
        let count = structures.count
        try require(!structures.isEmpty, \.structures, .structures)
        try require(
            Set(structures.map(\.name)).count == count && Set(structures.map(\.label)).count == count,
            \.structures, .distinctStructures)
        try require(!structures.contains { $0.label == 0 }, \.structures, .noBackground)
        let channels = Plan.outputChannels(for: structures)
        try require(
            network.outputChannels == channels, \.network.outputChannels,
            .outputChannels(expected: channels, structures: structures))
    }

    private func checkTraining() throws(SegmentationError) {
        // The order of an epoch's patches is kept in memory.
        try require(
            (training.stepsPerEpoch ?? 1) * training.batchSize <= 100_000_000, \.training.stepsPerEpoch,
            .epoch(batchSize: training.batchSize))
        try require(!training.holdOut.contains(""), \.training.holdOut, .names, value: "“”")
        guard let weights = training.borderWeights else { return }
        try require(training.loss != .dice, \.training.loss, .weighableLoss)
        try require(
            weights.strength >= 0 && weights.strength <= 1e6 && weights.sigma > 0 && weights.sigma <= 1000,
            \.training.borderWeights, .borderWeights)
    }

    private func checkPatch() throws(SegmentationError) {
        try check(training.patch, \.training.patch)
        if let window { try check(window, \.window) }
    }

    private func check(_ size: PatchSize, _ place: PartialKeyPath<Plan>) throws(SegmentationError) {
        let sides = size.sides(rank: network.dimensions.rank)
        let text = NetworkDescription.text(sides)
        try require(sides.allSatisfy { (1...4096).contains($0) }, place, .sides(limit: 4096), value: text)
        if network.outputSize(of: sides) == nil {
            let nearest = network.nearestInput(to: sides)
            throw .badSetting(
                .of(place), value: text, rule: .fitting(poolings: network.depth, nearest: nearest))
        }
        try require(
            network.dimensions == .three || size.depth == 1, place, .oneSlice, value: size.description)
    }

    /// Refuses batches whose first feature map, the largest of all, could not be indexed with 32 bits, as some kernels
    /// do: 8 GB, and training keeps a dozen of them. The sides of the patch must already be validated.
    private func checkFeatureMap() throws(SegmentationError) {
        let (patch, filters) = (training.patch, network.filters)
        // In Double, since the product of valid values can overflow Int.
        let values = Double(training.batchSize) * Double(patch.count) * Double(filters)
        try require(
            values <= Double(Int32.max), \.training.batchSize,
            .featureMap(patch: patch, filters: filters, limit: Int(Int32.max)))
    }

    /// Refuses patches so small that the norm at the bottom of the network sees a single value, which has no variance.
    package func checkNorms(batchSize: Int) throws(SegmentationError) {
        let values = network.bottomSize(of: training.patch.sides(rank: network.dimensions.rank)).reduce(1, *)
        let isEnough = values > 1 || (network.norm == .batch && batchSize > 1) || network.norm == .none
        try require(
            isEnough, \.training.patch, .enoughForNorm(poolings: network.depth, norm: network.norm))
    }

    private func require(
        _ holds: Bool, _ place: PartialKeyPath<Plan>, _ rule: SettingRule, value: String? = nil
    ) throws(SegmentationError) {
        guard !holds else { return }
        let setting = PlanSetting.of(place)
        throw .badSetting(setting, value: value ?? setting.text(in: self), rule: rule)
    }
}
