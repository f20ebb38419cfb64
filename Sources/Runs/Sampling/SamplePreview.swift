import Datasets
import Foundation
import Imaging

/// Training samples as a network would see them, drawn before anything is trained.
public struct SamplePreview: Sendable {
    /// The first input channel of the samples, one sample in each slice; in 3D, the middle slice of each. Pixels that lie
    /// beyond the target of a network without padding are left out.
    public let image: Volume
    /// The labels of the same pixels, with the values of the plan's structures.
    public let labels: LabelMap

    /// Draws `count` samples of the first epoch of a training by `plan`.
    ///
    /// The samples come from a few of the patients that the plan trains on, so not all of a large dataset is read.
    ///
    /// - Parameters:
    ///   - dataset: the dataset.
    ///   - plan: the plan.
    ///   - count: the number of samples, 1 or more.
    ///   - report: called with cases that cannot be used and other findings.
    /// - Throws: Errors of `Plan.validate` and of a training's loading.
    public init(
        of dataset: Dataset, plan: Plan, count: Int, report: (TrainingEvent) -> Void = { _ in }
    ) throws {
        precondition(count > 0, "at least one sample")
        try plan.validate()
        var plan = plan
        plan.training.batchSize = count
        plan.training.stepsPerEpoch = 1
        plan.training.borderWeights = nil
        var splits = try Splits(of: dataset, plan: plan)
        var generator = SeededGenerator(seed: plan.training.seed)
        splits.training = Array(generator.shuffled(splits.training).prefix(max(4, count / 2)))
        splits.validation = []
        let cases = try RunCases(
            of: dataset, splits: splits, plan: plan, shouldStop: { false }, report: report)
        let sampler = PatchSampler(cases.training, plan: plan)
        let batch = sampler.batch(0, epoch: 0, order: sampler.order(epoch: 0))
        let (input, output) = (batch.input, batch.output)
        let spacing = plan.preparation.spacing ?? 1
        let grid = Geometry(
            width: output.width, height: output.height, depth: count, spacing: Spacing(spacing, spacing, 1))
        var voxels: [Float] = []
        var values: [UInt8] = []
        let (left, top) = ((input.width - output.width) / 2, (input.height - output.height) / 2)
        for place in 0..<count {
            let image = place * batch.channels * input.count + (input.depth / 2) * input.sliceCount
            for row in 0..<output.height {
                let start = image + (top + row) * input.width + left
                voxels += batch.images[start..<start + output.width]
            }
            let classes = place * output.count + (output.depth / 2) * output.sliceCount
            values += batch.classes[classes..<classes + output.sliceCount].map { plan.labelOfClass[Int($0)] }
        }
        image = Volume(geometry: grid, voxels: voxels)
        labels = LabelMap(geometry: grid, labels: values)
    }
}
