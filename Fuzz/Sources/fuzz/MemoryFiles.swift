import Foundation

/// Files in memory for readers that take a path: a folder of this process, removed when it ends.
enum MemoryFiles {
    static let folder: URL = {
        let memory = URL(filePath: "/dev/shm")
        let parent =
            FileManager.default.isWritableFile(atPath: memory.path)
            ? memory : FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "unet-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            preconditionFailure("\(error)")
        }
        atexit { try? FileManager.default.removeItem(at: MemoryFiles.folder) }
        return folder
    }()

    /// Writes `bytes` to the file `name` of the folder.
    static func write(_ bytes: UnsafeRawBufferPointer, _ name: String) -> URL {
        let url = folder.appending(path: name)
        let file = open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(file >= 0, "the folder is this process's own")
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Foundation.write(file, part.baseAddress, part.count)
            precondition(count > 0, "there is room in memory")
            rest = rest.dropFirst(count)
        }
        close(file)
        return url
    }
}
