import CKernels
import Dispatch
import Synchronization

/// The instruction sets that this machine can run.
let instructionSets = [ck_isa_portable, ck_isa_neon, ck_isa_avx2, ck_isa_avx512].filter {
    ck_isa_available($0)
}

/// What a kernel hands to `parallel`. The kernel waits until all tasks are done, so the pointer stays valid.
private struct Work: @unchecked Sendable {
    let body: ck_body
    let argument: UnsafeMutableRawPointer?
}

/// Runs `use` with a team of `threads` threads of Dispatch's pool.
func withTeam<T>(_ isa: ck_isa, threads: Int = 1, _ use: (UnsafePointer<ck_team>) throws -> T) rethrows -> T {
    var count = threads
    return try withUnsafeMutableBytes(of: &count) { context in
        var team = ck_team(isa: isa, threads: Int32(threads), parallel: nil, context: context.baseAddress)
        if threads > 1 {
            team.parallel = { context, tasks, body, argument in
                let threads = context!.load(as: Int.self)
                let next = Atomic<Int>(0)
                let work = Work(body: body, argument: argument)
                DispatchQueue.concurrentPerform(iterations: threads) { thread in
                    while true {
                        let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
                        if task >= Int(tasks) { return }
                        work.body(work.argument, Int32(task), Int32(thread))
                    }
                }
            }
        }
        return try use(&team)
    }
}

/// Memory for packed weights and scratch: aligned to 64 bytes, and full of NaN. Its pointers do not keep it alive:
/// `withExtendedLifetime`.
final class AlignedMemory {
    let raw: UnsafeMutableRawPointer
    var floats: UnsafeMutablePointer<Float> { raw.assumingMemoryBound(to: Float.self) }

    init(bytes: Int) {
        raw = .allocate(byteCount: max(bytes, 64), alignment: 64)
        raw.initializeMemory(as: UInt8.self, repeating: 0xff, count: max(bytes, 64))
    }

    deinit { raw.deallocate() }
}
