import ArgumentParser
import Files
import Foundation

/// A file that results are written to because somebody named it.
struct ResultFile {
    let url: URL

    /// Whether it is standard output, which then holds nothing else.
    var isStandardOutput: Bool { Descriptor.output.isFile(url) }

    /// Writes `bytes`: all or nothing to a file, and straight into a pipe or a device such as `/dev/null`.
    ///
    /// - Throws: `FileError` that names the file; as `StandardOutput.write` where it is that.
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
    /// The file as one for results.
    var results: ResultFile { ResultFile(url: url) }
}

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
