import Foundation
import Synchronization

/// Counts what is done on several threads, and tells of it one at a time.
package final class ProgressCount: Sendable {
    private let done = Mutex(0)
    private let report: (@Sendable (Int) -> Void)?

    /// A count from 0, of which `report` is told.
    package init(_ report: (@Sendable (Int) -> Void)?) { self.report = report }

    /// One more is done.
    package func countOne() {
        done.withLock { done in
            done += 1
            report?(done)
        }
    }
}

extension Array where Element: Sendable {
    /// `transform` of every element, on all processors; results are in the order of the elements.
    ///
    /// - Parameters:
    ///   - progress: called after every element with the number of those done; from several threads, one at a time.
    ///   - transform: called once for every element, from several threads.
    package func parallelMap<Result: Sendable>(
        progress: (@Sendable (Int) -> Void)? = nil, _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        let results = Mutex([Result?](repeating: nil, count: count))
        let meter = ProgressCount(progress)
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let result = transform(self[index])
            results.withLock { $0[index] = result }
            meter.countOne()
        }
        return results.withLock { $0.map { $0! } }
    }

    /// The same for a transform that may fail: once it has, no further element is begun.
    ///
    /// - Throws: the first error.
    package func parallelMap<Result: Sendable, Failure: Error>(
        progress: (@Sendable (Int) -> Void)? = nil,
        _ transform: @Sendable (Element) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let failure = Mutex<Failure?>(nil)
        let meter = ProgressCount(progress)
        let results: [Result?] = parallelMap { element -> Result? in
            guard failure.withLock({ $0 == nil }) else { return nil }
            do throws(Failure) {
                let result = try transform(element)
                meter.countOne()
                return result
            } catch {
                failure.withLock { $0 = $0 ?? error }
                return nil
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return results.compactMap(\.self)
    }
}
