import Torch

/// ReLU(shortcut(x) + norm(conv(ReLU(norm(conv(x)))))) (He et al. 2016, doi:10.1109/CVPR.2016.90).
///
/// The shortcut is the identity, or a 1×1 convolution with norm where the channels change.
public final class ResidualBlock: Module, FeatureBlock {
    let first: any ConvUnit
    let second: ConvNorm
    let shortcut: ConvNorm?

    /// A block of `inputs` to `outputs` channels.
    ///
    /// - Precondition: the convolutions of `style` keep the size.
    public init(_ inputs: Int, _ outputs: Int, _ style: ConvStyle) throws(TorchError) {
        precondition(style.padding == style.kernel.map { $0 / 2 }, "sums need maps of one size")
        first = try style.unit(inputs, outputs)
        second = try ConvNorm(outputs, outputs, style)
        shortcut =
            try inputs == outputs
            ? nil
            : ConvNorm(
                inputs, outputs, style, kernel: style.kernel.map { _ in 1 },
                padding: style.kernel.map { _ in 0 })
    }

    /// The block over `x`.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        let change = try second(first([x]))
        return try ((shortcut?(x) ?? x) + change).relu()
    }
}
