import Torch

/// How the convolutions of one level are made.
public struct ConvStyle: Sendable, Equatable {
    /// Sides of the kernels, in the order of a tensor's axes.
    public var kernel: [Int]
    /// Zeros at each border.
    public var padding: [Int]
    /// What follows.
    public var norm: Norm
    /// ε of the norm.
    public var epsilon: Double
    /// Weight of a new batch in the running statistics of a batch norm.
    public var momentum: Double

    /// Convolution, norm and ReLU of `inputs` to `outputs` channels.
    func unit(_ inputs: Int, _ outputs: Int) throws(TorchError) -> any ConvUnit {
        switch norm {
        case .batch:
            try ConvNormReLU(
                inputs, outputs, kernel: kernel, padding: padding, epsilon: epsilon, momentum: momentum)
        case .instance: try ConvInstanceNormReLU(inputs, outputs, self)
        case .none: try ConvReLU(inputs, outputs, kernel: kernel, padding: padding)
        }
    }

    /// The norm of `channels`, if any.
    func makeNorm(_ channels: Int) throws(TorchError) -> (any NormLayer)? {
        switch norm {
        case .batch: try BatchNorm(channels, epsilon: epsilon, momentum: momentum)
        case .instance: try InstanceNorm(channels, epsilon: epsilon)
        case .none: nil
        }
    }
}

extension NetworkConfiguration {
    /// How the convolutions of `level` are made, 0 at the top.
    public func style(level: Int) -> ConvStyle {
        ConvStyle(
            kernel: kernels[level], padding: padding(atLevel: level), norm: norm, epsilon: normEpsilon,
            momentum: normMomentum)
    }

    /// The block of an encoder level or of the bridge.
    func encoderBlock(_ inputs: Int, _ outputs: Int, _ style: ConvStyle) throws(TorchError)
        -> any FeatureBlock
    {
        switch architecture {
        case .padded, .classic: try ConvBlock(inputs, outputs, style)
        case .residual: try ResidualBlock(inputs, outputs, style)
        }
    }
}
