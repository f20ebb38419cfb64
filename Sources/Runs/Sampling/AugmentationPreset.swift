/// A choice of how far samples are varied, by its name.
public enum AugmentationPreset: String, Sendable, CaseIterable {
    /// Not at all.
    case none
    /// Small turns, zooms and changes of intensity of every sample.
    case light
    /// Rarer but larger ones, and more kinds of them.
    case strong

    /// What the name stands for; pictures are turned and mirrored at will.
    func augmentation(ofPictures isOfPictures: Bool) -> Augmentation {
        switch self {
        case .none: .none
        case .light: isOfPictures ? .lightOfPictures : .light
        case .strong: .strong
        }
    }

    /// The name of `augmentation`, whatever its `elastic`, which is a choice of its own; nil where it has none.
    init?(_ augmentation: Augmentation) {
        for preset in Self.allCases {
            for isOfPictures in [false, true] {
                var named = preset.augmentation(ofPictures: isOfPictures)
                named.elastic = augmentation.elastic
                if named == augmentation {
                    self = preset
                    return
                }
            }
        }
        return nil
    }
}
