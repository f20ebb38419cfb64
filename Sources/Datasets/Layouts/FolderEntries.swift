import Files
import Foundation
import Scans

extension URL {
    var isFolder: Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path(percentEncoded: false), isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// Throws unless a new folder can be created here, or the existing one contains nothing but hidden files.
    package func checkIsFree() throws(DatasetError) {
        guard FileManager.default.fileExists(atPath: path(percentEncoded: false)) else { return }
        guard isFolder else { throw .fileInPlace(path: relativePath) }
        guard try visibleEntries().isEmpty else { throw .notEmpty(path: relativePath) }
    }

    /// Returns the contents of the folder in the order of their names, without hidden files and what
    /// `DatasetIssue.strays` reports: pipes and names that cannot be told apart.
    func visibleEntries() throws(DatasetError) -> [URL] {
        let listing: Folder.Listing
        do throws(FileError) { listing = try Folder.list(self) } catch {
            throw .cannotList(path: relativePath)
        }
        return listing.distinct.filter { $0.kind != .special }.map { appending(path: $0.name) }
    }
}

extension DatasetIssue {
    /// Returns issues for what cannot be used in `root` and down to `depth` folders below: names that are not UTF-8,
    /// names that differ only in their Unicode form, and pipes and devices with the names of images.
    static func strays(
        in root: URL, depth: Int = PairsLayout.depth, above: [URL] = []
    ) -> [DatasetIssue] {
        let real = root.resolvingSymlinksInPath()
        // The layout reports a folder that cannot be listed.
        guard !above.contains(real), let listing = try? Folder.list(root) else { return [] }
        let path = root.relativePath
        func isOfInterest(_ entry: Folder.Entry) -> Bool {
            let url = root.appending(path: entry.name)
            return entry.kind == .folder || url.isScanName || ScanFormat.isPicture(url)
        }
        var issues = listing.undecodable.filter(isOfInterest).map {
            DatasetIssue.undecodableName(folder: path, name: $0.name)
        }
        for name in listing.ambiguous.sorted()
        where listing.entries.contains(where: { $0.name == name && isOfInterest($0) }) {
            issues.append(.sameNameInUnicode(folder: path, name: name))
        }
        for entry in listing.distinct {
            let url = root.appending(path: entry.name)
            switch entry.kind {
            case .folder: if depth > 0 { issues += strays(in: url, depth: depth - 1, above: above + [real]) }
            case .special: if isOfInterest(entry) { issues.append(.notAFile(path: url.relativePath)) }
            case .file: break
            }
        }
        return issues
    }
}

extension String {
    /// Returns whether the name precedes `other` in natural order: 2 before 10, and otherwise letter by letter.
    func naturallyPrecedes(_ other: String) -> Bool {
        var (one, two) = (self[...], other[...])
        while let first = one.first, let second = two.first {
            if first.isDigit, second.isDigit {
                let (a, b) = (one.prefix(while: \.isDigit), two.prefix(while: \.isDigit))
                let (x, y) = (a.drop { $0 == "0" }, b.drop { $0 == "0" })
                if x.count != y.count { return x.count < y.count }
                if x != y { return x < y }
                one = one.dropFirst(a.count)
                two = two.dropFirst(b.count)
            } else if first != second {
                return first < second
            } else {
                one = one.dropFirst()
                two = two.dropFirst()
            }
        }
        // Names that differ only in leading zeros still have one order.
        if one.isEmpty, two.isEmpty { return self < other }
        return one.isEmpty
    }

    /// The number at the end of a name and the part before it, such as 7 and `slice` for `slice07`.
    var trailingNumber: (before: Substring, number: Int)? {
        let digits = reversed().prefix(while: \.isDigit).count
        guard digits > 0, let number = Int(suffix(digits)) else { return nil }
        return (dropLast(digits), number)
    }
}

extension Character {
    /// Whether the character is one of 0 to 9.
    var isDigit: Bool { ("0"..."9").contains(self) }
}

extension [String] {
    /// Whether the names are one word with consecutive numbers, in order: `0`, `1`, …, `29`.
    var areConsecutive: Bool {
        let numbers = compactMap(\.trailingNumber)
        guard count > 1, numbers.count == count else { return false }
        return zip(numbers, numbers.dropFirst()).allSatisfy {
            $0.before == $1.before && $0.number + 1 == $1.number
        }
    }
}
