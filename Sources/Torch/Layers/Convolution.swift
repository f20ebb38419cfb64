import CTorch

/// Convolution in 2D or 3D, depending on the length of `kernelSize`.
///
/// The input is (N, `inputChannels`, (D,) H, W). With padding p and kernel k, a side of n becomes (n + 2p − k) / stride
/// + 1.
public final class Convolution: Module {
    /// The weights (outputs, inputs, kernel…).
    public let weight: Parameter
    /// The bias (outputs), if any.
    public let bias: Parameter?
    private let stride: [Int64]
    let padding: [Int64]

    /// Creates a convolution from `inputChannels` to `outputChannels`, by default with `stride` 1 and `padding` 0.
    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: [Int], stride: [Int]? = nil,
        padding: [Int]? = nil, bias: Bool = true, initialization: Initialization = .he
    ) throws(TorchError) {
        precondition(kernelSize.count == 2 || kernelSize.count == 3, "2D or 3D")
        self.stride = wide(stride ?? kernelSize.map { _ in 1 })
        self.padding = wide(padding ?? kernelSize.map { _ in 0 })
        weight = try Parameter(
            initialization.weights(
                [outputChannels, inputChannels] + kernelSize, fanIn: kernelSize.reduce(inputChannels, *)))
        self.bias = try bias ? Parameter(.zeros([outputChannels])) : nil
    }

    /// Returns the convolution of `x`.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try make("convolution of \(x.shape) with weights \(weight.tensor.shape)") {
            ct_convolution(
                x.handle, weight.tensor.handle, bias?.tensor.handle, stride, padding, Int32(stride.count),
                false, $0)
        }
    }
}

/// Transposed convolution in 2D or 3D with a stride equal to its kernel, so that each voxel becomes a block: the
/// "up-convolution" of U-Net.
public final class UpConvolution: Module {
    /// The weights (inputs, outputs, kernel…).
    public let weight: Parameter
    /// The bias (outputs), if any.
    public let bias: Parameter?
    private let kernel: [Int64]

    /// Creates an up-convolution from `inputChannels` to `outputChannels` that multiplies each side by its entry in
    /// `kernelSize`.
    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: [Int], bias: Bool = true,
        initialization: Initialization = .he
    ) throws(TorchError) {
        precondition(kernelSize.count == 2 || kernelSize.count == 3, "2D or 3D")
        kernel = wide(kernelSize)
        // Blocks do not overlap: each output voxel sees one input voxel, so the fan-in is just the number of channels.
        weight = try Parameter(
            initialization.weights([inputChannels, outputChannels] + kernelSize, fanIn: inputChannels))
        self.bias = try bias ? Parameter(.zeros([outputChannels])) : nil
    }

    /// Returns the up-convolution of `x`.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        let padding = kernel.map { _ in Int64(0) }
        return try make("up-convolution of \(x.shape) with weights \(weight.tensor.shape)") {
            ct_convolution(
                x.handle, weight.tensor.handle, bias?.tensor.handle, kernel, padding, Int32(kernel.count),
                true, $0)
        }
    }
}

/// The random initialization of a new layer's weights, drawn from libtorch's generator.
public enum Initialization: String, Sendable, Codable {
    /// Normal with variance 2 / fan-in (He et al. 2015, doi:10.1109/ICCV.2015.123), which preserves the variance of a
    /// signal through convolutions and ReLUs.
    case he
    /// Uniform with variance 1 / (3 · fan-in), PyTorch's default for convolutions.
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
