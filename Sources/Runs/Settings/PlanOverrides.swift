import Datasets
import Imaging
import UNetDesign

/// Given settings that override a plan's own.
public struct PlanOverrides: Sendable {
    private var given: [(setting: PlanSetting, value: any PlanValue)] = []

    /// Creates overrides without settings.
    public init() {}

    /// Adds a setting.
    public mutating func add(_ setting: PlanSetting, _ value: any PlanValue) {
        given.append((setting, value))
    }

    /// Returns whether the setting at `place` was given.
    public func contains(_ place: PartialKeyPath<Plan>) -> Bool {
        given.contains { $0.setting.place == place }
    }

    /// Applies the settings to `plan`, in the order of `PlanSetting.all`.
    ///
    /// - Throws: `SegmentationError.badSetting` for a number outside its limits.
    public func apply(to plan: inout Plan) throws(SegmentationError) {
        for setting in PlanSetting.all {
            for (other, value) in given where other == setting {
                try setting.check(value)
                setting.write(value, &plan)
            }
        }
    }

    /// Checks that the settings are those of the run to be resumed, whose plan is `plan`.
    ///
    /// - Throws: `SegmentationError.planDiffers` for the first that differs, `.badSetting` for a number outside its
    ///   limits.
    public func check(against plan: Plan, path: String) throws(SegmentationError) {
        for (setting, value) in given {
            try setting.check(value)
            guard !setting.mayChange else { continue }
            var other = plan
            setting.write(value, &other)
            let (planned, wanted) = (setting.text(in: plan), setting.text(in: other))
            guard planned == wanted else {
                throw .planDiffers(path: path, setting: setting, planned: planned, given: wanted)
            }
        }
    }
}

extension PlanOverrides {
    /// Returns a plan that suits `dataset`, with these settings.
    ///
    /// - Parameters:
    ///   - dataset: the dataset.
    ///   - threads: the number of CPU threads, unless given as a setting.
    /// - Throws: Errors of `Plan.suggested`, and `SegmentationError.badSetting` for a number outside its limits.
    ///   `Plan.validate` checks whether the settings fit each other.
    public func plan(for dataset: Dataset, threads: Int) throws(SegmentationError) -> Plan {
        let wish = try draft()
        var plan = try Plan.suggested(
            for: dataset, architecture: wish.network.architecture, dimensions: wish.network.dimensions,
            filters: wish.network.filters, depth: wish.network.depth,
            spacing: contains(\.preparation.spacing) ? wish.preparation.spacing : nil)
        plan.training.threads = threads
        try apply(to: &plan)
        return plan
    }

    /// Checks the settings as far as possible before any data are read.
    ///
    /// - Throws: Errors of `Plan.validate`.
    public func check() throws(SegmentationError) {
        let wish = try draft()
        let (rank, depth) = (wish.network.dimensions, wish.network.depth)
        // In 3D, poolings and kernels along z follow the data; the smallest ones leave the depth unchanged.
        let levels =
            rank == .three
            ? (poolings: [1, 2, 2], kernels: [1, 3, 3]) : (poolings: [2, 2], kernels: [3, 3])
        let network = NetworkConfiguration(
            architecture: wish.network.architecture, dimensions: rank, outputChannels: 1,
            filters: wish.network.filters, depth: depth, norm: rank == .three ? .instance : nil,
            poolings: Array(repeating: levels.poolings, count: depth),
            kernels: Array(repeating: levels.kernels, count: depth + 1))
        var plan = Plan(structures: [Structure(name: "any", label: 1)], network: network)
        let smallest = network.nearestInputs(to: levels.kernels.map { _ in 160 }).map(\.larger)
        plan.training.patch = PatchSize(
            width: smallest[smallest.count - 1], height: smallest[smallest.count - 2],
            depth: rank == .three ? 2 : 1)
        plan.training.batchSize = Plan.suggestedBatchSize(network.architecture, rank)
        try apply(to: &plan)
        try plan.validate()
    }

    /// Returns a plan without data, used only for the settings on which a suggestion is based.
    private func draft() throws(SegmentationError) -> Plan {
        var plan = Plan(
            structures: [Structure(name: "any", label: 1)],
            network: NetworkConfiguration(outputChannels: 1, filters: 16))
        try apply(to: &plan)
        return plan
    }
}

extension PlanOverrides {
    /// Returns the value given for the setting at `place`; nil if none was.
    public func value<Value: PlanValue>(at place: PartialKeyPath<Plan>, as type: Value.Type) -> Value? {
        given.last { $0.setting.place == place }?.value as? Value
    }
}

extension Plan {
    /// Checks that the plan was made for data such as `dataset`.
    ///
    /// - Parameters:
    ///   - dataset: the dataset.
    ///   - path: the path of the plan.
    /// - Throws: `SegmentationError.planOfOtherData` if `dataset` has other structures or channels.
    public func check(fits dataset: Dataset, path: String) throws(SegmentationError) {
        guard Set(structures) == Set(dataset.structures) else {
            throw .planOfOtherData(
                path: path, setting: .of(\.structures), planned: structures.text,
                found: dataset.structures.text)
        }
        guard network.inputChannels == dataset.channelCount else {
            throw .planOfOtherData(
                path: path, setting: .of(\.network.inputChannels), planned: "\(network.inputChannels)",
                found: "\(dataset.channelCount)")
        }
    }
}
