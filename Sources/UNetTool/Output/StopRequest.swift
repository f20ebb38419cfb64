import Foundation
import Synchronization

/// Ctrl-C and SIGTERM as a wish to stop, for work that can end well. A second signal ends the program at once.
enum StopRequest {
    // Handlers of signals can reach nothing but globals, and signals are the process's own.
    private static let received = Atomic<Int32>(0)
    private static let signals = [SIGINT, SIGTERM]

    /// The signal that was received, if any.
    static var signal: Int32? {
        let number = received.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// Runs `body`, during which a first signal does nothing but set `signal`.
    static func during<Result>(_ body: () throws -> Result) rethrows -> Result {
        listen()
        defer { for number in signals where !isIgnored(number) { Foundation.signal(number, SIG_DFL) } }
        return try body()
    }

    private static func listen() {
        // Made before a handler asks for it.
        received.store(0, ordering: .releasing)
        // A parent whose thread blocks them, as threads of Dispatch do, hands that on.
        var listened = sigset_t()
        sigemptyset(&listened)
        for number in signals { sigaddset(&listened, number) }
        pthread_sigmask(SIG_UNBLOCK, &listened, nil)
        for number in signals where !isIgnored(number) {
            Foundation.signal(number) { number in
                StopRequest.received.store(number, ordering: .releasing)
                Foundation.signal(SIGINT, SIG_DFL)
                Foundation.signal(SIGTERM, SIG_DFL)
            }
        }
    }

    /// Whether the program was started to ignore it, as in the background of a script.
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
