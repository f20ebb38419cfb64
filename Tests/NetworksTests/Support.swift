import Networks
import Testing
import Torch

/// Numbers that look random but are the same on every machine, in −1 to 1.
func scattered(_ count: Int, salt: Int = 0) -> [Float] {
    (0..<count).map { index in
        var bits = UInt64(bitPattern: Int64(index + 1_000_003 * (salt + 1))) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 31)) &* 0xBF58_476D_1CE4_E5B9
        return Float(bits >> 40) / Float(1 << 23) - 1
    }
}

/// A float32 tensor of such numbers.
@TensorActor
func scattered(_ shape: [Int], salt: Int = 0) throws -> Tensor {
    try Tensor(scattered(shape.reduce(1, *), salt: salt), shape: shape)
}

/// The bytes of every parameter and buffer, one after the other.
@TensorActor
func weightBytes(_ network: SegmentationNetwork) throws -> [UInt8] {
    try network.state.flatMap { try $0.tensor.bytes() }
}

/// Runs `body` with one thread for libtorch: the tensors of these tests are small, and on a busy machine a team whose
/// threads wait for each other costs far more than it gains.
@TensorActor
func withTensors<Result>(_ body: () throws -> Result) throws -> Result {
    try ComputeSettings(kernels: .current, threads: 1).run(body)
}
