import CTorch

/// A device that holds tensors and computes with them.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    /// The processor.
    case cpu
    /// The CUDA device with this index.
    case cuda(Int)
    /// Apple's GPU.
    case mps

    /// The fastest device of this machine: CUDA, then MPS, then the processor.
    public static var best: Device {
        if ct_has_cuda(), ct_cuda_count() > 0 { return .cuda(0) }
        return ct_has_mps() ? .mps : .cpu
    }

    /// Whether this machine and this build of libtorch support the device.
    public var isAvailable: Bool {
        switch self {
        case .cpu: true
        case .cuda(let index): ct_has_cuda() && index >= 0 && index < Int(ct_cuda_count())
        case .mps: ct_has_mps()
        }
    }

    /// The name in PyTorch: `cpu`, `cuda:0`, or `mps`.
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .mps: "mps"
        }
    }

    /// Waits until the device has finished all submitted work; returns immediately on the CPU.
    @TensorActor
    public func synchronize() throws(TorchError) {
        try check(ct_synchronize(Int32(type), Int32(index)), "synchronize")
    }

    // The numbers are those of c10::DeviceType.
    var type: Int8 {
        switch self {
        case .cpu: 0
        case .cuda: 1
        case .mps: 13
        }
    }

    var index: Int8 {
        if case .cuda(let index) = self { Int8(index) } else { -1 }
    }

    init(type: Int8, index: Int8) {
        switch type {
        case 1: self = .cuda(Int(max(index, 0)))
        case 13: self = .mps
        default: self = .cpu
        }
    }
}
