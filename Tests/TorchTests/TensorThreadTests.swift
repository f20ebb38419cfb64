import Foundation
import Testing
import Torch

@Suite struct TensorThreadTests {
    @Test func everyCallRunsOnTheSameThread() async throws {
        let here = try TensorThread.run { ObjectIdentifier(Thread.current) }
        #expect(here != thisThread())
        #expect(try TensorThread.run { Thread.current.name } == "tensors")
        try await withThrowingTaskGroup(of: ObjectIdentifier.self) { group in
            for _ in 0..<50 {
                group.addTask { try TensorThread.run { ObjectIdentifier(Thread.current) } }
            }
            for try await thread in group { #expect(thread == here) }
        }
    }

    @Test func callsWithinCallsRunAtOnce() throws {
        var order: [Int] = []
        let result = try TensorThread.run {
            order.append(1)
            let inner = try TensorThread.run {
                order.append(2)
                return try TensorThread.run { 40 }
            }
            order.append(3)
            return inner + 2
        }
        #expect(result == 42 && order == [1, 2, 3])
    }

    @Test func errorsPassThroughAndLeaveTheThreadWorking() throws {
        struct Stop: Error, Equatable { let value: Int }
        for value in 0..<3 {
            #expect(throws: Stop(value: value)) { try TensorThread.run { throw Stop(value: value) } }
        }
        #expect(throws: Stop(value: 7)) {
            try TensorThread.run { try TensorThread.run { throw Stop(value: 7) } }
        }
        #expect(
            throws: TorchError.libtorch(
                operation: "reshape of [2] to [3]", message: "shape '[3]' is invalid for input of size 2")
        ) {
            try TensorThread.run { _ = try Tensor.ones([2]).reshaped([3]) }
        }
        #expect(try TensorThread.run { try Tensor.ones([2]).sum().item() } == 2)
    }

    @Test func bodiesNeverOverlapAndAreLetGoBeforeTheirCallerGoesOn() async throws {
        final class Guarded: @unchecked Sendable { var total = 0 }
        let guarded = Guarded()
        // Many short calls: a worker that still holds a body when its caller goes on is stopped by the runtime.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<2000 { try? TensorThread.run { guarded.total += 1 } }
                }
            }
        }
        #expect(guarded.total == 16_000)
    }
}

private func thisThread() -> ObjectIdentifier { ObjectIdentifier(Thread.current) }
