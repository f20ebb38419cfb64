import CTorch

/// Batch norm (Ioffe and Szegedy 2015) over channels, in 2D and 3D.
public final class BatchNorm: Module {
    /// Scale of each channel.
    public let weight: Parameter
    /// Shift of each channel.
    public let bias: Parameter
    /// Mean of each channel over past batches; what prediction uses.
    public let runningMean: Buffer
    /// Unbiased variance of each channel over past batches.
    public let runningVar: Buffer
    /// Weight of a new batch in the running statistics.
    public let momentum: Double
    /// Added to the variance before the root.
    public let epsilon: Double

    /// Batch norm of `channels`; the defaults are PyTorch's (Keras has ε 1e-3 and momentum 0.01 in these terms).
    public init(channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) throws(TorchError) {
        weight = try Parameter(.ones([channels]))
        bias = try Parameter(.zeros([channels]))
        runningMean = try Buffer(.zeros([channels]))
        runningVar = try Buffer(.ones([channels]))
        self.momentum = momentum
        self.epsilon = epsilon
    }

    /// `x` normalized, with the batch's statistics while training and the running ones otherwise.
    ///
    /// - Throws: `TorchError.libtorch` while training with a single value a channel, which has no variance.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try make("batch norm of \(x.shape)") {
            ct_batch_norm(
                x.handle, weight.tensor.handle, bias.tensor.handle, runningMean.tensor.handle,
                runningVar.tensor.handle, isTraining, momentum, epsilon, $0)
        }
    }
}

/// Instance norm (Ulyanov et al. 2016): each channel of each image by its own mean and variance, always.
public final class InstanceNorm: Module {
    /// Scale of each channel.
    public let weight: Parameter
    /// Shift of each channel.
    public let bias: Parameter
    /// Added to the variance before the root.
    public let epsilon: Double

    /// Instance norm of `channels`.
    public init(channels: Int, epsilon: Double = 1e-5) throws(TorchError) {
        weight = try Parameter(.ones([channels]))
        bias = try Parameter(.zeros([channels]))
        self.epsilon = epsilon
    }

    /// `x` normalized.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try make("instance norm of \(x.shape)") {
            ct_instance_norm(x.handle, weight.tensor.handle, bias.tensor.handle, epsilon, $0)
        }
    }
}
