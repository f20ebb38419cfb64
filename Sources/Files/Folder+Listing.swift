import Foundation

extension Folder {
    /// One entry of a folder.
    public struct Entry: Sendable, Hashable {
        /// What lies there; of a symbolic link, what it leads to.
        public enum Kind: Sendable, Hashable {
            /// A regular file, or a link that leads nowhere: opening it says so.
            case file
            /// A folder.
            case folder
            /// A pipe, socket or device, from which nothing should be read: opening a pipe waits for ever.
            case special
        }

        /// The name, of the very bytes that the disk has for it.
        public let name: String
        /// What it is.
        public let kind: Kind
    }

    /// What a folder holds.
    public struct Listing: Sendable, Hashable {
        /// The entries by name, hidden ones left out. Names that differ only in their Unicode form, such as é as one
        /// character or as two, are neighbors, and `==` calls them equal.
        public var entries: [Entry] = []
        /// Entries whose names are not UTF-8, by what can be read of them, with `�` for what cannot: nobody can open them
        /// by such a name.
        public var undecodable: [Entry] = []

        /// Names that several entries have, in different Unicode forms.
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
    /// - Throws: `FileError.cannotRead` that names the folder.
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
            // The name is read in place: it may be longer than the field that C declares for it.
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
        // A link, or a file system that does not say.
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
    /// Whether the file's name ends in one of `endings`, such as `.nii.gz`, in any letter case, and has something before
    /// it.
    package func hasEnding(_ endings: [String]) -> Bool {
        let name = lastPathComponent.lowercased()
        return endings.contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
    }

    /// The file's name without the first of `endings` that it has, in any letter case; the whole name where it has none.
    package func droppingEnding(_ endings: [String]) -> String {
        let name = lastPathComponent
        let lower = name.lowercased()
        guard let ending = endings.first(where: lower.hasSuffix) else { return name }
        return String(name.dropLast(ending.count))
    }
}
