import Files
import Foundation
import Imaging
import NIfTI

/// What a file says of the scan or picture in it before any voxel is read.
///
/// Of a gzipped NIfTI file only the bytes up to the voxels are inflated, and of pictures no pixel is decoded.
public struct ScanHeader: Sendable {
    /// Columns, rows and slices of a frame; of a TIFF file its pages, where none is chosen, are the slices.
    public let extent: Extent
    /// Frames along the fourth dimension of a NIfTI file; 1 of others.
    public let frameCount: Int
    /// Channels of every frame: 3 of colors, otherwise 1.
    public let channelCount: Int
    /// Pages of a TIFF file, where they were looked for; 1 of others.
    public let pageCount: Int
    /// Where each page is in a TIFF file; empty for others. Reading a page is faster with it.
    public let pageOffsets: [UInt64]
    /// Whether pixels also have opacity (or other samples), which is left out.
    public let hasOpacity: Bool
    /// The NIfTI header, which predictions follow; nil for pictures.
    public let template: NIfTIHeader?

    /// Reads the header of `url`, by its ending a PNG or TIFF file and otherwise NIfTI.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - page: which page of a multi-page TIFF is meant, from 0; nil is all of them, as slices.
    ///   - offset: where that page is in the file, where it is known: no other page is then looked for.
    /// - Throws: `ScanError` where the header cannot be read or promises more than `Limits.values`, or there is no such
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

    /// The grid of a frame; the unit of pictures is the pixel, since their files hold no size that can be trusted.
    ///
    /// - Throws: `ScanError.noSpacing` where a NIfTI header has none.
    public func geometry() throws(ScanError) -> Geometry {
        guard let template else { return Geometry(extent: extent, spacing: Spacing(1, 1, 1)) }
        return try Geometry(header: template)
    }

    /// Where the grid lies in the patient; nil where the file does not say it.
    public var placement: Placement? { template.flatMap(Placement.init(header:)) }
}

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
