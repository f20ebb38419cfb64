import Foundation

/// The actor that all tensors, modules and optimizers belong to, on a thread of its own.
///
/// Every thread that calls libtorch gets a team of worker threads of its own, which then fight for the same cores; so
/// tensor work runs on one thread, never on Swift's cooperative pool. Isolation to this actor lets the compiler check
/// it. From elsewhere, call isolated functions with `await`, or run several of them in one go with `TensorActor.run`.
@globalActor public actor TensorActor {
    /// The actor.
    public static let shared = TensorActor()

    private nonisolated let executor = TensorExecutor()

    /// The actor's thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` on the actor, without interruption by other jobs.
    ///
    /// - Throws: what `body` throws.
    public static func run<Result: Sendable, Failure: Error>(
        _ body: @TensorActor () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await body()
    }
}

/// Runs jobs one after the other on a thread called `tensors`.
private final class TensorExecutor: SerialExecutor, @unchecked Sendable {
    // All of it is guarded by the condition, except for the thread, which is set before any job can ask for it.
    private let condition = NSCondition()
    private var queue: [UnownedJob] = []
    private var thread: Thread!

    init() {
        let thread = Thread { [unowned self] in
            var job = next()
            // From inside, since Linux names only a thread that runs; and with a job at hand, since by then start() has
            // returned and the thread knows itself. Earlier the name is lost now and then.
            Thread.current.name = "tensors"
            while true {
                autoreleasepool { job.runSynchronously(on: asUnownedSerialExecutor()) }
                job = next()
            }
        }
        thread.stackSize = 16 << 20
        self.thread = thread
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        queue.append(job)
        condition.signal()
        condition.unlock()
    }

    func checkIsolated() { precondition(Thread.current === thread, "not on the thread of tensors") }

    private func next() -> UnownedJob {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty { condition.wait() }
        return queue.removeFirst()
    }
}

#if !canImport(ObjectiveC)
    /// Only Apple's Foundation leaves objects behind that a pool must collect.
    private func autoreleasepool(_ body: () -> Void) { body() }
#endif
