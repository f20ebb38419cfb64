import UNetDesign

/// A preset of the settings that decide how well a network is trained, and how long that takes.
public enum Recipe: String, Sendable, Codable, CaseIterable, PlanValue {
    /// The defaults: a usable network in well under an hour.
    case quick
    /// Strong augmentation and an average of the weights: a good network in a few hours.
    case standard
    /// The same for longer, at a finer resolution: the most accurate network.
    case best
}

extension Plan {
    /// Takes the settings of `recipe`, each of which can be read in the plan and changed.
    ///
    /// Weights are averaged over about the last thousand steps (Morales-Brotons et al. 2024), augmentation is that of
    /// nnU-Net and more, and two thirds of the patches lie around the structures. Pictures keep their pixels and the size
    /// of their patches, and volumes and networks without padding the size of theirs.
    mutating func take(_ recipe: Recipe) {
        training.recipe = recipe
        guard recipe != .quick else { return }
        let isOfPictures = preparation.spacing == nil
        training.epochs = recipe == .best ? 120 : 50
        training.augmentation = AugmentationPreset.strong.augmentation(ofPictures: isOfPictures)
        training.weightAveraging = 0.999
        training.warmUp = 1
        training.gradientNorm = 5
        training.validationInterval = 5
        guard !isOfPictures, network.dimensions == .two, network.architecture != .classic else { return }
        training.foregroundShare = 0.67
        if recipe == .best {
            preparation.spacing = 1.25
            training.patch = PatchSize(sides: network.nearestInput(to: [144, 144]))
        }
    }
}
