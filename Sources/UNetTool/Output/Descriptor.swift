import Foundation

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
