import Foundation
import Imaging
import NIfTI

/// The values of a label file as stored: whole numbers in NIfTI, gray levels or palette indices in pictures.
public struct LabelScan: Sendable {
    /// The file.
    public let url: URL
    /// Columns, rows, and slices or pages that were read.
    public let extent: Extent
    /// The number of frames of the file if none was chosen, otherwise 1; `values` are those of the first or the chosen
    /// one.
    public let frameCount: Int
    /// mm between voxels, or 1 (a pixel) for pictures; a NIfTI header can contain 0 or NaN.
    public let spacing: Spacing
    /// Values, x fastest, row 0 at the top, then slices; `extent.count` of them. From 0 to 65,535 for pictures.
    public let values: [Int32]
    /// The NIfTI header; nil for pictures.
    public let template: NIfTIHeader?

    /// Reads `url` as PNG or TIFF according to its ending, and otherwise as NIfTI.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - page: the page of a multi-page TIFF, from 0; nil means all of them, as slices.
    ///   - offset: the offset of that page in the file, from `ScanHeader.pageOffsets`.
    /// - Throws: `ScanError` if the file cannot be read, is damaged, has no such page, has colors other than gray, or
    ///   values that are not whole numbers (from 0 to 65,535 for pictures).
    public init(contentsOf url: URL, page: Int? = nil, at offset: UInt64? = nil) throws(ScanError) {
        var reader = ScanReader()
        self = try reader.labels(in: url, page: page, at: offset)
    }

    /// Returns the labels on their grid.
    ///
    /// - Throws: `ScanError.noSpacing`, and `labelsOutOfRange` if values are not from 0 to 255.
    public func labelMap() throws(ScanError) -> LabelMap {
        guard template?.hasSpacing ?? true else {
            throw .noSpacing(path: url.relativePath, found: spacing.sides)
        }
        return try LabelMap(
            geometry: Geometry(extent: extent, spacing: spacing), values: values, path: url.relativePath)
    }

    /// The placement of the grid in the patient; nil if the file does not give it.
    public var placement: Placement? { template.flatMap(Placement.init(header:)) }

    /// The values that occur, including 0 if it does.
    public var distinctValues: Set<Int32> {
        var found: Set<Int32> = []
        // Labels form areas, so most values are the same as their neighbor's.
        var last: Int32?
        for value in values where value != last {
            found.insert(value)
            last = value
        }
        return found
    }
}

extension ScanReader {
    /// Reads the labels in `url`; see `LabelScan`.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - frame: the frame of a 4D file, from 0; a file of one frame is used as it is.
    ///   - page: the page of a multi-page TIFF, from 0; nil means all of them, as slices.
    ///   - offset: the offset of that page in the file, from `ScanHeader.pageOffsets`.
    public mutating func labels(
        in url: URL, frame: Int? = nil, page: Int? = nil, at offset: UInt64? = nil
    ) throws(ScanError) -> LabelScan {
        guard ScanFormat.isPicture(url) else {
            let image = try nifti(url)
            let chosen = image.frameCount > 1 ? frame : nil
            do throws(NIfTIError) {
                return LabelScan(
                    image, url, values: try image.integers(frame: chosen ?? 0), isFrame: chosen != nil)
            } catch {
                throw .nifti(error)
            }
        }
        return try LabelScan(picture: url, page: page, at: offset)
    }
}

extension LabelScan {
    fileprivate init(_ image: NIfTIImage, _ url: URL, values: [Int32], isFrame: Bool) {
        let (grid, spacing) = (image.header.grid, image.header.spacing)
        self.url = url
        extent = Extent(width: grid.x, height: grid.y, depth: grid.z)
        frameCount = isFrame ? 1 : image.frameCount
        self.spacing = Spacing(spacing[0], spacing[1], spacing[2])
        self.values = values
        template = image.header
    }

    fileprivate init(picture url: URL, page: Int?, at offset: UInt64?) throws(ScanError) {
        self.url = url
        (frameCount, spacing, template) = (1, Spacing(1, 1, 1), nil)
        let path = url.relativePath
        if ScanFormat(url) == .png {
            let picture = try PNGImage.read(url, page: page)
            guard let values = picture.labelValues else { throw .colorLabels(path: path) }
            extent = Extent(width: picture.width, height: picture.height)
            self.values = values.map { Int32($0) }
            return
        }
        let pages = try TIFFPage.read(url, page: page, at: offset)
        var values: [Int32] = []
        for page in pages {
            guard let stored = page.labelValues else { throw .colorLabels(path: path) }
            // NaN fails the comparison.
            if let found = stored.first(where: { !($0 >= 0 && $0 <= 65535 && $0 == $0.rounded()) }) {
                throw .notALabel(path: path, found: found)
            }
            values += stored.map { Int32($0) }
        }
        extent = Extent(width: pages[0].width, height: pages[0].height, depth: pages.count)
        self.values = values
    }
}
