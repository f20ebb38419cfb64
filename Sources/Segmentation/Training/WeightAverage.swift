import Networks
import Torch

/// The exponential moving average of a network's weights over the steps of its training, in a network of its own.
///
/// After step t, counted from 1, average = d · average + (1 − d) · weights with d = min(decay, (1 + t) / (10 + t)), so that
/// the random weights of the start are soon forgotten: as `tf.train.ExponentialMovingAverage` does with `num_updates`.
/// Running statistics of norms are averaged too. (Polyak and Juditsky 1992; Morales-Brotons et al. 2024.)
@TensorActor
final class WeightAverage {
    /// The network that holds the average.
    let network: SegmentationNetwork
    private let decay: Double
    private let pairs: [(average: Tensor, weight: Tensor)]

    /// The average of `source`, which `network`, made by the same plan, is to hold; it starts with the weights of now.
    init(of source: SegmentationNetwork, in network: SegmentationNetwork, decay: Double) throws(TorchError) {
        self.network = network
        self.decay = decay
        pairs = zip(network.state, source.state).map { ($0.tensor, $1.tensor) }
        for (average, weight) in pairs { try average.copy(from: weight) }
        network.train(false)
    }

    /// Takes in the weights after step `step`, counted from 1 over the whole training.
    func update(step: Int) throws(TorchError) {
        let decay = min(decay, Double(1 + step) / Double(10 + step))
        for (average, weight) in pairs { try average.scaleAdd(decay, weight, 1 - decay) }
    }
}
