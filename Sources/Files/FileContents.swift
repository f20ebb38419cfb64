import Foundation

/// Reading whole files.
public enum FileContents {
    /// The bytes of `url`, mapped into memory: they are fetched as they are used.
    ///
    /// - Throws: `FileError.cannotRead` that names `url`, for a folder too.
    public static func mapped(_ url: URL) throws(FileError) -> Data {
        let path = url.path(percentEncoded: false)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, system: lastError()) }
        defer { close(descriptor) }
        // Folders can be opened; reading from one, even nothing, says what it is.
        var nothing: UInt8 = 0
        guard read(descriptor, &nothing, 0) == 0 else { throw .cannotRead(path: path, system: lastError()) }
        do { return try Data(contentsOf: url, options: .alwaysMapped) } catch {
            throw .cannotRead(path: path, system: error.localizedDescription)
        }
    }
}
