import CTorch

/// What computes convolutions, norms and pooling on the CPU.
public enum Kernels: String, Sendable, Codable, CaseIterable {
    /// This project's own SIMD kernels, wherever they are made for the shape; elsewhere and on other devices libtorch's.
    case native
    /// libtorch's alone.
    case libtorch

    /// The kernels in use, in the whole process.
    @TensorActor
    public static var current: Kernels { ct_native_kernels() ? .native : .libtorch }

    /// Uses these kernels from now on. A forward pass that is recorded already keeps its own for its gradient.
    @TensorActor
    public func use() { ct_set_native_kernels(self == .native) }

    /// The instructions that the native kernels use: `avx512`, `avx2`, `neon` or `portable`.
    public static var instructions: String { String(cString: ct_kernel_instructions()) }

    /// Makes the native kernels use other instructions than the best that the processor has.
    ///
    /// - Throws: `TorchError.libtorch` where the processor lacks them.
    @TensorActor
    public static func setInstructions(_ name: String) throws(TorchError) {
        try check(ct_set_kernel_instructions(name), "choosing \(name) instructions")
    }
}
