import Foundation

/// Operations on folders.
public enum Folder {
    /// Creates the folder `url` and any missing parents, leaving an existing folder as it is.
    ///
    /// - Throws: a `FileError.cannotWrite` that names the folder that cannot be created.
    public static func make(_ url: URL) throws(FileError) {
        var code = makeOne(url.path)
        let parent = url.deletingLastPathComponent()
        if code == ENOENT, parent.path != url.path {
            try make(parent)
            code = makeOne(url.path)
        }
        guard code == 0 else { throw .cannotWrite(path: url.relativePath, code: code) }
    }

    /// Creates one folder. Returns 0 if it exists afterward, or the system's `errno`.
    private static func makeOne(_ path: String) -> Int32 {
        guard mkdir(path, 0o777) != 0 else { return 0 }
        let code = errno
        var status = stat()
        // For an existing folder, some systems report errors other than EEXIST, such as EROFS.
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? 0 : code
    }
}

extension Folder {
    /// Whether `inner` is `outer` or is inside it, with symbolic links resolved. Neither needs to exist.
    public static func contains(_ outer: URL, _ inner: URL) -> Bool {
        let (outer, inner) = (resolved(outer), resolved(inner))
        return outer == inner || inner.hasPrefix(outer == "/" ? outer : outer + "/")
    }

    /// The path with symbolic links resolved, as far as it exists.
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

    /// The missing folders among `url` and its parents, deepest first.
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

    /// Removes `folders`, listed deepest first, up to the first that is not empty.
    static func removeEmpty(_ folders: [String]) {
        for folder in folders where rmdir(folder) != 0 { return }
    }
}
