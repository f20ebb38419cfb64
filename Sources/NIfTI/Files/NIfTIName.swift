import Foundation

/// What the name of a NIfTI file says: which of the kinds it is, and what its other half is called.
enum NIfTIName {
    /// How the name to write to wants the file.
    struct Target {
        var container: NIfTIContainer
        var isGzip: Bool
    }

    /// What a name to write to asks for, or nil where its ending is none of NIfTI's.
    static func target(_ url: URL) -> Target? {
        let isGzip = hasEnding(url, [".gz"])
        if hasEnding(url, [".nii", ".nii.gz"]) { return Target(container: .single, isGzip: isGzip) }
        if isHeader(url) || isVoxels(url) { return Target(container: .pair, isGzip: isGzip) }
        return nil
    }

    static func isHeader(_ url: URL) -> Bool { hasEnding(url, [".hdr", ".hdr.gz"]) }

    static func isVoxels(_ url: URL) -> Bool { hasEnding(url, [".img", ".img.gz"]) }

    /// The file with the header of whichever half of a pair `url` is; other names are themselves.
    static func header(of url: URL) -> URL {
        isVoxels(url) ? existing(partner(of: url, from: "img", to: "hdr")) : url
    }

    /// The file with the voxels that belong to the `.hdr` file `url`.
    static func voxels(of url: URL) -> URL { existing(partner(of: url, from: "hdr", to: "img")) }

    /// The name beside `url` with the other ending, in the letter case of this one.
    static func partner(of url: URL, from: String, to: String) -> URL {
        let name = url.lastPathComponent
        guard let range = name.range(of: "." + from, options: [.backwards, .caseInsensitive]) else {
            return url
        }
        let isUpper = name[range] == "." + from.uppercased()
        let other = name.replacingCharacters(in: range, with: "." + (isUpper ? to.uppercased() : to))
        return url.deletingLastPathComponent().appending(path: other)
    }

    /// `url`, or where only its gzipped (or plain) twin exists, that.
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
