import Foundation

extension URL {
    /// Makes the folder and those above it, where they are missing.
    ///
    /// By hand, since Foundation's own errors do not say what the system said.
    /// - Throws: `SegmentationError.outputFolder` that names the folder.
    func makeFolder() throws(SegmentationError) {
        let path = path(percentEncoded: false)
        if let code = Self.makeFolder(path) {
            throw .outputFolder(path: path, reason: String(cString: strerror(code)))
        }
    }

    /// The system's `errno` where it cannot be done.
    private static func makeFolder(_ path: String) -> Int32? {
        guard mkdir(path, 0o777) != 0 else { return nil }
        let code = errno
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return nil
        }
        let above = (path as NSString).deletingLastPathComponent
        guard code == ENOENT, !above.isEmpty, above != path else { return code }
        if let code = makeFolder(above) { return code }
        return mkdir(path, 0o777) == 0 ? nil : errno
    }
}
