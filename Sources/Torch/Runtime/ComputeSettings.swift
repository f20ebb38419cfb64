import CTorch
import Foundation

/// What a job computes with on the CPU. Settings of libtorch hold for the whole process; a job's own hold while it runs,
/// so that jobs that take turns do not change each other's results.
public struct ComputeSettings: Sendable, Equatable {
    /// What computes convolutions, norms and pooling.
    public var kernels: Kernels
    /// CPU threads.
    public var threads: Int

    /// Native kernels on all cores unless told otherwise.
    ///
    /// - Precondition: at least one thread.
    public init(kernels: Kernels = .native, threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
        precondition(threads > 0, "at least one thread")
        self.kernels = kernels
        self.threads = threads
    }

    /// Runs `body` with these settings, and puts back those that were in force.
    ///
    /// - Throws: what `body` throws, and `TorchError`.
    @TensorActor
    public func run<Result>(_ body: () throws -> Result) throws -> Result {
        let outer = ComputeSettings(kernels: .current, threads: TorchRuntime.threadCount)
        guard outer != self else { return try body() }
        try apply()
        let result = Swift.Result { try body() }
        try outer.apply()
        return try result.get()
    }

    @TensorActor
    private func apply() throws(TorchError) {
        kernels.use()
        if TorchRuntime.threadCount != threads { try TorchRuntime.setThreadCount(threads) }
    }
}

/// Random numbers of a job's own, from libtorch's CPU generator: what other jobs draw in between changes nothing.
@TensorActor
public final class RandomStream {
    /// State of the generator, a uint8 tensor: with it a job goes on as if it had never stopped.
    public var state: Tensor

    /// The numbers that begin with `seed`.
    public init(seed: UInt64) throws(TorchError) {
        let outer = try TorchRuntime.randomState()
        try TorchRuntime.seed(seed)
        state = try TorchRuntime.randomState()
        try TorchRuntime.setRandomState(outer)
    }

    /// Runs `body`, whose draws are this stream's next ones.
    ///
    /// - Throws: what `body` throws, and `TorchError`.
    public func run<Result>(_ body: () throws -> Result) throws -> Result {
        let outer = try TorchRuntime.randomState()
        try TorchRuntime.setRandomState(state)
        let result = Swift.Result { try body() }
        state = try TorchRuntime.randomState()
        try TorchRuntime.setRandomState(outer)
        return try result.get()
    }
}

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
