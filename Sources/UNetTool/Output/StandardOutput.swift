import ArgumentParser
import Foundation

/// Standard output, where results go.
enum StandardOutput {
    /// Prints a line of results.
    ///
    /// - Throws: `OutputError` where it cannot be written, as on a full disk; `ExitCode` of a process that ended by
    ///   SIGPIPE where the reader has gone, so that nothing more is said, as in `unet … | head`.
    static func print(_ line: String) throws { try write(Data("\(line)\n".utf8)) }

    /// Writes `bytes` as they are; throws as `print` does.
    static func write(_ bytes: Data) throws {
        let code = Descriptor.output.write(bytes)
        guard code != EPIPE else { throw ExitCode(128 + SIGPIPE) }
        guard code == 0 else { throw OutputError(code: code) }
    }

    /// Makes failures to write errors instead of ends of the process.
    ///
    /// A reader that goes away no longer ends the process at once: files that are still to be written are written. And
    /// where a descriptor was closed by whoever started the program, no file that is opened later takes its number.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) == -1 {
            // It takes the lowest number that is free. Writing to it fails.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}

/// Results that could not be printed.
struct OutputError: Error, CustomStringConvertible {
    /// The system's `errno`.
    let code: Int32

    var description: String {
        "standard output: cannot be written (\(String(cString: strerror(code)))); free some space or redirect the output, and run again"
    }
}

/// An open file, pipe or terminal, by its number.
struct Descriptor {
    let number: Int32

    static let output = Descriptor(number: STDOUT_FILENO)
    static let errors = Descriptor(number: STDERR_FILENO)

    /// Writes all of `bytes`; 0, or the `errno` of the write that failed.
    ///
    /// Nothing is held back in a buffer, so that a failure shows here and not when the process has ended.
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

    /// Whether `url` is this open file, as `/dev/stdout` is.
    func isFile(_ url: URL) -> Bool {
        var (own, other) = (stat(), stat())
        return fstat(number, &own) == 0 && stat(url.path(percentEncoded: false), &other) == 0
            && own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }
}
