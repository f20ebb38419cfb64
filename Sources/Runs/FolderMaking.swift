import Files
import Foundation

extension URL {
    /// Makes the folder and those above it, where they are missing.
    ///
    /// - Throws: `SegmentationError.outputFolder` that names the folder.
    package func makeFolder() throws(SegmentationError) {
        do { try Folder.make(self) } catch {
            throw .outputFolder(path: path(percentEncoded: false), error)
        }
    }
}
