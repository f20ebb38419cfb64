import CTorch

/// Settings of libtorch that hold for the whole process.
@TensorActor
public enum TorchRuntime {
    /// Version of the libtorch in use, such as `2.13.0`.
    public nonisolated static var version: String { String(cString: ct_version()) }

    /// Threads that libtorch's CPU operations use.
    public static var threadCount: Int { Int(ct_thread_count()) }

    /// Sets the threads of libtorch's CPU operations. Results repeat bit for bit at one count, not across counts.
    public static func setThreadCount(_ count: Int) throws(TorchError) {
        precondition(count > 0, "at least one thread")
        try check(ct_set_thread_count(Int32(count)), "setting \(count) threads")
    }

    /// Seeds libtorch's generators on every device.
    public static func seed(_ seed: UInt64) throws(TorchError) { try check(ct_seed(seed), "seeding") }

    /// State of the CPU generator, a uint8 tensor: with it dropout goes on as if never interrupted.
    public static func randomState() throws(TorchError) -> Tensor {
        try make("reading the generator") { ct_random_state($0) }
    }

    /// Puts the CPU generator back to `state`.
    public static func setRandomState(_ state: Tensor) throws(TorchError) {
        try check(ct_set_random_state(state.handle), "setting the generator")
    }

    /// Makes CUDA choose only algorithms that repeat (warning where there is none), or the fastest.
    public static func setDeterministic(_ on: Bool) throws(TorchError) {
        try check(ct_set_deterministic(on), "choosing deterministic algorithms")
    }
}
