import Foundation
import Imaging

/// The loss of predicted probabilities against a reference, over one whole volume on the scan's own grid.
public struct Loss: Sendable, Hashable, Codable {
    /// Mean over all voxels of −ln p(true class), natural logarithm; p is clamped to at least 10⁻⁷.
    public var crossEntropy: Double
    /// 1 − the mean over structures (without background) of (2 Σ p·g + 1) / (Σ p + Σ g + 1), where p is the probability
    /// and g is 1 in the structure and 0 elsewhere, sums over all voxels (Milletari et al., "V-Net", 3DV 2016, with p
    /// and g not squared; the 1 makes an absent structure that is not predicted score perfectly).
    public var diceLoss: Double

    /// Creates a loss from its values.
    public init(crossEntropy: Double, diceLoss: Double) {
        self.crossEntropy = crossEntropy
        self.diceLoss = diceLoss
    }

    private enum CodingKeys: String, CodingKey {
        case crossEntropy = "cross_entropy"
        case diceLoss = "dice_loss"
    }

    /// Writes both, rounded to six decimals.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(crossEntropy.forJSON, forKey: .crossEntropy)
        try container.encode(diceLoss.forJSON, forKey: .diceLoss)
    }

    /// Computes the loss of `probabilities` against `reference` on one grid.
    ///
    /// Channel 0 is background and channel i + 1 is `structures[i]`; a single channel is that of the only structure (a
    /// sigmoid), and background has the rest.
    public init(probabilities: ProbabilityMap, reference: LabelMap, structures: [Structure]) {
        precondition(probabilities.geometry.extent == reference.geometry.extent, "maps of the same size")
        let isSigmoid = probabilities.channels == 1
        precondition(
            probabilities.channels == structures.count + (isSigmoid ? 0 : 1), "a channel for every class")
        let count = reference.geometry.count
        var logarithms = 0.0
        var dice = 0.0
        for channel in 0...structures.count {
            let label = channel == 0 ? 0 : structures[channel - 1].label
            let start = isSigmoid ? 0 : channel * count
            var (both, predicted, truth) = (0.0, 0.0, 0.0)
            for voxel in 0..<count {
                let value = Double(probabilities.values[start + voxel])
                let probability = isSigmoid && channel == 0 ? 1 - value : value
                predicted += probability
                if reference.labels[voxel] == label {
                    truth += 1
                    both += probability
                    logarithms -= log(probability > 1e-7 ? probability : 1e-7)
                }
            }
            if channel > 0 { dice += (2 * both + 1) / (predicted + truth + 1) }
        }
        crossEntropy = logarithms / Double(count)
        diceLoss = 1 - dice / Double(structures.count)
    }
}
