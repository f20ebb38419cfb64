import Foundation
import Synchronization

extension Array where Element: Sendable {
    /// Returns the results of `transform` for all elements, in their order, computed on all processors.
    ///
    /// - Parameters:
    ///   - progress: called after every element with the number done so far; from several threads, one at a time.
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

    /// Does the same for a throwing transform: after an error, no further elements are started.
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

/// A counter of work done on several threads, which it reports one step at a time.
package final class ProgressCount: Sendable {
    private let done = Mutex(0)
    private let report: (@Sendable (Int) -> Void)?

    /// Creates a counter at 0 that passes each new count to `report`.
    package init(_ report: (@Sendable (Int) -> Void)?) { self.report = report }

    /// Counts one more step.
    package func countOne() {
        done.withLock { done in
            done += 1
            report?(done)
        }
    }
}
