import ArgumentParser
import Files
import Foundation

/// A user-specified file for results.
struct ResultFile {
    let url: URL

    /// Whether it is standard output, to which nothing else is then written.
    var isStandardOutput: Bool { Descriptor.output.isFile(url) }

    /// Writes `bytes`, atomically to a file or directly to a pipe or a device such as `/dev/null`.
    ///
    /// - Throws: `FileError` with the file, or errors of `StandardOutput.write`.
    func write(_ bytes: Data) throws {
        if isStandardOutput { return try StandardOutput.write(bytes) }
        var status = stat()
        let path = url.path(percentEncoded: false)
        guard stat(path, &status) == 0, [S_IFCHR, S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else {
            return try AtomicFile.write(bytes, to: url)
        }
        let number = open(path, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { throw FileError.cannotWrite(path: url.relativePath, code: errno) }
        let code = Descriptor(number: number).write(bytes)
        let closing = close(number) == 0 ? 0 : errno
        guard code == 0, closing == 0 else {
            throw FileError.cannotWrite(path: url.relativePath, code: code == 0 ? closing : code)
        }
    }
}

extension PathArgument {
    /// The path as a file for results.
    var results: ResultFile { ResultFile(url: url) }
}

/// The results of a command, each of which is written even if another cannot be.
struct Deliveries {
    private var errors: [any Error] = []

    /// Writes a result.
    mutating func add(_ write: () throws -> Void) {
        do { try write() } catch { errors.append(error) }
    }

    /// Reports all errors except the last, which it throws.
    func finish(_ console: Console) throws {
        // A closed pipe is not reported.
        let spoken = errors.filter { !($0 is ExitCode) }
        for error in spoken.dropLast() { console.say("Error: \(ErrorSentence.text(error))") }
        if let error = spoken.last ?? errors.last { throw error }
    }
}
