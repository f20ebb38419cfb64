import Torch

/// A block, whose output is the skip, and max-pool.
public final class EncoderBlock: Module {
    let block: any FeatureBlock
    let dropout: Dropout?
    private let pooling: [Int]

    /// The encoder level `level` of `configuration`, of `inputs` to `outputs` channels.
    public init(_ inputs: Int, _ outputs: Int, level: Int, _ configuration: NetworkConfiguration)
        throws(TorchError)
    {
        block = try configuration.encoderBlock(inputs, outputs, configuration.style(level: level))
        let isLast = level == configuration.depth - 1
        dropout = isLast && configuration.dropout > 0 ? Dropout(configuration.dropout) : nil
        pooling = configuration.poolings[level]
    }

    /// (N, inputs, (D,) H, W) → the skip (N, outputs, (D,) H, W) and the pooled map.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> (skip: Tensor, pooled: Tensor) {
        var skip = try block(x)
        if let dropout { skip = try dropout(skip) }
        return (skip, try skip.maxPooled(pooling))
    }
}
