import CTorch
import Foundation

/// The CPU settings of a job. libtorch's settings are process-wide; a job's own apply only while it runs, so that jobs
/// that take turns do not change each other's results.
public struct ComputeSettings: Sendable, Equatable {
    /// The kernels of convolutions, norms, and pooling.
    public var kernels: Kernels
    /// The number of CPU threads.
    public var threads: Int
    /// Whether results have the same bits for any number of threads.
    ///
    /// The native kernels always have. libtorch's operations do not, since their sums, and the ends of their vectorized
    /// loops, depend on how work is divided; beside native kernels they then run on one thread. This has no effect with
    /// libtorch's kernels.
    public var isReproducible: Bool

    /// Creates settings; by default, native kernels on all cores.
    ///
    /// - Precondition: `threads` is positive.
    public init(
        kernels: Kernels = .native, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        isReproducible: Bool = false
    ) {
        precondition(threads > 0, "at least one thread")
        self.kernels = kernels
        self.threads = threads
        self.isReproducible = isReproducible
    }

    /// Runs `body` with these settings and restores the previous ones.
    ///
    /// - Throws: Errors of `body`, and `TorchError`.
    @TensorActor
    public func run<Result>(_ body: () throws -> Result) throws -> Result {
        let (outer, own) = (State.current, state)
        guard outer != own else { return try body() }
        try own.apply()
        let result = Swift.Result { try body() }
        try outer.apply()
        return try result.get()
    }

    private var state: State {
        let isSplit = isReproducible && kernels == .native
        return State(kernels: kernels, threads: isSplit ? 1 : threads, nativeThreads: isSplit ? threads : 0)
    }

    /// The process-wide settings.
    private struct State: Equatable {
        let kernels: Kernels
        let threads: Int
        /// 0 for as many as libtorch's operations.
        let nativeThreads: Int

        @TensorActor
        static var current: State {
            State(
                kernels: .current, threads: TorchRuntime.threadCount,
                nativeThreads: Int(ct_native_threads()))
        }

        @TensorActor
        func apply() throws(TorchError) {
            kernels.use()
            ct_set_native_threads(Int32(nativeThreads))
            if TorchRuntime.threadCount != threads { try TorchRuntime.setThreadCount(threads) }
        }
    }
}

/// A job's own stream of random numbers from libtorch's CPU generator, unaffected by what other jobs draw in between.
@TensorActor
public final class RandomStream {
    /// The state of the generator, a uint8 tensor, with which a job resumes as if it had never stopped.
    public var state: Tensor

    /// Creates the stream that starts with `seed`.
    public init(seed: UInt64) throws(TorchError) {
        let outer = try TorchRuntime.randomState()
        try TorchRuntime.seed(seed)
        state = try TorchRuntime.randomState()
        try TorchRuntime.setRandomState(outer)
    }

    /// Runs `body` with this stream as the source of random numbers.
    ///
    /// - Throws: Errors of `body`, and `TorchError`.
    public func run<Result>(_ body: () throws -> Result) throws -> Result {
        let outer = try TorchRuntime.randomState()
        try TorchRuntime.setRandomState(state)
        let result = Swift.Result { try body() }
        state = try TorchRuntime.randomState()
        try TorchRuntime.setRandomState(outer)
        return try result.get()
    }
}

/// The CPU implementation of convolutions, norms, and pooling.
public enum Kernels: String, Sendable, Codable, CaseIterable {
    /// This project's own SIMD kernels for all shapes that they support; libtorch's for other shapes and on other
    /// devices.
    case native
    /// libtorch's kernels only.
    case libtorch

    /// The kernels in use, process-wide.
    @TensorActor
    public static var current: Kernels { ct_native_kernels() ? .native : .libtorch }

    /// Uses these kernels from now on. The gradient of an already recorded forward pass keeps the kernels of that pass.
    @TensorActor
    public func use() { ct_set_native_kernels(self == .native) }

    /// The instruction set of the native kernels: `avx512`, `avx2`, `neon`, or `portable`.
    public static var instructions: String { String(cString: ct_kernel_instructions()) }

    /// Makes the native kernels use a given instruction set instead of the processor's best.
    ///
    /// - Throws: `TorchError.libtorch` if the processor lacks it.
    @TensorActor
    public static func setInstructions(_ name: String) throws(TorchError) {
        try check(ct_set_kernel_instructions(name), "choosing \(name) instructions")
    }
}
