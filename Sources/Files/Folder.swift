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

extension Folder {
    /// Whether `inner` is `outer` or lies somewhere below it, whatever symbolic links lead there. Neither need exist.
    public static func contains(_ outer: URL, _ inner: URL) -> Bool {
        let (outer, inner) = (resolved(outer), resolved(inner))
        return outer == inner || inner.hasPrefix(outer == "/" ? outer : outer + "/")
    }

    /// The path without symbolic links; of what does not exist yet, the part that does.
    private static func resolved(_ url: URL) -> String {
        let url = url.standardizedFileURL
        if let path = realpath(url.path, nil) {
            defer { free(path) }
            return String(cString: path)
        }
        let parent = url.deletingLastPathComponent()
        guard parent.path != url.path else { return url.path }
        let above = resolved(parent)
        return (above == "/" ? "" : above) + "/" + url.lastPathComponent
    }

    /// Those of `url` and the folders above it that do not exist, the deepest first.
    static func missing(_ url: URL) -> [String] {
        var found: [String] = []
        var folder = url.standardizedFileURL
        var status = stat()
        while stat(folder.path, &status) != 0, errno == ENOENT {
            found.append(folder.path)
            let parent = folder.deletingLastPathComponent()
            if parent.path == folder.path { break }
            folder = parent
        }
        return found
    }

    /// Removes `folders`, the deepest first, as far as they are empty.
    static func removeEmpty(_ folders: [String]) {
        for folder in folders where rmdir(folder) != 0 { return }
    }
}
