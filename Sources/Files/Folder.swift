import Foundation

/// Making folders.
public enum Folder {
    /// Makes the folder `url`, and those above it that are missing; one that is there already is left as it is.
    ///
    /// - Throws: `FileError.cannotWrite` that names the folder that cannot be made.
    public static func make(_ url: URL) throws(FileError) {
        var code = makeOne(url.path)
        let parent = url.deletingLastPathComponent()
        if code == ENOENT, parent.path != url.path {
            try make(parent)
            code = makeOne(url.path)
        }
        guard code == 0 else { throw .cannotWrite(path: url.relativePath, code: code) }
    }

    /// 0 where the folder is there now, or the system's `errno`.
    private static func makeOne(_ path: String) -> Int32 {
        guard mkdir(path, 0o777) != 0 else { return 0 }
        let code = errno
        var status = stat()
        // Some systems say other things than EEXIST of a folder that is there, such as EROFS.
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? 0 : code
    }
}
