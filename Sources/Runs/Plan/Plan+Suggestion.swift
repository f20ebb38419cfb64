import Datasets
import Imaging
import UNetDesign

extension Plan {
    /// Returns a plan that suits `dataset`: its structures and channels, its pixels and, in 3D, its slices.
    ///
    /// Scans in millimeters are resampled to 1.5 mm in plane; pictures keep their pixels and are rotated and mirrored
    /// freely, since they have no known upright. In 3D, kernels and poolings follow the spacing, patches are as thick
    /// as the median scan if memory allows, norms are instance norms, and scans are predicted in windows of the patch's
    /// size, since an instance norm depends on how much of the chest it sees. Networks without padding see a larger
    /// patch with a mirrored border, in batches that are smaller by about as much.
    ///
    /// - Parameters:
    ///   - dataset: the dataset to train on.
    ///   - architecture: the kind of network.
    ///   - dimensions: slices or volumes.
    ///   - filters: the filters of the first level.
    ///   - depth: the number of poolings.
    ///   - spacing: the in-plane spacing in mm, instead of 1.5; ignored for pictures.
    /// - Throws: `SegmentationError.nothingToTrain` if no file of the dataset can be read.
    public static func suggested(
        for dataset: Dataset, architecture: Architecture = .padded, dimensions: Dimensions = .two,
        filters: Int = 16, depth: Int = 4, spacing: Double? = nil
    ) throws(SegmentationError) -> Plan {
        guard let sizes = ScanSizes(of: dataset) else {
            throw .nothingToTrain(
                path: dataset.root.path(percentEncoded: false), .noReadableImage)
        }
        let inPlane: Double? = dataset.isImages ? nil : spacing ?? 1.5
        let isUnpadded = architecture == .classic
        var wished =
            dataset.isImages
            ? PatchSize(width: min(256, sizes.extent.width), height: min(256, sizes.extent.height))
            : PatchSize(width: 160, height: 160)
        var network = NetworkConfiguration(
            architecture: architecture, dimensions: dimensions, inputChannels: dataset.channelCount,
            outputChannels: outputChannels(for: dataset.structures), filters: filters, depth: depth)
        if dimensions == .three {
            let pixel = inPlane ?? sizes.spacing.x
            wished.depth = sizes.extent.depth
            wished.shrink(
                to: (1 << 20) * 16 / min(max(16, filters), 32),
                spacing: Spacing(pixel, pixel, sizes.spacing.z))
            (network.poolings, network.kernels) = NetworkConfiguration.anisotropic(
                spacing: [sizes.spacing.z, pixel, pixel],
                size: wished.sides(rank: 3), depth: depth)
        }
        // Batches of few volumes are poor estimates of the statistics that batch norm keeps for prediction.
        if dimensions == .three, network.norm == .batch { network.norm = .instance }
        var training = TrainingPlan()
        let sides = zip(wished.sides(rank: dimensions.rank), network.margin).map { $0 + 2 * $1 }
        training.patch = PatchSize(sides: network.nearestInput(to: sides))
        training.batchSize = suggestedBatchSize(architecture, dimensions)
        training.takeUsualSteps(architecture)
        if dataset.isImages { training.augmentation = .lightOfPictures }
        var plan = Plan(
            structures: dataset.structures, network: network,
            preparation: Preparation(
                spacing: inPlane, border: isUnpadded || dataset.isImages ? .mirror : .background,
                scaling: dataset.slicesAreIndependent ? .slice : .volume),
            training: training)
        if dimensions == .three { plan.window = training.patch }
        return plan
    }

    /// Returns the batch size of suggested plans.
    public static func suggestedBatchSize(_ architecture: Architecture, _ dimensions: Dimensions) -> Int {
        dimensions == .three ? 1 : architecture == .classic ? 2 : 8
    }
}
