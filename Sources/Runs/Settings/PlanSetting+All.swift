import Datasets
import Imaging
import UNetDesign

extension PlanSetting {
    /// Every setting of a plan, in the order in which they are shown and take effect.
    public static let all =
        [recipe] + network + patients + steps + sampling + machine + file + augmentation

    private static let recipe = PlanSetting(
        optional: \.training.recipe, "training.recipe", "recipe", .value(Recipe.self),
        help:
            "Preset of the settings below: quick: the defaults; standard: strong augmentation, averaged weights, 50 epochs; best: the same at 1.25 mm for 120 epochs.",
        usual: "quick",
        write: { value, plan in if let recipe = value as? Recipe { plan.take(recipe) } })

    private static let network = [
        PlanSetting(
            \.network.dimensions, "network.dimensions", "dimensions", .value(Dimensions.self),
            help: "2d: slice by slice; 3d: whole volumes.", usual: "2d"),
        PlanSetting(
            \.network.architecture, "network.architecture", "architecture", .value(Architecture.self),
            help:
                "padded: keeps the size of the image; classic: the original network of 2015, without padding or norm; residual: padded, with residual blocks in the encoder.",
            usual: "padded",
            then: { _, plan in
                plan.network.norm = plan.network.architecture.defaultNorm
                plan.network.dropout = plan.network.architecture.defaultDropout
            }),
        PlanSetting(
            \.network.depth, "network.depth", "depth", .value(Int.self), limits: .from(1, to: 12),
            help: "Number of pooling steps.", usual: "4"),
        PlanSetting(
            \.network.norm, "network.norm", "norm", .value(Norm.self),
            help: "Normalization after each convolution: batch, instance, or none.",
            usual: "batch; instance when training in 3D; none for classic"),
        PlanSetting(
            \.network.deepSupervision, "network.deepSupervision", "deep supervision", .flag,
            help: "Also train on the outputs of the coarser levels (deep supervision)."),
        PlanSetting(
            \.network.filters, "network.filters", "filters", .value(Int.self),
            limits: .from(1, to: 65_536),
            help: "Filters of the first level; each level below has twice as many.", usual: "16"),
        // It must not round to 0 as a float32, in which norms compute.
        PlanSetting(
            \.network.normEpsilon, "network.normEpsilon", "norm epsilon", .value(Double.self),
            limits: .from(1e-30, to: 1), help: "Epsilon of the norms.",
            usual: "1e-5, as in PyTorch; Keras uses 1e-3"),
        PlanSetting(
            \.network.normMomentum, "network.normMomentum", "norm momentum", .value(Double.self),
            limits: .above(0, to: 1),
            help: "Weight of a new batch in the running statistics of the norms.",
            usual: "0.1, as in PyTorch"),
        PlanSetting(
            \.network.dropout, "network.dropout", "dropout", .value(Double.self),
            limits: .from(0, below: 1), help: "Dropout rate at the end of the contracting path.",
            usual: "0; classic: 0.5"),
    ]

    private static let patients = [
        PlanSetting(
            optional: \.training.fold, "training.fold", "fold", .value(FoldChoice.self, placeholder: "k|all"),
            help: "Fold to hold out for validation, 0 to 4, or all to train on every patient.", usual: "0",
            text: { FoldChoice($0).planText },
            write: { value, plan in
                plan.training.fold = (value as? FoldChoice)?.number
                plan.training.holdOut = []
            }),
        PlanSetting(
            \.training.holdOut, "training.holdOut", "hold out", .names(placeholder: "name"), older: [],
            help:
                "Patients to hold out by name instead of a fold; in a series of pictures, each picture has its own name.",
            write: { value, plan in
                plan.training.holdOut = value as? [String] ?? []
                plan.training.fold = nil
            }),
    ]

    private static let steps = [
        PlanSetting(
            \.training.epochs, "training.epochs", "epochs", .value(Int.self),
            limits: .from(1, to: 1_000_000),
            help: "Passes over the training slices, or over the volumes in 3D.", usual: "18"),
        PlanSetting(
            optional: \.training.stepsPerEpoch, "training.stepsPerEpoch", "steps", .value(Int.self),
            limits: .from(1, to: 1_000_000), help: "Steps per epoch.",
            usual: "one pass over the data"),
        PlanSetting(
            \.training.batchSize, "training.batchSize", "batch size", .value(Int.self),
            limits: .from(1, to: 65_536), help: "Patches per batch.", usual: "8; classic: 2; 3D: 1"),
        PlanSetting(
            \.training.loss, "training.loss", "loss", .value(SegmentationLoss.self),
            help: "Loss to minimize.", usual: "ce+dice"),
        PlanSetting(
            \.training.phases, "training.phases", "phases", .value(PhaseSelection.self),
            help: "Cardiac phases to train on.", usual: "both"),
        PlanSetting(
            \.training.optimizer, "training.optimizer", "optimizer", .value(OptimizerChoice.self),
            older: .adamW, help: "Optimizer: adamw, or sgd as in the paper of 2015.", usual: "adamw",
            then: { _, plan in plan.training.takeUsualSteps(plan.network.architecture) }),
        PlanSetting(
            \.training.learningRate, "training.learningRate", "learning rate", .value(Double.self),
            limits: .above(0, to: 1000),
            help: "Highest learning rate, at the start or after the warm-up.",
            usual: "0.002; classic: 0.0005; sgd: 0.001"),
        PlanSetting(
            \.training.weightDecay, "training.weightDecay", "weight decay", .value(Double.self),
            limits: .from(0, to: 1000), help: "Weight decay.", usual: "0.01; sgd: 0"),
        PlanSetting(
            \.training.momentum, "training.momentum", "momentum", .value(Double.self),
            limits: .from(0, below: 1), older: 0.99, help: "Momentum of sgd.", usual: "0.99"),
        PlanSetting(
            \.training.nesterov, "training.nesterov", "nesterov", .flag, older: false,
            help: "Look ahead along the momentum of sgd (Nesterov)."),
        PlanSetting(
            \.training.schedule, "training.schedule", "schedule", .value(LearningRateSchedule.self),
            older: .cosine,
            help: "How the learning rate falls to 0: along half a cosine, or as a polynomial of power 0.9.",
            usual: "cosine"),
        PlanSetting(
            \.training.warmUp, "training.warmUp", "warm up", .value(Double.self, placeholder: "epochs"),
            limits: .from(0, to: 1_000_000), older: 0,
            help: "Epochs over which the learning rate rises at the start.", usual: "0"),
        PlanSetting(
            optional: \.training.gradientNorm, "training.gradientNorm", "gradient norm",
            .value(Double.self, placeholder: "norm"), limits: .above(0, to: 1e6),
            help: "Scale gradients whose norm is larger down to this norm.", usual: "no limit"),
        PlanSetting(
            \.training.weightAveraging, "training.weightAveraging", "weight averaging",
            .value(Double.self, placeholder: "decay"), limits: .from(0, below: 1), older: 0,
            help:
                "Keep and score a moving average of the weights, which decays by this factor per step, such as 0.999.",
            usual: "0, none"),
        PlanSetting(
            \.training.validationInterval, "training.validationInterval", "validation interval",
            .value(Int.self, placeholder: "epochs"), limits: .from(1, to: 1_000_000), older: 1,
            help: "Score the held-out cases only after every so many epochs, and after the last one.",
            usual: "1"),
    ]

    private static let sampling = [
        PlanSetting(
            optional: \.preparation.spacing, "preparation.spacing", "spacing", .value(Double.self),
            limits: .from(0.001, to: 100, unit: "mm"),
            help: "Pixel spacing in mm to which slices are resampled; pictures keep their pixels.",
            usual: "1.5",
            write: { value, plan in
                if plan.preparation.spacing != nil { plan.preparation.spacing = value as? Double }
            }),
        PlanSetting(
            \.training.patch, "training.patch", "patch", .value(PatchSides.self, placeholder: "size"),
            help: "Size in pixels of the patches to train on: one side, HxW, or DxHxW.",
            usual:
                "160 for scans, with as many slices as the median scan in 3D, and 256 for pictures; classic adds a margin on each side, 92 pixels for a depth of 4",
            write: { value, plan in
                guard let sides = value as? PatchSides else { return }
                plan.training.patch = sides.size(depth: plan.training.patch.depth)
            },
            then: { _, plan in
                if plan.network.dimensions == .three { plan.window = plan.training.patch }
            }),
        PlanSetting(
            optional: \.window, "window", "window", .value(PatchSides.self, placeholder: "size"),
            help: "Size in pixels of the windows in which scans are predicted.",
            usual: "the whole scan, as far as memory allows; in 3D, the size of the patches",
            write: { value, plan in
                plan.window = (value as? PatchSides)?.size(depth: plan.training.patch.depth)
            }),
        PlanSetting(
            \.preparation.border, "preparation.border", "border", .value(Preparation.Border.self),
            older: .background, help: "What lies beyond the edge: background or mirror.",
            usual: "background; mirror for classic and pictures"),
        PlanSetting(
            \.training.augmentation, "training.augmentation", "augmentation",
            .value(AugmentationPreset.self),
            help:
                "Data augmentation: none; light: small changes of every sample, for short trainings; strong: rarer, larger and more kinds of them, as nnU-Net has and more, for long trainings.",
            usual: "light", formerFlag: FormerFlag(name: "no augmentation", value: AugmentationPreset.none),
            text: { AugmentationPreset($0)?.rawValue ?? "custom" },
            write: { value, plan in
                guard let preset = value as? AugmentationPreset,
                    preset != AugmentationPreset(plan.training.augmentation)
                else { return }
                plan.training.augmentation = preset.augmentation(
                    ofPictures: plan.preparation.spacing == nil)
            }),
        PlanSetting(
            \.training.augmentation.elastic, "training.augmentation.elastic", "elastic",
            .value(Double.self, placeholder: "pixels"), limits: .from(0, to: 1000), older: 0,
            help:
                "Deform samples elastically, with displacements of this standard deviation in pixels; the paper uses 10.",
            usual: "0; strong: 3"),
        PlanSetting(
            \.training.foregroundShare, "training.foregroundShare", "foreground share",
            .value(Double.self, placeholder: "share"), limits: .from(0, to: 1), older: 0,
            help:
                "Share of the samples, from 0 to 1, whose patch lies around the structures, up to a quarter of its size off their middle; the others lie anywhere in the slice.",
            usual: "0"),
        PlanSetting(
            optional: \.training.borderWeights, "training.borderWeights", "border weights", .flag,
            help:
                "Weight pixels by class and, between cells, by how narrow the gap is, as in the paper of 2015.",
            text: { $0.map { "\($0.strength), \($0.sigma)" } },
            write: { _, plan in
                plan.training.borderWeights = plan.training.borderWeights ?? BorderWeights()
            }),
        PlanSetting(
            \.training.allowsMisplaced, "training.allowsMisplaced", "allow misplaced", .flag, older: true,
            help: "Train even on labels and channels whose headers place them elsewhere than their image."),
    ]

    private static let machine = [
        PlanSetting(
            \.training.seed, "training.seed", "seed", .value(UInt64.self),
            help: "Seed for weights, order, and augmentation.", usual: "1"),
        PlanSetting(
            \.training.threads, "training.threads", "threads", .value(Int.self),
            limits: .from(1, to: 1024), help: "CPU threads.", usual: "all cores", mayChange: true),
        PlanSetting(
            \.training.kernels, "training.kernels", "kernels", .value(KernelChoice.self),
            help: "CPU kernels: native (this project's own) or libtorch.", usual: "native"),
    ]

    /// Settings that can be given only in a file.
    private static let file = [
        PlanSetting(
            \.formatVersion, "formatVersion", "format version", .fileOnly,
            help: "Version of the format of `plan.json`."),
        PlanSetting(
            \.structures, "structures", "structures", .fileOnly,
            help: "The classes, in the order of the network's channels.", text: { $0.text }),
        PlanSetting(
            \.network.inputChannels, "network.inputChannels", "input channels", .fileOnly,
            limits: .from(1, to: 65_536), help: "Channels of a scan."),
        PlanSetting(
            \.network.outputChannels, "network.outputChannels", "output channels", .fileOnly,
            help: "One for a single structure, otherwise one more than structures, for background."),
        PlanSetting(
            \.network.poolings, "network.poolings", "poolings", .fileOnly,
            help: "Factors by which each pooling shrinks the axes, (z,) y, x.",
            usual: "2 along every axis; in 3D z follows the spacing"),
        PlanSetting(
            \.network.kernels, "network.kernels", "kernel sizes", .fileOnly,
            help: "Sides of the convolutions' kernels at each level, (z,) y, x.",
            usual: "3 along every axis; in 3D z follows the spacing"),
        PlanSetting(
            \.preparation.clip, "preparation.clip", "clip", .fileOnly,
            help: "Percentiles of the intensities that they are clipped to.", usual: "0.5 to 99.5",
            text: { "\($0.low) to \($0.high)" }),
        PlanSetting(
            \.preparation.scaling, "preparation.scaling", "scaling", .fileOnly, older: .volume,
            help: "What intensities are scaled by: the whole volume, or each slice by itself.",
            usual: "volume; slice for pictures"),
        PlanSetting(
            \.training.foldCount, "training.foldCount", "number of folds", .fileOnly,
            limits: .from(2, to: 10_000), help: "Folds that patients are split into.", usual: "5"),
        PlanSetting(
            optional: \.training.seen, "training.seen", "seen scans", .fileOnly,
            help: "The spacings and sizes in mm of the scans trained on; the run itself notes them.",
            text: { $0.map { "pixels \($0.pixels.low)–\($0.pixels.high) mm" } }),
        PlanSetting(
            optional: \.training.instances, "training.instances", "instances", .fileOnly,
            help: "Whether labels number objects; the run itself notes it.",
            text: { $0.map { "\($0)" } }),
    ]
}
