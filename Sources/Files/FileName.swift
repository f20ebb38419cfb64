import Foundation

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
