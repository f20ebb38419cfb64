/// How far training samples are varied: what may happen to a sample, how likely, and how far.
///
/// Ranges are drawn from evenly (factors by their logarithm), except shifts. The place of a sample is one composed map,
/// from which image, classes and weights are interpolated once. What is done to intensities is drawn for each channel by
/// itself, and is the same for all slices of a sample.
///
/// Defaults are those of `light`: what was added after the first version has probability 0.
public struct Augmentation: Codable, Sendable, Equatable {
    // MARK: Place

    /// Largest rotation to either side, degrees.
    public var rotation = 20.0
    /// Probability of a rotation.
    public var rotationProbability = 1.0
    /// Largest zoom: a factor between 1/`scale` and `scale`.
    public var scale = 1.2
    /// Probability of a zoom.
    public var scaleProbability = 1.0
    /// Largest shear to either side, along x or along y, degrees.
    public var shear = 10.0
    /// Probability of a shear.
    public var shearProbability = 0.0
    /// Pixels that a patch may reach over the edge of a slice; within the slice it lies anywhere, more often near the
    /// middle.
    public var overhang = 12.0
    /// Probability of mirroring along x, and along y. Low, since the right ventricle lies on one side of the body.
    public var flipProbability = 0.1
    /// Standard deviation in pixels of the random displacements, on a coarse grid of 3 × 3 points over the patch, that
    /// bend it (Ronneberger et al. 2015: 10); 0 bends nothing.
    public var elastic = 0.0
    /// Probability of bending.
    public var elasticProbability = 1.0
    /// Largest shift of a slice against the others along x, and along y, in pixels of the scan: in 3D, every slice of
    /// image and labels is moved by its own, as it is where the breath was held differently.
    public var sliceShift = 3.0
    /// Probability of such shifts.
    public var sliceShiftProbability = 0.0

    // MARK: Intensities, in the order in which they are varied

    /// Largest log-amplitude of a smooth uneven gain (see `BiasField`), of intensities above the scan's darkest.
    public var biasField = 0.4
    /// Probability of an uneven gain.
    public var biasFieldProbability = 0.0
    /// Largest standard deviation of a Gaussian blur, in pixels; drawn between half a pixel, or this where it is less,
    /// and this, along x and y separately.
    public var blur = 1.0
    /// Probability of a blur.
    public var blurProbability = 0.0
    /// Largest change of brightness, in standard deviations of the scan.
    public var brightness = 0.2
    /// Probability of a change of brightness.
    public var brightnessProbability = 1.0
    /// Largest change of contrast about the scan's mean, which is 0: a factor between 1/`contrast` and `contrast`.
    /// nnU-Net calls this multiplicative brightness.
    public var contrast = 1.25
    /// Probability of a change of contrast.
    public var contrastProbability = 1.0
    /// Largest change of contrast about the sample's own mean, its range kept: a factor between 1/`sampleContrast` and
    /// `sampleContrast`. This is nnU-Net's contrast.
    public var sampleContrast = 1.25
    /// Probability of that.
    public var sampleContrastProbability = 0.0
    /// Smallest factor of a lower resolution (see `LowResolution`), drawn between this and 1.
    public var lowResolution = 0.5
    /// Probability of a lower resolution.
    public var lowResolutionProbability = 0.0
    /// Largest gamma (see `GammaCurve`): a power between 1/`gamma` and `gamma`. Mean and standard deviation of the sample
    /// are restored after it.
    public var gamma = 1.5
    /// Probability of a gamma.
    public var gammaProbability = 0.0
    /// Probability of a gamma of the inverted image, before the other.
    public var invertedGammaProbability = 0.0
    /// Largest standard deviation of added noise, in standard deviations of the scan.
    public var noise = 0.1
    /// Probability of noise.
    public var noiseProbability = 1.0

    /// The defaults: light, for short trainings.
    public init() {}
}

extension Augmentation {
    /// Small turns, zooms and changes of intensity of every sample, for short trainings.
    public static var light: Augmentation { Augmentation() }

    /// The same, turned and mirrored at will: for pictures, which nothing says which way is up.
    static var lightOfPictures: Augmentation {
        var light = Augmentation()
        light.rotation = 180
        light.flipProbability = 0.5
        return light
    }

    /// Probabilities and ranges of nnU-Net's 2D trainer (Isensee et al. 2021; version 2.8), for long trainings, and with
    /// them mild shears, bends, uneven gains and, in 3D, shifts of slices. Samples are mirrored along either axis half of
    /// the time, so that predictions of mirrored images can be averaged.
    public static var strong: Augmentation {
        var strong = nnUNet
        strong.shearProbability = 0.1
        (strong.elastic, strong.elasticProbability) = (3, 0.2)
        strong.biasFieldProbability = 0.2
        strong.sliceShiftProbability = 0.2
        return strong
    }

    /// What nnU-Net's 2D trainer does, and no more. Its zoom is drawn from 0.7 to 1.4, its gamma from 0.7 to 1.5 and its
    /// contrasts from 0.75 to 1.25, half of them below 1; ours from the inverse of the largest on.
    package static var nnUNet: Augmentation {
        var same = Augmentation()
        (same.rotation, same.rotationProbability) = (180, 0.2)
        (same.scale, same.scaleProbability) = (1.4, 0.2)
        same.flipProbability = 0.5
        (same.noise, same.noiseProbability) = (0.1, 0.1)
        // A fifth of the samples, and of these every other channel.
        (same.blur, same.blurProbability) = (1, 0.1)
        same.brightnessProbability = 0
        (same.contrast, same.contrastProbability) = (1.25, 0.15)
        (same.sampleContrast, same.sampleContrastProbability) = (1.25, 0.15)
        // A quarter of the samples, and of these every other channel.
        (same.lowResolution, same.lowResolutionProbability) = (0.5, 0.125)
        (same.gamma, same.gammaProbability, same.invertedGammaProbability) = (1.5, 0.3, 0.1)
        return same
    }

    /// No variation: patches from the middle of the slice.
    public static var none: Augmentation {
        var none = Augmentation()
        none.rotation = 0
        none.scale = 1
        // Farther inward than any slice is wide, so only the middle is left; JSON has no infinity.
        none.overhang = -1_000_000
        none.flipProbability = 0
        none.brightness = 0
        none.contrast = 1
        none.noise = 0
        return none
    }
}
