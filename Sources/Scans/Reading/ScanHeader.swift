import Files
import Foundation
import Imaging
import NIfTI

/// The properties of a scan or picture that are known before any voxel is read.
///
/// Only the bytes up to the voxels of a gzipped NIfTI file are inflated, and no pixel of a picture is decoded.
public struct ScanHeader: Sendable {
    /// Columns, rows and slices of a frame; in a TIFF file, the slices are its pages if none is chosen.
    public let extent: Extent
    /// Frames along the fourth dimension of a NIfTI file; 1 for others.
    public let frameCount: Int
    /// Channels of every frame: 3 for colors, otherwise 1.
    public let channelCount: Int
    /// Pages of a TIFF file, if they were searched; 1 for others.
    public let pageCount: Int
    /// The offset of each page in a TIFF file; empty for others. Reading a page is faster with it.
    public let pageOffsets: [UInt64]
    /// Whether pixels also have opacity (or other samples), which is left out.
    public let hasOpacity: Bool
    /// The NIfTI header, which predictions follow; nil for pictures.
    public let template: NIfTIHeader?

    /// Reads the header of `url` as PNG or TIFF according to its ending, and otherwise as NIfTI.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - page: the page of a multi-page TIFF, from 0; nil means all of them, as slices.
    ///   - offset: the offset of that page in the file, if it is known: no other page is then searched.
    /// - Throws: `ScanError` if the header cannot be read or promises more than `Limits.values`, or there is no such
    ///   page.
    public init(contentsOf url: URL, page: Int? = nil, at offset: UInt64? = nil) throws(ScanError) {
        switch ScanFormat(url) {
        case .png:
            do throws(PNGError) { try self.init(png: url) } catch { throw .png(error) }
        case .tiff:
            do throws(TIFFError) { try self.init(tiff: url, page: page, at: offset) } catch {
                throw .tiff(error)
            }
        case .nifti, nil:
            do throws(NIfTIError) { try self.init(NIfTIHeader(contentsOf: url)) } catch {
                throw .nifti(error)
            }
        }
    }

    private init(_ header: NIfTIHeader) {
        let grid = header.grid
        extent = Extent(width: grid.x, height: grid.y, depth: grid.z)
        frameCount = header.frameCount
        (channelCount, pageCount, pageOffsets, hasOpacity) = (1, 1, [], false)
        template = header
    }

    private init(png url: URL) throws(PNGError) {
        let header = try PNGImage.Header(contentsOf: url)
        extent = Extent(width: header.width, height: header.height)
        (frameCount, pageCount, pageOffsets) = (1, 1, [])
        channelCount = header.isColor ? 3 : 1
        hasOpacity = header.hasOpacity
        template = nil
    }

    private init(tiff url: URL, page: Int?, at offset: UInt64?) throws(TIFFError) {
        let file = try TIFFFile.open(url, page: page, at: offset)
        let description = try file.describe(page == nil || offset != nil ? 0 : page ?? 0)
        extent = Extent(
            width: description.width, height: description.height, depth: page == nil ? file.pageCount : 1)
        frameCount = 1
        (pageCount, pageOffsets) = (file.pageCount, file.pageOffsets)
        (channelCount, hasOpacity) = (description.channels, description.hasExtraSamples)
        template = nil
    }

    /// Returns the grid of a frame; the unit of pictures is the pixel, since sizes in their files cannot be trusted.
    ///
    /// - Throws: `ScanError.noSpacing` if a NIfTI header has none.
    public func geometry() throws(ScanError) -> Geometry {
        guard let template else { return Geometry(extent: extent, spacing: Spacing(1, 1, 1)) }
        return try Geometry(header: template)
    }

    /// The placement of the grid in the patient; nil if the file does not give it.
    public var placement: Placement? { template.flatMap(Placement.init(header:)) }
}

/// The format of a scan or picture, by the ending of its file name, ignoring case.
public enum ScanFormat: Sendable, Hashable, CaseIterable {
    /// NIfTI: `.nii`, or `.hdr` and `.img` of a pair, each gzipped or not.
    case nifti
    /// PNG.
    case png
    /// TIFF, of one page or several.
    case tiff

    /// File name endings with their dot, longer ones before those that they end in.
    var endings: [String] {
        switch self {
        case .nifti: [".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img"]
        case .png: [".png"]
        case .tiff: [".tiff", ".tif"]
        }
    }

    /// Creates the format that the ending of `url` names; nil for other names.
    public init?(_ url: URL) {
        guard let found = Self.allCases.first(where: { url.hasEnding($0.endings) }) else { return nil }
        self = found
    }

    /// Returns whether `url` is named as a PNG or TIFF file.
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

    /// Whether the name is that of a NIfTI image; in a pair, only the `.hdr` counts.
    package var hasNIfTIEnding: Bool { hasEnding([".nii", ".nii.gz", ".hdr", ".hdr.gz"]) }

    /// The name without `.nii`, `.nii.gz`, `.png` and the like.
    package var imageStem: String { droppingEnding(ScanFormat.allCases.flatMap(\.endings)) }
}
