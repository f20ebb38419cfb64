import ArgumentParser
import Datasets
import Foundation
import Imaging
import Runs
import Segmentation
import Torch
import UNetDesign

/// The settings of a plan; those not given have the plan's defaults, or on --resume the run's own.
struct PlanOptions: ParsableArguments {
    @OptionGroup var network: ArchitectureOptions
    @Option(help: "Filters of the first level; each level below has twice as many. (default: 16)")
    var filters: Int?
    @Option(help: "Epsilon of the norms. (default: 1e-5, as in PyTorch; Keras uses 1e-3)")
    var normEpsilon: Double?
    @Option(
        help: "Weight of a new batch in the running statistics of the norms. (default: 0.1, as in PyTorch)")
    var normMomentum: Double?
    @Option(help: "Dropout rate at the end of the contracting path. (default: 0; classic: 0.5)")
    var dropout: Double?
    @Option(
        help: ArgumentHelp(
            "Fold to hold out for validation, 0 to 4, or all to train on every patient. (default: 0)",
            valueName: "k|all"))
    var fold: FoldChoice?
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Patients to hold out by name instead of a fold; in a series of pictures, each picture has its own name.",
            valueName: "name"))
    var holdOut: [String] = []
    @Option(help: "Passes over the training slices, or over the volumes in 3D. (default: 18)")
    var epochs: Int?
    @Option(help: "Steps per epoch. (default: one pass over the data)")
    var steps: Int?
    @Option(help: "Patches per batch. (default: 8; classic: 2; 3D: 1)")
    var batchSize: Int?
    @Option(help: "Loss to minimize. (default: ce+dice)")
    var loss: SegmentationLoss?
    @Option(help: "Cardiac phases to train on. (default: both)")
    var phases: PhaseSelection?
    @Option(help: "Optimizer: adamw, or sgd as in the paper of 2015. (default: adamw)")
    var optimizer: OptimizerChoice?
    @Option(
        help:
            "Initial learning rate; it falls to 0 along half a cosine. (default: 0.002; classic: 0.0005; sgd: 0.001)"
    )
    var learningRate: Double?
    @Option(help: "Weight decay. (default: 0.01; sgd: 0)")
    var weightDecay: Double?
    @Option(help: "Momentum of sgd. (default: 0.99)")
    var momentum: Double?
    @Option(
        help: "Pixel spacing in mm to which slices are resampled; pictures keep their pixels. (default: 1.5)")
    var spacing: Double?
    @Option(
        help: ArgumentHelp(
            "Size in pixels of the patches to train on: one side, HxW, or DxHxW. (default: 160 for scans, with as many slices as the median scan in 3D, and 256 for pictures; classic adds a margin on each side, 92 pixels for a depth of 4)",
            valueName: "size"))
    var patch: PatchArgument?
    @Option(
        help: ArgumentHelp(
            "Size in pixels of the windows in which scans are predicted. (default: the whole scan, as far as memory allows; in 3D, the size of the patches)",
            valueName: "size"))
    var window: PatchArgument?
    @Option(
        help:
            "What lies beyond the edge: background or mirror. (default: background; mirror for classic and pictures)"
    )
    var border: Preparation.Border?
    @Option(
        help: ArgumentHelp(
            "Deform samples elastically, with displacements of this standard deviation in pixels; the paper uses 10. (default: 0)",
            valueName: "pixels"))
    var elastic: Double?
    @Flag(
        help: "Weight pixels by class and, between cells, by how narrow the gap is, as in the paper of 2015."
    )
    var borderWeights = false
    @Flag(
        help:
            "Train even on labels and channels whose headers place them elsewhere than their image."
    )
    var allowMisplaced = false
    @Flag(help: "Train without data augmentation.")
    var noAugmentation = false
    @Option(help: "Seed for weights, order, and augmentation. (default: 1)")
    var seed: UInt64?
    @Option(help: "CPU threads. (default: all cores)")
    var threads: Int?

    @Option(help: "CPU kernels: native (this project's own) or libtorch. (default: native)")
    var kernels: KernelChoice?

    func validate() throws {
        if fold != nil, !holdOut.isEmpty {
            throw ValidationError("--hold-out and --fold cannot be combined; use one of them")
        }
        if momentum != nil, optimizer != .sgd { throw ValidationError("--momentum requires --optimizer sgd") }
    }

    /// Checks every value that was given, as far as that can be done before the data are read.
    ///
    /// - Throws: `SegmentationError.badSetting` and its like.
    func check() throws {
        // A network and a preparation cannot even be described with these; the rest is checked with the plan.
        try require(filters, "--filters", 1...65_536)
        try require(network.depth, "--depth", 1...12)
        // In 3D poolings and kernels along z follow the data, and leave its depth as it is at their smallest.
        let levels =
            network.rank == .three
            ? (poolings: [1, 2, 2], kernels: [1, 3, 3]) : (poolings: [2, 2], kernels: [3, 3])
        let configuration = NetworkConfiguration(
            architecture: network.family, dimensions: network.rank, outputChannels: 1, filters: filters ?? 16,
            depth: network.poolings, poolings: Array(repeating: levels.poolings, count: network.poolings),
            kernels: Array(repeating: levels.kernels, count: network.poolings + 1))
        var plan = Plan(structures: [Structure(name: "any", label: 1)], network: configuration)
        let smallest = configuration.nearestInputs(to: levels.kernels.map { _ in 160 }).map(\.larger)
        plan.training.patch = PatchSize(
            width: smallest[smallest.count - 1], height: smallest[smallest.count - 2],
            depth: network.rank == .three ? 2 : 1)
        plan.training.batchSize = Plan.suggestedBatchSize(network.family, network.rank)
        if network.rank == .three { plan.network.norm = .instance }
        if let spacing { plan.preparation.spacing = spacing }
        apply(to: &plan)
        try plan.validate()
    }

    /// The plan that the options and the defaults make for `dataSet`.
    func makePlan(_ dataSet: DataSet) throws -> Plan {
        var plan = try Plan.suggested(
            for: dataSet, architecture: network.family, dimensions: network.rank,
            filters: filters ?? 16, depth: network.poolings, spacing: spacing)
        apply(to: &plan)
        return plan
    }

    private func apply(to plan: inout Plan) {
        if let norm = network.norm { plan.network.norm = norm }
        if let dropout { plan.network.dropout = dropout }
        if let normEpsilon { plan.network.normEpsilon = normEpsilon }
        if let normMomentum { plan.network.normMomentum = normMomentum }
        if network.deepSupervision { plan.network.deepSupervision = true }
        if let border { plan.preparation.border = border }
        apply(to: &plan.training)
        if plan.network.dimensions == .three { plan.window = plan.training.patch }
        if let window { plan.window = window.size(depth: plan.training.patch.depth) }
    }

    private func apply(to training: inout TrainingPlan) {
        if let epochs { training.epochs = epochs }
        if let steps { training.stepsPerEpoch = steps }
        if let batchSize { training.batchSize = batchSize }
        if let loss { training.loss = loss }
        if let phases { training.phases = phases }
        if let optimizer { training.optimizer = optimizer }
        // Momentum near 1 makes steps some hundred times longer than the gradient.
        if optimizer == .sgd { (training.learningRate, training.weightDecay) = (1e-3, 0) }
        if let learningRate { training.learningRate = learningRate }
        if let weightDecay { training.weightDecay = weightDecay }
        if let momentum { training.momentum = momentum }
        if let patch { training.patch = patch.size(depth: training.patch.depth) }
        if allowMisplaced { training.allowsMisplaced = true }
        if noAugmentation { training.augmentation = .none }
        if let elastic { training.augmentation.elastic = elastic }
        if borderWeights { training.borderWeights = BorderWeights() }
        if let seed { training.seed = seed }
        if let fold { training.fold = fold.number }
        if !holdOut.isEmpty { (training.holdOut, training.fold) = (holdOut, nil) }
        if let kernels { training.kernels = kernels }
        training.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    }

    /// Throws `SegmentationError.planDiffers` for the first option given whose value is not the run's own.
    func check(against plan: Plan, path: String) throws {
        func compare<Value: Equatable>(_ name: String, _ given: Value?, _ planned: Value?) throws {
            if let given, given != planned {
                throw SegmentationError.planDiffers(
                    path: path, setting: name, planned: planned.map { "\($0)" } ?? "none", given: "\(given)")
            }
        }
        try compare("--dimensions", network.dimensions?.rawValue, plan.network.dimensions.rawValue)
        try compare("--architecture", network.architecture?.rawValue, plan.network.architecture.rawValue)
        try compare("--filters", filters, plan.network.filters)
        try compare("--depth", network.depth, plan.network.depth)
        try compare("--norm", network.norm?.rawValue, plan.network.norm.rawValue)
        try compare("--dropout", dropout, plan.network.dropout)
        try compare("--deep-supervision", network.deepSupervision ? true : nil, plan.network.deepSupervision)
        try compare("--norm-epsilon", normEpsilon, plan.network.normEpsilon)
        try compare("--norm-momentum", normMomentum, plan.network.normMomentum)
        let planned = plan.training.fold.map(String.init) ?? "all"
        try compare("--allow-misplaced", allowMisplaced ? true : nil, plan.training.allowsMisplaced)
        try compare("--fold", fold.map { $0.number.map(String.init) ?? "all" }, planned)
        try compare("--epochs", epochs, plan.training.epochs)
        try compare("--hold-out", holdOut.isEmpty ? nil : holdOut, plan.training.holdOut)
        try compare("--steps", steps, plan.training.stepsPerEpoch)
        try compare("--batch-size", batchSize, plan.training.batchSize)
        try compare("--loss", loss?.rawValue, plan.training.loss.rawValue)
        try compare("--phases", phases?.rawValue, plan.training.phases.rawValue)
        try compare("--learning-rate", learningRate, plan.training.learningRate)
        try compare("--weight-decay", weightDecay, plan.training.weightDecay)
        try compare("--optimizer", optimizer?.rawValue, plan.training.optimizer.rawValue)
        try compare("--momentum", momentum, plan.training.momentum)
        try compare("--spacing", spacing, plan.preparation.spacing)
        let planned3D = plan.training.patch
        try compare("--patch", patch?.size(depth: planned3D.depth), planned3D)
        try compare("--window", window?.size(depth: planned3D.depth), plan.window)
        try compare("--border", border?.rawValue, plan.preparation.border.rawValue)
        try compare("--elastic", elastic, plan.training.augmentation.elastic)
        try compare("--border-weights", borderWeights ? BorderWeights() : nil, plan.training.borderWeights)
        try compare("--seed", seed, plan.training.seed)
        try compare("--kernels", kernels?.rawValue, plan.training.kernels.rawValue)
        var unbent = plan.training.augmentation
        unbent.elastic = 0
        try compare("--no-augmentation", noAugmentation ? true : nil, unbent == .none)
    }

    private func require(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws {
        if let value, !range.contains(value) {
            throw SegmentationError.badSetting(
                name: name, value: "\(value)",
                rule: "it must be from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
