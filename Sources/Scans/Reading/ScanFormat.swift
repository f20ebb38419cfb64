import Files
import Foundation

/// How a file holds a scan or picture, by the ending of its name, in any letter case.
public enum ScanFormat: Sendable, Hashable, CaseIterable {
    /// NIfTI: `.nii`, or `.hdr` and `.img` of a pair, each gzipped or not.
    case nifti
    /// PNG.
    case png
    /// TIFF, of one page or several.
    case tiff

    /// The endings of names, a dot first, longer ones before those that they end in.
    var endings: [String] {
        switch self {
        case .nifti: [".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img"]
        case .png: [".png"]
        case .tiff: [".tiff", ".tif"]
        }
    }

    /// What `url` is named as; nil for other names.
    public init?(_ url: URL) {
        guard let found = Self.allCases.first(where: { url.hasEnding($0.endings) }) else { return nil }
        self = found
    }

    /// Whether `url` is named as a PNG or TIFF file.
    public static func isPicture(_ url: URL) -> Bool {
        switch ScanFormat(url) {
        case .png, .tiff: true
        case .nifti, nil: false
        }
    }
}

extension URL {
    /// Whether the name is that of a NIfTI image in one file, `.nii` or `.nii.gz`.
    package var isScanName: Bool { hasEnding([".nii", ".nii.gz"]) }

    /// Whether the name is that of a NIfTI image; of a pair only the `.hdr` counts.
    package var hasNIfTIEnding: Bool { hasEnding([".nii", ".nii.gz", ".hdr", ".hdr.gz"]) }

    /// The name without `.nii`, `.nii.gz`, `.png` and the like.
    package var imageStem: String { droppingEnding(ScanFormat.allCases.flatMap(\.endings)) }
}
