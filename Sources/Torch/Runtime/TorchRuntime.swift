import CTorch
import Foundation

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

/// What can go wrong between Swift and libtorch.
public enum TorchError: Error, Equatable {
    /// libtorch refused an operation; `message` is libtorch's own.
    case libtorch(operation: String, message: String)
    /// Tensors of shapes that do not fit an operation or each other; `expected` says which would.
    case shapes(operation: String, found: [[Int]], expected: String)
    /// A file does not hold what the network needs; `reason` says which tensor and why.
    case weights(path: String, reason: String)
    /// A file could not be read or written; `reason` is the system's.
    case file(path: String, reason: String)
    /// This libtorch or this machine has no such device.
    case noDevice(Device)
}

extension TorchError: CustomStringConvertible, LocalizedError {
    /// One sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .libtorch(let operation, let message) where Self.isOfMemory(message):
            "there is not enough memory for \(operation); use smaller images, fewer at a time, or a smaller network"
        case .libtorch(let operation, let message): "libtorch failed in \(operation): \(message)"
        case .shapes(let operation, let found, let expected):
            "\(operation) cannot be computed from \(found.isEmpty ? "no tensors" : "tensors of shape \(found.map { "\($0)" }.joined(separator: " and "))"); use \(expected)"
        case .weights(let path, let reason): "\(path): \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .noDevice(let device):
            "\(Self.lack(of: device)); use the CPU"
        }
    }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }

    /// What happened where there is no `device`.
    package static func lack(of device: Device) -> String {
        "there is no \(device) device on this machine, or this libtorch was built without it"
    }

    /// Whether libtorch's message, of several lines, says that memory has run out.
    private static func isOfMemory(_ message: String) -> Bool {
        ["can't allocate memory", "not enough memory", "no memory", "out of memory"].contains {
            message.localizedCaseInsensitiveContains($0)
        }
    }
}
