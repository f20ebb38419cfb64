import ArgumentParser
import Foundation

/// Standard output, for results.
enum StandardOutput {
    /// Prints a line of results.
    ///
    /// - Throws: `OutputError` if it cannot be written, for example on a full disk; the `ExitCode` of a process killed
    ///   by SIGPIPE if the reader has closed the pipe, as in `unet … | head`, so that nothing more is reported.
    static func print(_ line: String) throws { try write(Data("\(line)\n".utf8)) }

    /// Writes `bytes` as they are, with the errors of `print`.
    static func write(_ bytes: Data) throws {
        let code = Descriptor.output.write(bytes)
        guard code != EPIPE else { throw ExitCode(128 + SIGPIPE) }
        guard code == 0 else { throw OutputError(code: code) }
    }

    /// Turns failures to write into errors instead of ending the process.
    ///
    /// A reader that closes the pipe no longer ends the process at once, so that pending files are still written. If
    /// the parent process closed a standard descriptor, no file opened later can take its number.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) == -1 {
            // This takes the lowest free number. Writing to it fails.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}

/// Results that could not be printed.
struct OutputError: Error, CustomStringConvertible {
    /// The `errno` of the failure.
    let code: Int32

    var description: String {
        "standard output: cannot be written (\(String(cString: strerror(code)))); free some space or redirect the output, and run again"
    }
}

/// An open file, pipe, or terminal, by its descriptor.
struct Descriptor {
    let number: Int32

    static let output = Descriptor(number: STDOUT_FILENO)
    static let errors = Descriptor(number: STDERR_FILENO)

    /// Writes all of `bytes`, and returns 0 or the `errno` of the failed write.
    ///
    /// Nothing is buffered, so failures occur here rather than at the end of the process.
    func write(_ bytes: Data) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Foundation.write(number, part.baseAddress, part.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return count < 0 ? errno : EIO }
                rest = rest.dropFirst(count)
            }
            return 0
        }
    }

    /// Returns whether `url` is this open file, such as `/dev/stdout`.
    func isFile(_ url: URL) -> Bool {
        var (own, other) = (stat(), stat())
        return fstat(number, &own) == 0 && stat(url.path(percentEncoded: false), &other) == 0
            && own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }
}
