import CTorch

extension Tensor {
    /// Returns the tensors concatenated along `axis`.
    public static func concatenated(_ tensors: [Tensor], axis: Int) throws(TorchError) -> Tensor {
        let handles = tensors.map(\.handle)
        return try make("concatenation of \(tensors.map(\.shape))") {
            ct_cat(handles, Int32(handles.count), Int64(axis), $0)
        }
    }

    /// Returns the values in another shape; one size can be −1, to be inferred from the rest.
    public func reshaped(_ shape: [Int]) throws(TorchError) -> Tensor {
        let sizes = wide(shape)
        return try make("reshape of \(self.shape) to \(shape)") {
            ct_reshape(handle, sizes, Int32(sizes.count), $0)
        }
    }

    /// Returns the tensor with its axes in another order.
    public func permuted(_ axes: [Int]) throws(TorchError) -> Tensor {
        let order = wide(axes)
        return try make("permute of \(shape)") { ct_permute(handle, order, Int32(order.count), $0) }
    }

    /// Returns `range` of `axis`, sharing the values.
    public func narrowed(axis: Int, _ range: Range<Int>) throws(TorchError) -> Tensor {
        try make("\(range) of axis \(axis) of \(shape)") {
            ct_narrow(handle, Int64(axis), Int64(range.lowerBound), Int64(range.count), $0)
        }
    }

    /// Returns the values in reverse order along `axes`.
    public func flipped(_ axes: [Int]) throws(TorchError) -> Tensor {
        let list = wide(axes)
        return try make("flip of \(shape)") { ct_flip(handle, list, Int32(list.count), $0) }
    }

    /// Returns int64 labels (N, …) as float32 (N, classes, …) with a 1 at each label.
    public func oneHot(classes: Int) throws(TorchError) -> Tensor {
        try make("one-hot of \(shape)") { ct_one_hot(handle, Int64(classes), $0) }
    }

    /// Returns the center of `size` of the spatial axes (those after N and C), sharing the values.
    ///
    /// - Throws: `TorchError.libtorch` if an axis is smaller, or if it cannot be cropped equally at both ends.
    public func croppedToCenter(_ size: [Int]) throws(TorchError) -> Tensor {
        let spatial = Array(shape.dropFirst(2))
        guard spatial.count == size.count,
            zip(spatial, size).allSatisfy({ $0 >= $1 && ($0 - $1) % 2 == 0 })
        else {
            throw .libtorch(
                operation: "a crop of \(shape)",
                message: "it has no middle of size \(size) with equal borders")
        }
        var part = self
        for (axis, (have, want)) in zip(spatial, size).enumerated() where have != want {
            let start = (have - want) / 2
            part = try part.narrowed(axis: axis + 2, start..<start + want)
        }
        return part
    }

    /// Returns every `steps[i]`-th value, starting with the first, along the last axes (one per step), sharing the
    /// values.
    public func sampled(_ steps: [Int]) throws(TorchError) -> Tensor {
        let list = wide(steps)
        return try make("every \(steps)th of \(shape)") { ct_sample(handle, list, Int32(list.count), $0) }
    }

    /// Returns each value repeated to a block of `factors` along the last axes.
    public func enlarged(_ factors: [Int]) throws(TorchError) -> Tensor {
        let list = wide(factors)
        return try make("\(shape) enlarged by \(factors)") {
            ct_enlarge(handle, list, Int32(list.count), $0)
        }
    }
}
