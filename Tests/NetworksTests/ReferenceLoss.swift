import Foundation

/// The losses by their definitions, in double precision.
struct ReferenceLoss {
    /// (N, C, voxels), last fastest.
    let logits: [Double]
    /// (N, voxels).
    let target: [Int64]
    let classes: Int
    let images: Int

    private var voxels: Int { target.count / images }

    private func logit(_ image: Int, _ channel: Int, _ voxel: Int) -> Double {
        logits[(image * classes + channel) * voxels + voxel]
    }

    /// Probability of `channel`: sigmoid where there is one, else softmax.
    private func probability(_ image: Int, _ channel: Int, _ voxel: Int) -> Double {
        if classes == 1 { return 1 / (1 + exp(-logit(image, 0, voxel))) }
        let sum = (0..<classes).reduce(0) { $0 + exp(logit(image, $1, voxel)) }
        return exp(logit(image, channel, voxel)) / sum
    }

    var crossEntropy: Double {
        var sum = 0.0
        for image in 0..<images {
            for voxel in 0..<voxels {
                let label = Int(target[image * voxels + voxel])
                let p = probability(image, classes == 1 ? 0 : label, voxel)
                sum -= log(classes == 1 && label != 1 ? 1 - p : p)
            }
        }
        return sum / Double(target.count)
    }

    /// 1 − mean over structures of (2 Σpg + s) / (Σp + Σg + s), the sums over the whole batch.
    func dice(smoothing: Double = 1) -> Double {
        let structures = classes == 1 ? [(channel: 0, label: 1)] : (1..<classes).map { ($0, $0) }
        let scores = structures.map { channel, label -> Double in
            var overlap = 0.0, total = 0.0
            for image in 0..<images {
                for voxel in 0..<voxels {
                    let p = probability(image, channel, voxel)
                    let truth = target[image * voxels + voxel] == Int64(label) ? 1.0 : 0
                    overlap += p * truth
                    total += p + truth
                }
            }
            return (2 * overlap + smoothing) / (total + smoothing)
        }
        return 1 - scores.reduce(0, +) / Double(scores.count)
    }
}
