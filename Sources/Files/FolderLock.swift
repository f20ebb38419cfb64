import Foundation

/// A lock on a folder that excludes other processes that ask for the same lock.
///
/// The system releases the lock when the process ends, however it ends, so a killed process leaves at most an empty
/// hidden file, which the next process takes over. Two locks of one process exclude each other too.
public final class FolderLock {
    /// Why a folder was not locked.
    public enum Failure: Error, Hashable {
        /// Another process, or this one, has locked the folder.
        case held
        /// The folder cannot be created or written to.
        case file(FileError)
    }

    /// Whether the lock excludes others: false on file systems without locks, as some network file systems are.
    public let isEnforced: Bool
    private let descriptor: Int32
    private let file: String
    private let madeFolders: [String]
    private var isReleased = false

    /// Locks `folder` with a hidden file in it, creating the folder if needed.
    ///
    /// - Parameters:
    ///   - folder: the folder to lock.
    ///   - name: the hidden file's name; locks with other names do not exclude this one.
    ///   - waits: whether to wait until others release the lock, instead of failing.
    public init(_ folder: URL, name: String = ".lock", waits: Bool = false) throws(Failure) {
        madeFolders = Folder.missing(folder)
        file = folder.appending(path: name).path
        do { try Folder.make(folder) } catch { throw .file(error) }
        var found: (descriptor: Int32, isEnforced: Bool)?
        // A process removes its file when it ends. Another that opened the file just before then locks a file that no
        // longer has a name, and must try again.
        var attempts = 0
        while found == nil, waits || attempts < 100 {
            attempts += 1
            let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else {
                let code = errno
                Folder.removeEmpty(madeFolders)
                throw .file(.cannotWrite(path: folder.relativePath, code: code))
            }
            var code: Int32
            repeat {
                code = flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) == 0 ? 0 : errno
            } while code == EINTR
            if code == EWOULDBLOCK {
                close(descriptor)
                throw .held
            }
            if code == 0, !Self.isOpen(descriptor, file) {
                close(descriptor)
            } else {
                found = (descriptor, code == 0)
            }
        }
        guard let found else { throw .held }
        (descriptor, isEnforced) = found
    }

    /// Releases the lock, and removes the folders created for it if they are still empty.
    public func release() {
        guard !isReleased else { return }
        isReleased = true
        // Unlink the file while it is locked, so that no other process's file is removed.
        unlink(file)
        Folder.removeEmpty(madeFolders)
        close(descriptor)
    }

    deinit { release() }

    /// Whether `path` still names the file open as `descriptor`.
    private static func isOpen(_ descriptor: Int32, _ path: String) -> Bool {
        var (here, there) = (stat(), stat())
        return fstat(descriptor, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino
            && here.st_dev == there.st_dev
    }
}
