import CTorch

extension Tensor {
    /// The same values as another type; the tensor itself where nothing changes.
    public func to(_ type: ScalarType) throws(TorchError) -> Tensor {
        try make("a change of type") { ct_to(handle, type.rawValue, device.type, device.index, $0) }
    }

    /// The same values on another device; the tensor itself where nothing changes.
    public func to(_ device: Device) throws(TorchError) -> Tensor {
        try make("a move to \(device)") { ct_to(handle, scalarType.rawValue, device.type, device.index, $0) }
    }

    /// The same values laid out with channels fastest; shape and meaning stay. Rank 4 or 5.
    public func channelsLast() throws(TorchError) -> Tensor {
        try make("channels-last layout") { ct_channels_last(handle, $0) }
    }

    /// The same values laid out with the last axis fastest.
    public func contiguous() throws(TorchError) -> Tensor {
        try make("contiguous layout") { ct_contiguous(handle, $0) }
    }

    /// A copy that shares nothing.
    public func clone() throws(TorchError) -> Tensor { try make("a copy") { ct_clone(handle, $0) } }

    /// Replaces the values in place, without recording it. Shapes must agree.
    public func copy(from source: Tensor) throws(TorchError) {
        try check(ct_copy(handle, source.handle), "a copy")
    }

    /// Sets every value in place, without recording it.
    public func fill(_ value: Double) throws(TorchError) { try check(ct_fill(handle, value), "fill") }

    /// `self = self·scale + other·factor` in place, without recording it.
    public func scaleAdd(_ scale: Double, _ other: Tensor, _ factor: Double) throws(TorchError) {
        try check(ct_scale_add(handle, scale, other.handle, factor), "scaled addition")
    }
}
