import Foundation

/// A folder filled under a hidden name that takes its final name only once all of it is written.
///
/// A failed process leaves nothing; a killed one leaves a hidden folder, which the next process that writes to the same
/// place removes. A new folder is filled next to its final place and appears at once. An existing empty folder, which
/// can be a mounted disk, is filled from a hidden folder inside it, whose contents are moved up one by one.
public struct StagedFolder: ~Copyable {
    /// The folder to write to.
    public let url: URL
    private let target: URL
    private let isInside: Bool
    private let madeFolders: [String]
    private let descriptor: Int32
    private var isCommitted = false

    /// Creates a hidden folder that will become `target`.
    ///
    /// - Throws: a `FileError.cannotWrite` that names `target`.
    public init(_ target: URL) throws(FileError) {
        let path = target.relativePath
        let whole = target.standardizedFileURL
        var status = stat()
        let isInside = stat(whole.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        let container = isInside ? whole : whole.deletingLastPathComponent()
        let madeFolders = isInside ? [] : Folder.missing(container)
        do { try Folder.make(container) } catch {
            guard case .cannotWrite(_, let code) = error else { throw error }
            // The folder above is a file.
            throw .cannotWrite(path: path, code: code == EEXIST ? ENOTDIR : code)
        }
        // Forty Unicode scalars take at most 160 bytes; a name can have 255, including the random number.
        let start = ".\(String(whole.lastPathComponent.unicodeScalars.prefix(40)))."
        Self.removeAbandoned(in: container, start: start)
        let name = "\(start)\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        let url = container.appending(path: name)
        guard mkdir(url.path, 0o777) == 0 else {
            let code = errno
            Folder.removeEmpty(madeFolders)
            throw .cannotWrite(path: path, code: code)
        }
        // Lock the folder while it is being written. On a file system without locks, nothing is ever removed.
        let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 { _ = flock(descriptor, LOCK_EX | LOCK_NB) }
        self.url = url
        self.target = target
        self.isInside = isInside
        self.madeFolders = madeFolders
        self.descriptor = descriptor
    }

    /// Gives the folder its final name.
    ///
    /// - Parameter last: the entry to move last if the target exists already: the file without which the rest does not
    ///   count.
    /// - Throws: `FileError.cannotWrite`; the target is then unchanged.
    public consuming func commit(last: String) throws(FileError) {
        if descriptor >= 0 { fsync(descriptor) }
        let code =
            isInside ? moveUp(last: last) : rename(url.path, target.standardizedFileURL.path) == 0 ? 0 : errno
        guard code == 0 else { throw .cannotWrite(path: target.relativePath, code: code) }
        isCommitted = true
        let folder = open(
            isInside ? target.path : target.standardizedFileURL.deletingLastPathComponent().path,
            O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    deinit {
        if !isCommitted {
            try? FileManager.default.removeItem(at: url)
            Folder.removeEmpty(madeFolders)
        }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Moves all contents into the enclosing folder, or none. Returns the `errno` of a failed move, or 0.
    private func moveUp(last: String) -> Int32 {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
        var moved: [String] = []
        for name in names.filter({ $0 != last }) + names.filter({ $0 == last }) {
            let (from, to) = (url.appending(path: name).path, target.appending(path: name).path)
            guard rename(from, to) == 0 else {
                let code = errno
                for name in moved {
                    rename(target.appending(path: name).path, url.appending(path: name).path)
                }
                return code
            }
            moved.append(name)
        }
        rmdir(url.path)
        return 0
    }

    /// Removes hidden folders that killed processes left for the same target.
    private static func removeAbandoned(in container: URL, start: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: container.path)) ?? []
        for name in names where name.hasPrefix(start) && name.hasSuffix(".tmp") {
            guard !name.dropFirst(start.count).dropLast(4).contains(".") else { continue }
            let folder = container.appending(path: name)
            let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(at: folder) }
            close(descriptor)
        }
    }
}
