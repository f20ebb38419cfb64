import Foundation

/// The one thread that works on tensors.
///
/// Every thread that calls libtorch gets a team of worker threads of its own, which then fight for the same
/// cores; so tensor work runs here, never on Swift's cooperative pool.
public enum TensorThread {
    /// Runs `body` on the tensor thread and waits for it; at once where the caller is already on it.
    public static func run<Result>(_ body: () throws -> Result) throws -> Result {
        if Thread.current === worker.thread { return try body() }
        // The caller waits, so nothing that the body touches is touched by two threads at a time.
        nonisolated(unsafe) var outcome: Swift.Result<Result, any Error>?
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let work = body
            let done = DispatchSemaphore(value: 0)
            worker.enqueue {
                outcome = Swift.Result { try work() }
                done.signal()
            }
            done.wait()
        }
        guard let outcome else { preconditionFailure("the tensor thread ended early") }
        return try outcome.get()
    }

    private static let worker = Worker()

    private final class Worker: @unchecked Sendable {
        private let condition = NSCondition()
        private var queue: [() -> Void] = []
        private(set) var thread: Thread!

        init() {
            let thread = Thread { [unowned self] in
                while true { next()() }
            }
            thread.name = "tensors"
            thread.stackSize = 16 << 20
            self.thread = thread
            thread.start()
        }

        func enqueue(_ work: @escaping @Sendable () -> Void) {
            condition.lock()
            queue.append(work)
            condition.signal()
            condition.unlock()
        }

        private func next() -> () -> Void {
            condition.lock()
            defer { condition.unlock() }
            while queue.isEmpty { condition.wait() }
            return queue.removeFirst()
        }
    }
}
