import Foundation
import Testing
import Torch

@Suite struct TensorActorTests {
    @Test func everyCallRunsOnTheSameThread() async throws {
        let here = await TensorActor.run { ObjectIdentifier(Thread.current) }
        #expect(here != thisThread())
        #expect(await TensorActor.run { Thread.current.name } == "tensors")
        await withTaskGroup(of: ObjectIdentifier.self) { group in
            for _ in 0..<50 {
                group.addTask { await TensorActor.run { ObjectIdentifier(Thread.current) } }
            }
            for await thread in group { #expect(thread == here) }
        }
    }

    @Test func errorsPassThroughAndLeaveTheActorWorking() async throws {
        struct Stop: Error, Equatable { let value: Int }
        for value in 0..<3 {
            await #expect(throws: Stop(value: value)) {
                try await TensorActor.run { throw Stop(value: value) }
            }
        }
        await #expect(
            throws: TorchError.libtorch(
                operation: "reshape of [2] to [3]", message: "shape '[3]' is invalid for input of size 2")
        ) {
            try await TensorActor.run { _ = try Tensor.ones([2]).reshaped([3]) }
        }
        #expect(try await TensorActor.run { try Tensor.ones([2]).sum().item() } == 2)
    }

    @Test func jobsNeverOverlap() async throws {
        final class Guarded: @unchecked Sendable { var total = 0 }
        let guarded = Guarded()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<2000 { await TensorActor.run { guarded.total += 1 } }
                }
            }
        }
        #expect(guarded.total == 16_000)
    }

    @Test func tensorsMayBeLetGoElsewhere() async throws {
        // Other suites make tensors on the same actor, so the count is of no use here; a crash would tell.
        for _ in 0..<100 {
            let tensor = try await Tensor.ones([100])
            #expect(await tensor.count == 100)
        }
    }
}

@TensorActor @Suite(.serialized) struct ComputeSettingsTests {
    @Test func settingsHoldForOneJobOnly() throws {
        let before = ComputeSettings(kernels: .current, threads: TorchRuntime.threadCount)
        let other = ComputeSettings(
            kernels: before.kernels == .native ? .libtorch : .native, threads: before.threads + 1)
        let inside = try other.run {
            ComputeSettings(kernels: .current, threads: TorchRuntime.threadCount)
        }
        #expect(inside == other)
        #expect(throws: CancellationError.self) { try other.run { throw CancellationError() } }
        #expect(ComputeSettings(kernels: .current, threads: TorchRuntime.threadCount) == before)
    }

    @Test func streamsOfRandomNumbersDoNotMix() throws {
        @TensorActor func draw(_ stream: RandomStream) throws -> [Float] {
            try stream.run { try Tensor.uniform([5]).array() }
        }
        let alone = try RandomStream(seed: 7)
        let (first, second) = (try draw(alone), try draw(alone))
        #expect(first != second)
        try TorchRuntime.seed(1)
        let outside: [Float] = try Tensor.uniform([5]).array()
        try TorchRuntime.seed(1)
        let (one, other) = (try RandomStream(seed: 7), try RandomStream(seed: 8))
        #expect(try draw(one) == first)
        #expect(try draw(other) != first)
        #expect(try Tensor.uniform([5]).array() == outside)
        #expect(try draw(one) == second)
    }

    @Test func aStreamGoesOnFromItsState() throws {
        let stream = try RandomStream(seed: 3)
        _ = try stream.run { try Tensor.normal([3]) }
        let other = try RandomStream(seed: 4)
        other.state = stream.state
        let (found, wanted): ([Float], [Float]) = (
            try other.run { try Tensor.normal([3]).array() },
            try stream.run { try Tensor.normal([3]).array() }
        )
        #expect(found == wanted)
    }
}

private func thisThread() -> ObjectIdentifier { ObjectIdentifier(Thread.current) }
