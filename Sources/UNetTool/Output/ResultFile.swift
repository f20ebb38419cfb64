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
