import Foundation

/// The actor of all tensors, modules, and optimizers, on its own thread.
///
/// Every thread that calls libtorch gets its own team of worker threads, which would compete for the same cores. Tensor
/// work therefore runs on one thread, never on Swift's cooperative pool, and isolation to this actor lets the compiler
/// check it. From elsewhere, call isolated functions with `await`, or run several in one call to `TensorActor.run`.
@globalActor public actor TensorActor {
    /// The shared actor.
    public static let shared = TensorActor()

    private nonisolated let executor = TensorExecutor()

    /// The executor of the actor's thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` on the actor, without interruption by other jobs.
    ///
    /// - Throws: Errors of `body`.
    public static func run<Result: Sendable, Failure: Error>(
        _ body: @TensorActor () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await body()
    }
}

/// An executor that runs jobs one after another on a thread named `tensors`.
private final class TensorExecutor: SerialExecutor, @unchecked Sendable {
    // The condition guards everything except the thread, which is set before any job can access it.
    private let condition = NSCondition()
    private var queue: [UnownedJob] = []
    private var thread: Thread!

    init() {
        let thread = Thread { [unowned self] in
            var job = next()
            // Named from inside, since Linux names only a running thread, and once there is a job, when start() has
            // returned and Thread.current is set. Earlier, the name is sometimes lost.
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
    /// A substitute without a pool, since only Apple's Foundation autoreleases objects.
    private func autoreleasepool(_ body: () -> Void) { body() }
#endif
