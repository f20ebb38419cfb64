import Foundation

/// What can go wrong between Swift and libtorch.
public enum TorchError: Error, Equatable {
    /// libtorch refused an operation; `message` is libtorch's own.
    case libtorch(operation: String, message: String)
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
        case .weights(let path, let reason): "\(path): \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .noDevice(let device):
            "there is no \(device) device on this machine, or this libtorch was built without it; use --device cpu"
        }
    }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }

    /// Whether libtorch's message, of several lines, says that memory has run out.
    private static func isOfMemory(_ message: String) -> Bool {
        ["can't allocate memory", "not enough memory", "no memory", "out of memory"].contains {
            message.localizedCaseInsensitiveContains($0)
        }
    }
}
