import CTorch

extension Tensor {
    /// Creates a tensor of `shape` on the CPU with a copy of `values`, last axis fastest.
    public convenience init<Scalar: TensorScalar>(_ values: [Scalar], shape: [Int]) throws(TorchError) {
        let sizes = wide(shape)
        var handle: CTTensor?
        let status = values.withUnsafeBytes { bytes in
            // An empty array has no address, but the C code reads nothing in this case.
            withUnsafePointer(to: UInt8(0)) { nothing in
                ct_from_bytes(
                    bytes.baseAddress ?? UnsafeRawPointer(nothing), Int64(bytes.count), sizes,
                    Int32(sizes.count),
                    Scalar.scalarType.rawValue, &handle)
            }
        }
        try check(status, "a tensor of shape \(shape) from \(values.count) values")
        guard let handle else {
            throw .libtorch(operation: "a tensor from values", message: "no tensor came back")
        }
        self.init(owning: handle)
    }

    /// Returns a tensor with the values in `bytes`, in the machine's byte order, last axis fastest.
    public static func fromBytes(_ bytes: UnsafeRawBufferPointer, shape: [Int], type: ScalarType)
        throws(TorchError)
        -> Tensor
    {
        let sizes = wide(shape)
        return try make("a tensor of shape \(shape)") { out in
            withUnsafePointer(to: UInt8(0)) { nothing in
                ct_from_bytes(
                    bytes.baseAddress ?? UnsafeRawPointer(nothing), Int64(bytes.count), sizes,
                    Int32(sizes.count),
                    type.rawValue, out)
            }
        }
    }

    /// Returns a tensor of `shape` filled with `value`.
    public static func full(
        _ shape: [Int], _ value: Double, type: ScalarType = .float32, device: Device = .cpu
    )
        throws(TorchError) -> Tensor
    {
        let sizes = wide(shape)
        return try make("a tensor of shape \(shape)") { out in
            ct_full(sizes, Int32(sizes.count), value, type.rawValue, device.type, device.index, out)
        }
    }

    /// Returns a tensor of `shape` filled with zeros.
    public static func zeros(_ shape: [Int], type: ScalarType = .float32, device: Device = .cpu)
        throws(TorchError) -> Tensor
    { try full(shape, 0, type: type, device: device) }

    /// Returns a tensor of `shape` filled with ones.
    public static func ones(_ shape: [Int], type: ScalarType = .float32, device: Device = .cpu)
        throws(TorchError) -> Tensor
    { try full(shape, 1, type: type, device: device) }

    /// Returns standard normal values from libtorch's generator (see `TorchRuntime.seed`), on the CPU.
    public static func normal(_ shape: [Int]) throws(TorchError) -> Tensor {
        let sizes = wide(shape)
        return try make("normal values") { out in ct_randn(sizes, Int32(sizes.count), out) }
    }

    /// Returns values uniformly distributed over [0, 1) from libtorch's generator, on the CPU.
    public static func uniform(_ shape: [Int]) throws(TorchError) -> Tensor {
        let sizes = wide(shape)
        return try make("uniform values") { out in ct_rand(sizes, Int32(sizes.count), out) }
    }

    /// Returns a copy of the values, last axis fastest, from any device.
    ///
    /// - Precondition: `Scalar` is the tensor's own type.
    public func array<Scalar: TensorScalar>(of: Scalar.Type = Scalar.self) throws(TorchError) -> [Scalar] {
        precondition(
            ct_dtype(handle) == Scalar.scalarType.rawValue, "\(Scalar.self) asked of a \(scalarType) tensor")
        var status: Int32 = 0
        let values = [Scalar](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let base = buffer.baseAddress, count > 0 else { return }
            status = ct_to_bytes(handle, base, Int64(count * MemoryLayout<Scalar>.stride))
            filled = status == 0 ? count : 0
        }
        try check(status, "reading values")
        return values
    }

    /// Returns the bytes of the values, in the machine's byte order, last axis fastest.
    public func bytes() throws(TorchError) -> [UInt8] {
        let size = count * scalarType.size
        var status: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            guard let base = buffer.baseAddress, size > 0 else { return }
            status = ct_to_bytes(handle, base, Int64(size))
            filled = status == 0 ? size : 0
        }
        try check(status, "reading bytes")
        return bytes
    }

    /// Returns the single value of the tensor as a `Double`.
    public func item() throws(TorchError) -> Double {
        precondition(count == 1, "item() of a tensor with \(count) values")
        // On the CPU, since Apple's GPUs lack double precision.
        return try to(.cpu).to(.float64).array(of: Double.self)[0]
    }
}

extension Tensor {
    /// Returns the values converted to another type, or the tensor itself if nothing changes.
    public func to(_ type: ScalarType) throws(TorchError) -> Tensor {
        try make("a change of type") { ct_to(handle, type.rawValue, device.type, device.index, $0) }
    }

    /// Returns the values on another device, or the tensor itself if nothing changes.
    public func to(_ device: Device) throws(TorchError) -> Tensor {
        try make("a move to \(device)") { ct_to(handle, scalarType.rawValue, device.type, device.index, $0) }
    }

    /// Returns the same tensor in a memory layout with channels fastest, for rank 4 or 5. The shape does not change.
    public func channelsLast() throws(TorchError) -> Tensor {
        try make("channels-last layout") { ct_channels_last(handle, $0) }
    }

    /// Returns the same tensor in a memory layout with the last axis fastest.
    public func contiguous() throws(TorchError) -> Tensor {
        try make("contiguous layout") { ct_contiguous(handle, $0) }
    }

    /// Returns a copy that does not share the values.
    public func clone() throws(TorchError) -> Tensor { try make("a copy") { ct_clone(handle, $0) } }

    /// Replaces the values in place, without recording. Shapes must agree.
    public func copy(from source: Tensor) throws(TorchError) {
        try check(ct_copy(handle, source.handle), "a copy")
    }

    /// Sets every value in place, without recording.
    public func fill(_ value: Double) throws(TorchError) { try check(ct_fill(handle, value), "fill") }

    /// Sets `self = self·scale + other·factor` in place, without recording.
    public func scaleAdd(_ scale: Double, _ other: Tensor, _ factor: Double) throws(TorchError) {
        try check(ct_scale_add(handle, scale, other.handle, factor), "scaled addition")
    }
}
