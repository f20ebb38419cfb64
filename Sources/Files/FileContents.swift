import Foundation

/// Reading whole files.
///
/// All throw `FileError` that names the file: `cannotRead`, for a folder too, and `notRegular` for pipes, sockets and
/// devices, at which a reader would wait for ever.
public enum FileContents {
    /// The largest description that is read: 64 MiB.
    public static let longestDescription = 1 << 26

    /// The bytes of `url`, mapped into memory: they are fetched as they are used.
    ///
    /// For large files of which each byte is copied elsewhere once, such as weights.
    public static func mapped(_ url: URL) throws(FileError) -> Data { try OpenFile(url).mapped() }

    /// The first `limit` bytes of `url`, or all of them, read into memory.
    ///
    /// For what is decoded or kept: it cannot change or vanish under the reader.
    public static func bytes(_ url: URL, limit: Int = .max) throws(FileError) -> [UInt8] {
        try OpenFile(url).bytes(count: limit)
    }

    /// The bytes of a text that describes data, such as JSON.
    ///
    /// - Throws: `FileError.tooLarge` above 64 MiB as well.
    public static func description(_ url: URL) throws(FileError) -> Data {
        let file = try OpenFile(url)
        guard file.size <= longestDescription else {
            throw .tooLarge(path: file.path, size: file.size, limit: longestDescription)
        }
        return Data(try file.bytes(count: longestDescription))
    }
}
