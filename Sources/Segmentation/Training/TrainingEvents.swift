import Runs
import Synchronization

/// A training, as the sequence of its events: it begins with the first one that is asked for, and goes on with each
/// further one, so that whoever reads them never lags behind.
///
/// The last event is `TrainingEvent.finished`. Cancelling the task that reads, or leaving its loop, ends the training
/// after the step that it is at, which is kept; to the reader it then throws `SegmentationError.stopped`.
public struct TrainingEvents: AsyncSequence, Sendable {
    /// Tells the reader of an event, and returns when the next one is asked for.
    typealias Report = @Sendable (TrainingEvent) async -> Void

    private let work: @Sendable (_ report: @escaping Report) async throws -> Void

    init(_ work: @escaping @Sendable (_ report: @escaping Report) async throws -> Void) { self.work = work }

    /// Starts the training.
    public func makeAsyncIterator() -> Iterator { Iterator(work) }

    /// Trains to the end.
    ///
    /// `each`: called with every event.
    /// - Throws: what the training and `each` throw.
    @discardableResult
    public func finish(
        isolation: isolated (any Actor)? = #isolation, _ each: (TrainingEvent) throws -> Void = { _ in }
    ) async throws -> TrainingSummary {
        let iterator = makeAsyncIterator()
        var summary: TrainingSummary?
        while let event = try await iterator.next() {
            if case .finished(let found) = event { summary = found }
            try each(event)
        }
        guard let summary else { preconditionFailure("a training ends with its summary or an error") }
        return summary
    }

    /// The training and the place where its reader waits.
    public final class Iterator: AsyncIteratorProtocol, Sendable {
        private let handover = Handover()
        private let task: Task<Void, Never>

        fileprivate init(_ work: @escaping @Sendable (_ report: @escaping Report) async throws -> Void) {
            task = Task.detached { [handover] in
                await handover.waitForReader()
                do {
                    try await work { await handover.send($0) }
                    handover.end(.success(nil))
                } catch {
                    handover.end(.failure(error))
                }
            }
        }

        deinit {
            task.cancel()
            handover.close()
        }

        /// The next event; nil after the last one.
        ///
        /// - Throws: what ended the training.
        public func next() async throws -> TrainingEvent? {
            try await withTaskCancellationHandler {
                try await handover.next()
            } onCancel: { [task] in
                task.cancel()
            }
        }
    }
}

/// Hands events over one by one: the writer waits until the next one is asked for.
private final class Handover: Sendable {
    private struct State {
        var writer: CheckedContinuation<Void, Never>?
        var reader: CheckedContinuation<TrainingEvent?, any Error>?
        var event: TrainingEvent?
        var end: Result<TrainingEvent?, any Error>?
        /// Whether the first event has been asked for.
        var isWanted = false
        /// Whether nobody reads any more.
        var isClosed = false
    }

    private let state = Mutex(State())

    func waitForReader() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if !state.isWanted, !state.isClosed { state.writer = continuation }
                return state.isWanted || state.isClosed
            }
            if goesOn { continuation.resume() }
        }
    }

    func send(_ event: TrainingEvent) async {
        await withCheckedContinuation { continuation in
            let (reader, isClosed) = state.withLock { state in
                let reader = state.reader
                state.reader = nil
                if !state.isClosed {
                    state.writer = continuation
                    if reader == nil { state.event = event }
                }
                return (reader, state.isClosed)
            }
            reader?.resume(returning: event)
            if isClosed { continuation.resume() }
        }
    }

    func next() async throws -> TrainingEvent? {
        try await withCheckedThrowingContinuation { continuation in
            let (writer, found) = state.withLock {
                state -> (CheckedContinuation<Void, Never>?, Result<TrainingEvent?, any Error>?) in
                state.isWanted = true
                if let event = state.event {
                    state.event = nil
                    return (nil, .success(event))
                }
                if let end = state.end {
                    state.end = .success(nil)
                    return (nil, end)
                }
                let writer = state.writer
                state.writer = nil
                state.reader = continuation
                return (writer, nil)
            }
            writer?.resume()
            if let found { continuation.resume(with: found) }
        }
    }

    func end(_ result: Result<TrainingEvent?, any Error>) {
        let reader = state.withLock { state in
            let reader = state.reader
            state.reader = nil
            state.end = reader == nil ? result : .success(nil)
            return reader
        }
        reader?.resume(with: result)
    }

    func close() {
        let writer = state.withLock { state in
            state.isClosed = true
            let writer = state.writer
            state.writer = nil
            return writer
        }
        writer?.resume()
    }
}
