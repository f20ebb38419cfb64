import Torch

/// Runs `body` with one thread for libtorch: the tensors of these tests are small, and on a busy machine a team whose
/// threads wait for each other costs far more than it gains.
@TensorActor
func withTensors<Result>(_ body: () async throws -> Result) async throws -> Result {
    let before = TorchRuntime.threadCount
    try TorchRuntime.setThreadCount(1)
    defer { try? TorchRuntime.setThreadCount(before) }
    return try await body()
}
