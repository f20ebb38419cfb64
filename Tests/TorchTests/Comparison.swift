import Testing
import Torch

/// Expects every value within `tolerance` of what is wanted, and names the first that is not.
@TensorActor
func expectClose(
    _ found: [Float], _ wanted: [Double], within tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(found.map(Double.init), wanted, within: tolerance, sourceLocation: sourceLocation)
}

/// The same in double precision.
@TensorActor
func expectClose(
    _ found: [Double], _ wanted: [Double], within tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard found.count == wanted.count else {
        Issue.record("\(found.count) values, wanted \(wanted.count)", sourceLocation: sourceLocation)
        return
    }
    // Written so that NaN is a difference too.
    let first = found.indices.first { !(abs(found[$0] - wanted[$0]) <= tolerance) }
    if let first {
        Issue.record(
            "value \(first) is \(found[first]), wanted \(wanted[first]) ± \(tolerance)",
            sourceLocation: sourceLocation)
    }
}

/// The values of a float32 tensor.
@TensorActor
func values(_ tensor: Tensor) throws -> [Float] { try tensor.array(of: Float.self) }

/// The values of a float64 tensor.
@TensorActor
func doubles(_ tensor: Tensor) throws -> [Double] { try tensor.array(of: Double.self) }

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

/// libtorch's own message for the call in `body`, with the operation it names.
@TensorActor
func refusal(_ body: () throws -> Void) -> (operation: String, message: String)? {
    do {
        try body()
        return nil
    } catch TorchError.libtorch(let operation, let message) {
        return (operation, message)
    } catch {
        return nil
    }
}

/// Runs `body` with one thread for libtorch: the tensors of these tests are small, and on a busy machine a team whose
/// threads wait for each other costs far more than it gains.
@TensorActor
func withTensors<Result>(_ body: () throws -> Result) throws -> Result {
    try ComputeSettings(kernels: .current, threads: 1).run(body)
}
