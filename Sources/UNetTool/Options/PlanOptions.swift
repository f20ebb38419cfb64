import ArgumentParser
import Datasets
import Foundation
import Networks
import Segmentation
import Torch

/// The settings of a plan; those not given have the plan's defaults, or on --resume the run's own.
struct PlanOptions: ParsableArguments {
    @Option(help: "2d: slice by slice. (default: 2d)")
    var dimensions: Dimensions?
    @Option(help: "padded: the batch-norm U-Net that keeps the image's size. (default: padded)")
    var architecture: Architecture?
    @Option(help: "Filters of the first level; each of the levels below has twice as many. (default: 16)")
    var filters: Int?
    @Option(help: "Poolings. (default: 4)")
    var depth: Int?
    @Option(help: "ε of the batch norms. (default: 1e-5, PyTorch's; Keras has 1e-3)")
    var normEpsilon: Double?
    @Option(help: "Weight of a new batch in the running statistics of the norms. (default: 0.1, PyTorch's)")
    var normMomentum: Double?
    @Option(
        help: ArgumentHelp(
            "Fold held out for validation, 0 to 4, or all to train on everybody. (default: 0)",
            valueName: "k|all"))
    var fold: FoldChoice?
    @Option(help: "Passes over the training slices. (default: 18)")
    var epochs: Int?
    @Option(help: "Slices in a batch. (default: 8)")
    var batchSize: Int?
    @Option(help: "What is minimised. (default: ce+dice)")
    var loss: SegmentationLoss?
    @Option(help: "Cardiac phases trained on. (default: both)")
    var phases: PhaseSelection?
    @Option(help: "Step size at the start; it falls to 0 along half a cosine. (default: 0.002)")
    var learningRate: Double?
    @Option(help: "Weight decay of AdamW. (default: 0.01)")
    var weightDecay: Double?
    @Option(help: "Pixel spacing in mm that slices are resampled to. (default: 1.5)")
    var spacing: Double?
    @Option(help: "Side in pixels of the square patches cut out of slices for training. (default: 160)")
    var patch: Int?
    @Flag(help: "Train without varying the samples.")
    var noAugmentation = false
    @Option(help: "Seed of weights, order and augmentation. (default: 1)")
    var seed: UInt64?
    @Option(help: "CPU threads. (default: all cores)")
    var threads: Int?

    @Option(help: "CPU kernels: native, this project's own, or libtorch. (default: native)")
    var kernels: Kernels?

    /// The plan that the options and the defaults make for `dataSet`.
    func makePlan(_ dataSet: DataSet) throws -> Plan {
        // A network and a preparation cannot even be described with these; the rest is checked with the plan.
        try require(filters, "--filters", 1...65_536)
        try require(depth, "--depth", 1...12)
        var training = TrainingPlan()
        if let epochs { training.epochs = epochs }
        if let batchSize { training.batchSize = batchSize }
        if let loss { training.loss = loss }
        if let phases { training.phases = phases }
        if let learningRate { training.learningRate = learningRate }
        if let weightDecay { training.weightDecay = weightDecay }
        if let patch { training.patch = PatchSize(width: patch, height: patch) }
        if noAugmentation { training.augmentation = .none }
        if let seed { training.seed = seed }
        if let fold { training.fold = fold.number }
        if let kernels { training.kernels = kernels }
        training.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        if let spacing, !(spacing > 0) {
            throw SegmentationError.badSetting(
                name: "--spacing", value: "\(spacing)", rule: "it is in mm, above 0 and below 100")
        }
        return Plan(
            structures: dataSet.structures,
            network: NetworkConfiguration(
                architecture: architecture ?? .padded, dimensions: dimensions ?? .two,
                outputChannels: Plan.outputChannels(for: dataSet.structures), filters: filters ?? 16,
                depth: depth ?? 4, normEpsilon: normEpsilon ?? 1e-5, normMomentum: normMomentum ?? 0.1),
            preparation: Preparation(spacing: spacing ?? 1.5), training: training)
    }

    /// Throws `SegmentationError.planDiffers` for the first option given whose value is not the run's own.
    func check(against plan: Plan, path: String) throws {
        func compare<Value: Equatable>(_ name: String, _ given: Value?, _ planned: Value) throws {
            if let given, given != planned {
                throw SegmentationError.planDiffers(
                    path: path, setting: name, planned: "\(planned)", given: "\(given)")
            }
        }
        try compare("--dimensions", dimensions?.rawValue, plan.network.dimensions.rawValue)
        try compare("--architecture", architecture?.rawValue, plan.network.architecture.rawValue)
        try compare("--filters", filters, plan.network.filters)
        try compare("--depth", depth, plan.network.depth)
        try compare("--norm-epsilon", normEpsilon, plan.network.normEpsilon)
        try compare("--norm-momentum", normMomentum, plan.network.normMomentum)
        let planned = plan.training.fold.map(String.init) ?? "all"
        try compare("--fold", fold.map { $0.number.map(String.init) ?? "all" }, planned)
        try compare("--epochs", epochs, plan.training.epochs)
        try compare("--batch-size", batchSize, plan.training.batchSize)
        try compare("--loss", loss?.rawValue, plan.training.loss.rawValue)
        try compare("--phases", phases?.rawValue, plan.training.phases.rawValue)
        try compare("--learning-rate", learningRate, plan.training.learningRate)
        try compare("--weight-decay", weightDecay, plan.training.weightDecay)
        try compare("--spacing", spacing, plan.preparation.spacing)
        try compare("--patch", patch, plan.training.patch.width)
        try compare("--seed", seed, plan.training.seed)
        try compare("--kernels", kernels?.rawValue, plan.training.kernels.rawValue)
        try compare("--no-augmentation", noAugmentation ? true : nil, plan.training.augmentation == .none)
    }

    private func require(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws {
        if let value, !range.contains(value) {
            throw SegmentationError.badSetting(
                name: name, value: "\(value)", rule: "it is \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
