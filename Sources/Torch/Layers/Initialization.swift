/// How the weights of a new layer are drawn, from libtorch's generator.
public enum Initialization: String, Sendable, Codable {
    /// Normal with variance 2 / fan-in (He et al. 2015, doi:10.1109/ICCV.2015.123): keeps the variance of a
    /// signal that passes convolutions and ReLUs.
    case he
    /// Evenly spread with variance 1 / (3 · fan-in), PyTorch's default for convolutions.
    case pytorch

    @TensorActor
    func weights(_ shape: [Int], fanIn: Int) throws(TorchError) -> Tensor {
        switch self {
        case .he:
            return try Tensor.normal(shape) * (2 / Double(fanIn)).squareRoot()
        case .pytorch:
            let bound = 1 / Double(fanIn).squareRoot()
            return try (Tensor.uniform(shape) * (2 * bound)) - bound
        }
    }
}
