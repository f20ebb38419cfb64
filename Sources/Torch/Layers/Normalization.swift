import CTorch

/// Batch norm (Ioffe and Szegedy 2015) of channels, in 2D and 3D.
public final class BatchNorm: Module {
    /// Scale of each channel.
    public let weight: Parameter
    /// Shift of each channel.
    public let bias: Parameter
    /// Running mean of each channel over past batches, used in prediction.
    public let runningMean: Buffer
    /// Running unbiased variance of each channel over past batches, used in prediction.
    public let runningVar: Buffer
    /// Weight of a new batch in the running statistics.
    public let momentum: Double
    /// The value added to the variance before the square root.
    public let epsilon: Double

    /// Creates a batch norm of `channels`. The defaults are PyTorch's; those of Keras are ε 1e-3 and, in these terms,
    /// momentum 0.01.
    public init(channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) throws(TorchError) {
        weight = try Parameter(.ones([channels]))
        bias = try Parameter(.zeros([channels]))
        runningMean = try Buffer(.zeros([channels]))
        runningVar = try Buffer(.ones([channels]))
        self.momentum = momentum
        self.epsilon = epsilon
    }

    /// Returns `x` normalized, with the batch's statistics in training and the running ones otherwise.
    ///
    /// - Throws: `TorchError.libtorch` in training with a single value per channel, which has no variance.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try make("batch norm of \(x.shape)") {
            ct_batch_norm(
                x.handle, weight.tensor.handle, bias.tensor.handle, runningMean.tensor.handle,
                runningVar.tensor.handle, isTraining, momentum, epsilon, $0)
        }
    }
}

/// Instance norm (Ulyanov et al. 2016), which always normalizes each channel of each image by its own mean and
/// variance.
public final class InstanceNorm: Module {
    /// Scale of each channel.
    public let weight: Parameter
    /// Shift of each channel.
    public let bias: Parameter
    /// The value added to the variance before the square root.
    public let epsilon: Double

    /// Creates an instance norm of `channels`.
    public init(channels: Int, epsilon: Double = 1e-5) throws(TorchError) {
        weight = try Parameter(.ones([channels]))
        bias = try Parameter(.zeros([channels]))
        self.epsilon = epsilon
    }

    /// Returns `x` normalized.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try make("instance norm of \(x.shape)") {
            ct_instance_norm(x.handle, weight.tensor.handle, bias.tensor.handle, epsilon, $0)
        }
    }
}
