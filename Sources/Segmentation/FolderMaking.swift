import Foundation

extension URL {
    /// Makes the folder and those above it, where they are missing.
    ///
    /// By hand, since Foundation's own errors do not say what the system said.
    /// - Throws: `SegmentationError.outputFolder` that names the folder.
    func makeFolder() throws(SegmentationError) {
        let path = path(percentEncoded: false)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return }
        // In the order from the root, so that the first that cannot be made is the one named by the system.
        let above = standardizedFileURL.deletingLastPathComponent()
        if above.path(percentEncoded: false) != "/", above.path(percentEncoded: false) != path {
            do { try above.makeFolder() } catch {
                guard case .outputFolder(_, let reason) = error else { throw error }
                throw .outputFolder(path: path, reason: reason)
            }
        }
        guard mkdir(path, 0o777) != 0 else { return }
        let code = errno
        // Another process may have made it meanwhile.
        if code == EEXIST, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        {
            return
        }
        throw .outputFolder(path: path, reason: String(cString: strerror(code)))
    }
}
