import ArgumentParser

/// Several results of one command, none of which is lost because another cannot be written.
struct Deliveries {
    private var errors: [any Error] = []

    /// Writes one result.
    mutating func add(_ write: () throws -> Void) {
        do { try write() } catch { errors.append(error) }
    }

    /// Throws what went wrong, after saying all but the last of it.
    func finish(_ console: Console) throws {
        // Of a reader who has gone nothing is said.
        let spoken = errors.filter { !($0 is ExitCode) }
        for error in spoken.dropLast() { console.say("Error: \(ErrorSentence.text(error))") }
        if let error = spoken.last ?? errors.last { throw error }
    }
}
