import Foundation
import Imaging
import Runs
import Segmentation
import Synchronization

/// A request by Ctrl-C or SIGTERM to stop work gracefully. A second signal ends the program at once.
enum StopRequest {
    // Signal handlers can access only globals, and signals are process-wide.
    private static let received = Atomic<Int32>(0)
    private static let signals = [SIGINT, SIGTERM]

    /// The received signal, if any.
    static var signal: Int32? {
        let number = received.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// Runs `body` in a task that the first signal cancels.
    ///
    /// - Throws: Errors of `body`.
    static func canceling<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result)
        async throws -> Result
    {
        // Initialized before a handler accesses it.
        received.store(0, ordering: .releasing)
        for number in signals where !isIgnored(number) {
            Foundation.signal(number) { number in
                StopRequest.received.store(number, ordering: .releasing)
                Foundation.signal(SIGINT, SIG_DFL)
                Foundation.signal(SIGTERM, SIG_DFL)
            }
        }
        defer { for number in signals where !isIgnored(number) { Foundation.signal(number, SIG_DFL) } }
        let task = Task { try await body() }
        let watch = Watch { task.cancel() }
        defer { watch.end() }
        return try await task.value
    }

    /// A thread that watches for a signal.
    ///
    /// It unblocks the signals for itself, since Dispatch's threads block them and the parent process may have done so
    /// too.
    private final class Watch: Sendable {
        private let isOver = Atomic(false)

        init(_ act: @escaping @Sendable () -> Void) {
            let thread = Thread { [self] in
                var listened = sigset_t()
                sigemptyset(&listened)
                for number in signals { sigaddset(&listened, number) }
                pthread_sigmask(SIG_UNBLOCK, &listened, nil)
                while !isOver.load(ordering: .acquiring) {
                    if StopRequest.signal != nil { return act() }
                    usleep(10_000)
                }
            }
            thread.name = "signals"
            thread.start()
        }

        func end() { isOver.store(true, ordering: .releasing) }
    }

    /// Returns whether the program was started with the signal ignored, as in the background of a script.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
            let handler = action.__sigaction_u.__sa_handler
        #else
            let handler = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

/// A report of what a component rule removed from predictions.
struct Cleaning {
    /// The rule.
    var rule: ComponentRule
    private var voxels = 0
    private var scans: Set<PredictionInput> = []

    init(rule: ComponentRule) { self.rule = rule }

    /// Counts what was removed from a frame, and returns a warning for each structure that was removed entirely.
    mutating func note(_ result: PredictionJob.Segmented) -> [String] {
        guard !result.removals.isEmpty else { return [] }
        scans.insert(result.input)
        voxels += result.removals.reduce(0) { $0 + $1.removed }
        let frame = result.isOfSeries ? ", frame \(result.frame + 1)" : ""
        return result.removals.filter(\.isComplete).map { removal in
            "\(result.input.url.path(percentEncoded: false))\(frame): \(removal.structure.name) was removed entirely "
                + "(\(counted(removal.removed))), because it is separate from the rest of the heart; look at the scan, or "
                + "use --keep largest to keep it"
        }
    }

    /// A line on the rule and the total that it removed; nil if it keeps all components.
    var summary: String? {
        let kept: String
        switch rule {
        case .all: return nil
        case .largest: kept = "kept the largest component of each structure"
        case .heart:
            kept =
                "kept the heart (the largest component of all structures together) and the largest component of each structure within it"
        }
        return voxels == 0
            ? "\(kept); nothing was removed"
            : "\(kept); removed \(counted(voxels)) from \(scans.count) scan\(scans.count == 1 ? "" : "s")"
    }

    private func counted(_ voxels: Int) -> String { "\(voxels) voxel\(voxels == 1 ? "" : "s")" }
}
