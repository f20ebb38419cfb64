import Imaging

extension PlanSetting {
    /// Ranges and probabilities of augmentation, which only a file says one by one. Those with a value for older plans
    /// came later.
    static let augmentation = [
        augmentation(
            \.training.augmentation.rotation, "rotation", .from(0, to: 360),
            "Largest rotation to either side, degrees.", "20; pictures and strong 180"),
        augmentation(
            \.training.augmentation.rotationProbability, "rotationProbability", .from(0, to: 1), older: 1,
            "Probability of a rotation.", "1; strong 0.2"),
        augmentation(
            \.training.augmentation.scale, "scale", .from(0.01, to: 100),
            "Largest zoom: a factor between its inverse and this.", "1.2; strong 1.4"),
        augmentation(
            \.training.augmentation.scaleProbability, "scaleProbability", .from(0, to: 1), older: 1,
            "Probability of a zoom.", "1; strong 0.2"),
        augmentation(
            \.training.augmentation.shear, "shear", .from(0, to: 80), older: 10,
            "Largest shear to either side, along x or along y, degrees.", "10"),
        augmentation(
            \.training.augmentation.shearProbability, "shearProbability", .from(0, to: 1), older: 0,
            "Probability of a shear.", "0; strong 0.1"),
        augmentation(
            \.training.augmentation.overhang, "overhang", .from(-1_000_000, to: 1_000_000),
            "Pixels that a patch may reach over the edge of a slice.", "12"),
        augmentation(
            \.training.augmentation.flipProbability, "flipProbability", .from(0, to: 1),
            "Probability of mirroring along x, and along y.", "0.1; pictures and strong 0.5"),
        augmentation(
            \.training.augmentation.elasticProbability, "elasticProbability", .from(0, to: 1), older: 1,
            "Probability of an elastic deformation.", "1; strong 0.2"),
        augmentation(
            \.training.augmentation.sliceShift, "sliceShift", .from(0, to: 1000), older: 3,
            "In 3D, largest shift of each slice along x and along y, in pixels of the scan.", "3"),
        augmentation(
            \.training.augmentation.sliceShiftProbability, "sliceShiftProbability", .from(0, to: 1), older: 0,
            "Probability that the slices of a sample are shifted.", "0; strong 0.2"),
        augmentation(
            \.training.augmentation.biasField, "biasField", .from(0, to: 4), older: 0.4,
            "Largest log-amplitude of a smooth uneven gain.", "0.4"),
        augmentation(
            \.training.augmentation.biasFieldProbability, "biasFieldProbability", .from(0, to: 1), older: 0,
            "Probability of an uneven gain.", "0; strong 0.2"),
        augmentation(
            \.training.augmentation.blur, "blur", .from(0, to: 100), older: 1,
            "Largest standard deviation of a Gaussian blur, in pixels; the smallest is half a pixel.", "1"),
        augmentation(
            \.training.augmentation.blurProbability, "blurProbability", .from(0, to: 1), older: 0,
            "Probability of a blur.", "0; strong 0.1"),
        augmentation(
            \.training.augmentation.brightness, "brightness", .from(0, to: 1000),
            "Largest change of brightness, in standard deviations of the scan.", "0.2"),
        augmentation(
            \.training.augmentation.brightnessProbability, "brightnessProbability", .from(0, to: 1), older: 1,
            "Probability of a change of brightness.", "1; strong 0"),
        augmentation(
            \.training.augmentation.contrast, "contrast", .from(0.01, to: 100),
            "Largest change of contrast: a factor between its inverse and this.", "1.25"),
        augmentation(
            \.training.augmentation.contrastProbability, "contrastProbability", .from(0, to: 1), older: 1,
            "Probability of a change of contrast.", "1; strong 0.15"),
        augmentation(
            \.training.augmentation.sampleContrast, "sampleContrast", .from(0.01, to: 100), older: 1.25,
            "Largest change of contrast about the sample's own mean, its range kept: a factor between its inverse and this.",
            "1.25"),
        augmentation(
            \.training.augmentation.sampleContrastProbability, "sampleContrastProbability", .from(0, to: 1),
            older: 0, "Probability of a change of contrast about the sample's own mean.", "0; strong 0.15"),
        augmentation(
            \.training.augmentation.lowResolution, "lowResolution", .from(0.01, to: 1), older: 0.5,
            "Smallest factor of a lower resolution.", "0.5"),
        augmentation(
            \.training.augmentation.lowResolutionProbability, "lowResolutionProbability", .from(0, to: 1),
            older: 0, "Probability of a lower resolution.", "0; strong 0.125"),
        augmentation(
            \.training.augmentation.gamma, "gamma", .from(0.1, to: 10), older: 1.5,
            "Largest gamma: a power between its inverse and this.", "1.5"),
        augmentation(
            \.training.augmentation.gammaProbability, "gammaProbability", .from(0, to: 1), older: 0,
            "Probability of a gamma.", "0; strong 0.3"),
        augmentation(
            \.training.augmentation.invertedGammaProbability, "invertedGammaProbability", .from(0, to: 1),
            older: 0, "Probability of a gamma of the inverted image.", "0; strong 0.1"),
        augmentation(
            \.training.augmentation.noise, "noise", .from(0, to: 1000),
            "Largest standard deviation of added noise, in standard deviations of the scan.", "0.1"),
        augmentation(
            \.training.augmentation.noiseProbability, "noiseProbability", .from(0, to: 1), older: 1,
            "Probability of noise.", "1; strong 0.1"),
    ]

    private static func augmentation(
        _ place: WritableKeyPath<Plan, Double> & Sendable, _ key: String, _ limits: NumberLimits,
        older: Double? = nil, _ help: String, _ usual: String
    ) -> PlanSetting {
        // Such as “flip probability” for `flipProbability`.
        let name = key.reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : String($1) }
        return PlanSetting(
            place, "training.augmentation.\(key)", name, .fileOnly, limits: limits, older: older, help: help,
            usual: usual)
    }
}
