import Foundation

extension Folder {
    /// One entry of a folder.
    public struct Entry: Sendable, Hashable {
        /// The kind of an entry; for a symbolic link, the kind of its target.
        public enum Kind: Sendable, Hashable {
            /// A regular file, or a broken link, which fails when opened.
            case file
            /// A folder.
            case folder
            /// A pipe, socket, or device. Don't read from it: opening a pipe can block forever.
            case special
        }

        /// The name, with exactly the bytes stored on disk.
        public let name: String
        /// The kind of entry.
        public let kind: Kind
    }

    /// The contents of a folder.
    public struct Listing: Sendable, Hashable {
        /// The entries sorted by name, without hidden ones. Names that differ only in their Unicode form, such as é as
        /// one character or two, are adjacent and compare equal with `==`.
        public var entries: [Entry] = []
        /// Entries whose names are not UTF-8, with `�` in place of the invalid bytes. They cannot be opened by these
        /// names.
        public var undecodable: [Entry] = []

        /// Names shared by several entries, in different Unicode forms.
        public var ambiguous: Set<String> {
            var names: Set<String> = []
            for (one, two) in zip(entries, entries.dropFirst()) where one.name == two.name {
                names.insert(one.name)
            }
            return names
        }

        /// The entries whose names are not ambiguous.
        public var distinct: [Entry] {
            let ambiguous = ambiguous
            return ambiguous.isEmpty ? entries : entries.filter { !ambiguous.contains($0.name) }
        }
    }

    /// Lists the folder `url`, without `.`, `..` and hidden entries.
    ///
    /// - Throws: a `FileError.cannotRead` that names the folder.
    public static func list(_ url: URL) throws(FileError) -> Listing {
        guard let folder = opendir(url.path) else {
            throw .cannotRead(path: url.relativePath, code: errno)
        }
        defer { closedir(folder) }
        var listing = Listing()
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw .cannotRead(path: url.relativePath, code: errno) }
                break
            }
            // Read the name in place: it can be longer than the field that C declares for it.
            let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name)!
            let bytes = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            let readable = String(cString: bytes)
            if readable.hasPrefix(".") { continue }
            let kind = kind(of: bytes, type: Int32(entry.pointee.d_type), in: folder)
            if let name = String(validatingCString: bytes) {
                listing.entries.append(Entry(name: name, kind: kind))
            } else {
                listing.undecodable.append(Entry(name: readable, kind: kind))
            }
        }
        // Equal names are ordered by their bytes, so that the order never depends on the disk.
        listing.entries.sort { one, two in
            one.name == two.name
                ? one.name.utf8.lexicographicallyPrecedes(two.name.utf8) : one.name < two.name
        }
        listing.undecodable.sort { $0.name < $1.name }
        return listing
    }

    private static func kind(
        of name: UnsafePointer<CChar>, type: Int32, in folder: FolderStream
    ) -> Entry.Kind {
        switch type {
        case Int32(DT_REG): return .file
        case Int32(DT_DIR): return .folder
        case Int32(DT_FIFO), Int32(DT_SOCK), Int32(DT_CHR), Int32(DT_BLK): return .special
        default: break
        }
        // A link, or a file system that does not report types.
        var status = stat()
        guard fstatat(dirfd(folder), name, &status, 0) == 0 else { return .file }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .special
        }
    }

    #if canImport(Darwin)
        private typealias FolderStream = UnsafeMutablePointer<DIR>
    #else
        private typealias FolderStream = OpaquePointer
    #endif
}

extension URL {
    /// Whether the file name ends in one of `endings`, such as `.nii.gz`, ignoring case, and is more than that ending.
    package func hasEnding(_ endings: [String]) -> Bool {
        let name = lastPathComponent.lowercased()
        return endings.contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
    }

    /// The file name without the first of `endings` that it has, ignoring case, or the whole name if it has none.
    package func droppingEnding(_ endings: [String]) -> String {
        let name = lastPathComponent
        let lower = name.lowercased()
        guard let ending = endings.first(where: lower.hasSuffix) else { return name }
        return String(name.dropLast(ending.count))
    }
}
