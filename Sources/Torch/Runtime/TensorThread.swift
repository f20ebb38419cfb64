import Foundation

/// The one thread that works on tensors.
///
/// Every thread that calls libtorch gets a team of worker threads of its own, which then fight for the same
/// cores; so tensor work runs here, never on Swift's cooperative pool.
public enum TensorThread {
    /// Runs `body` on the tensor thread and waits for it; at once where the caller is already on it.
    ///
    /// - Throws: what `body` throws.
    public static func run<Result>(_ body: () throws -> Result) throws -> Result {
        if Thread.current === worker.thread { return try body() }
        // The caller waits, so nothing that the body touches is touched by two threads at a time.
        nonisolated(unsafe) var outcome: Swift.Result<Result, any Error>?
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let work = body
            let job = Job { outcome = Swift.Result { try work() } }
            worker.enqueue(job)
            job.wait()
        }
        guard let outcome else { preconditionFailure("the tensor thread ended early") }
        return try outcome.get()
    }

    private static let worker = Worker()

    /// One call of `run`, handed from the caller to the worker and back.
    private final class Job: @unchecked Sendable {
        private var work: (() -> Void)?
        private let done = DispatchSemaphore(value: 0)

        init(_ work: @escaping () -> Void) { self.work = work }

        func perform() {
            finish()
            done.signal()
        }

        func wait() { done.wait() }

        /// The body does not outlive its caller, so the worker lets go of it before the caller hears that it is done.
        @inline(never) private func finish() {
            work?()
            work = nil
        }
    }

    private final class Worker: @unchecked Sendable {
        private let condition = NSCondition()
        private var queue: [Job] = []
        private(set) var thread: Thread!

        init() {
            let thread = Thread { [unowned self] in
                var job = next()
                // From inside, since Linux names only a thread that runs; and with a job at hand, since by then start()
                // has returned and the thread knows itself. Earlier the name was lost now and then.
                Thread.current.name = "tensors"
                while true {
                    autoreleasepool { job.perform() }
                    job = next()
                }
            }
            thread.stackSize = 16 << 20
            self.thread = thread
            thread.start()
        }

        func enqueue(_ job: Job) {
            condition.lock()
            queue.append(job)
            condition.signal()
            condition.unlock()
        }

        private func next() -> Job {
            condition.lock()
            defer { condition.unlock() }
            while queue.isEmpty { condition.wait() }
            return queue.removeFirst()
        }
    }
}

#if !canImport(ObjectiveC)
    /// Only Apple's Foundation leaves objects behind that a pool must collect.
    private func autoreleasepool(_ body: () -> Void) { body() }
#endif
