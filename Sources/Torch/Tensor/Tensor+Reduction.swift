import CTorch

extension Tensor {
    /// Sum over `axes`, or over all.
    public func sum(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceSum, axes, keep)
    }

    /// Mean over `axes`, or over all.
    public func mean(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceMean, axes, keep)
    }

    /// Largest value over `axes`, or over all.
    public func max(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceMax, axes, keep)
    }

    /// Position (int64) of the largest value along `axis`, which goes.
    public func argmax(axis: Int) throws(TorchError) -> Tensor {
        try make("argmax of \(shape)") { ct_argmax(handle, Int64(axis), $0) }
    }

    /// Exponentials that sum to 1 along `axis`.
    public func softmax(axis: Int) throws(TorchError) -> Tensor {
        try make("softmax of \(shape)") { ct_softmax(handle, Int64(axis), false, $0) }
    }

    /// Logarithm of `softmax`, computed without overflow.
    public func logSoftmax(axis: Int) throws(TorchError) -> Tensor {
        try make("log-softmax of \(shape)") { ct_softmax(handle, Int64(axis), true, $0) }
    }

    private func reduce(_ operation: CTReduce, _ axes: [Int], _ keep: Bool) throws(TorchError) -> Tensor {
        let list = wide(axes)
        return try make("reduction of \(shape)") {
            ct_reduce(operation, handle, list, Int32(list.count), keep, $0)
        }
    }
}
