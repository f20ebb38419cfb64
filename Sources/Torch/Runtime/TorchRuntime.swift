import CTorch
import Foundation

/// The process-wide settings of libtorch.
@TensorActor
public enum TorchRuntime {
    /// The version of libtorch, such as `2.13.0`.
    public nonisolated static var version: String { String(cString: ct_version()) }

    /// The number of threads of libtorch's CPU operations.
    public static var threadCount: Int { Int(ct_thread_count()) }

    /// Sets the number of threads of libtorch's CPU operations. Results are reproducible bit for bit with the same
    /// number, but not across numbers.
    public static func setThreadCount(_ count: Int) throws(TorchError) {
        precondition(count > 0, "at least one thread")
        try check(ct_set_thread_count(Int32(count)), "setting \(count) threads")
    }

    /// Seeds libtorch's generators on every device.
    public static func seed(_ seed: UInt64) throws(TorchError) { try check(ct_seed(seed), "seeding") }

    /// Returns the state of the CPU generator, a uint8 tensor, with which dropout resumes as if never interrupted.
    public static func randomState() throws(TorchError) -> Tensor {
        try make("reading the generator") { ct_random_state($0) }
    }

    /// Restores the CPU generator to `state`.
    public static func setRandomState(_ state: Tensor) throws(TorchError) {
        try check(ct_set_random_state(state.handle), "setting the generator")
    }

    /// Makes CUDA choose only deterministic algorithms (with a warning if there is none), or the fastest ones.
    public static func setDeterministic(_ on: Bool) throws(TorchError) {
        try check(ct_set_deterministic(on), "choosing deterministic algorithms")
    }
}

/// An error in the use of libtorch.
public enum TorchError: Error, Equatable {
    /// libtorch failed in an operation; `message` is its own.
    case libtorch(operation: String, message: String)
    /// The shapes of tensors do not fit an operation or each other; `expected` describes those that would.
    case shapes(operation: String, found: [[Int]], expected: String)
    /// A file does not contain what the network needs; `reason` states which tensor and why.
    case weights(path: String, reason: String)
    /// A file could not be read or written; `reason` is the system's.
    case file(path: String, reason: String)
    /// This machine or this build of libtorch has no such device.
    case noDevice(Device)
}

extension TorchError: CustomStringConvertible, LocalizedError {
    /// A sentence that states what happened and what to do.
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

    /// Returns the explanation for a missing `device`.
    package static func lack(of device: Device) -> String {
        "there is no \(device) device on this machine, or this libtorch was built without it"
    }

    /// Returns whether libtorch's multiline message states that memory has run out.
    private static func isOfMemory(_ message: String) -> Bool {
        ["can't allocate memory", "not enough memory", "no memory", "out of memory"].contains {
            message.localizedCaseInsensitiveContains($0)
        }
    }
}
