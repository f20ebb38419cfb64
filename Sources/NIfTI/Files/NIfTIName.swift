import Foundation

/// The meaning of a NIfTI file's name: its kind of file, and the name of its other half.
enum NIfTIName {
    /// The kind of file that a name to write to asks for.
    struct Target {
        var container: NIfTIContainer
        var isGzip: Bool
    }

    /// Returns the kind of file that `url` asks for, or nil if it has no NIfTI ending.
    static func target(_ url: URL) -> Target? {
        let isGzip = hasEnding(url, [".gz"])
        if hasEnding(url, [".nii", ".nii.gz"]) { return Target(container: .single, isGzip: isGzip) }
        if isHeader(url) || isVoxels(url) { return Target(container: .pair, isGzip: isGzip) }
        return nil
    }

    static func isHeader(_ url: URL) -> Bool { hasEnding(url, [".hdr", ".hdr.gz"]) }

    static func isVoxels(_ url: URL) -> Bool { hasEnding(url, [".img", ".img.gz"]) }

    /// Returns the file with the header for either half of a pair, and `url` itself for other names.
    static func header(of url: URL) -> URL {
        isVoxels(url) ? existing(partner(of: url, from: "img", to: "hdr")) : url
    }

    /// Returns the file with the voxels that belong to the `.hdr` file `url`.
    static func voxels(of url: URL) -> URL { existing(partner(of: url, from: "hdr", to: "img")) }

    /// Returns the name next to `url` with the other ending, in the same letter case.
    static func partner(of url: URL, from: String, to: String) -> URL {
        let name = url.lastPathComponent
        guard let range = name.range(of: "." + from, options: [.backwards, .caseInsensitive]) else {
            return url
        }
        let isUpper = name[range] == "." + from.uppercased()
        let other = name.replacingCharacters(in: range, with: "." + (isUpper ? to.uppercased() : to))
        return url.deletingLastPathComponent().appending(path: other)
    }

    /// Returns `url`, or its gzipped (or plain) twin if only that exists.
    private static func existing(_ url: URL) -> URL {
        if FileManager.default.fileExists(atPath: url.path) { return url }
        let twin = hasEnding(url, [".gz"]) ? url.deletingPathExtension() : url.appendingPathExtension("gz")
        return FileManager.default.fileExists(atPath: twin.path) ? twin : url
    }

    private static func hasEnding(_ url: URL, _ endings: [String]) -> Bool {
        let name = url.lastPathComponent.lowercased()
        return endings.contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
    }
}
