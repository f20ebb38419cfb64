import Foundation
import Imaging
import NIfTI

/// A reader of scans and their labels: the only path from files to numbers.
///
/// It keeps the NIfTI files that it read last, so that successive reads of a case, such as the frames of a series,
/// inflate each file once. Use one reader for everything that shares files, and release it afterward.
public struct ScanReader: Sendable {
    /// The image and the labels of a case, the latest last.
    private var kept: [(url: URL, image: NIfTIImage)] = []
    private static let keptCount = 2

    /// Creates a reader that has read nothing yet.
    public init() {}

    /// Returns the headers of the files of `source`, in their order.
    ///
    /// - Throws: `ScanError` if one cannot be read.
    public func headers(of source: ScanSource) throws(ScanError) -> [ScanHeader] {
        var headers: [ScanHeader] = []
        for file in source.files {
            headers.append(
                try ScanHeader(contentsOf: file, page: source.page, at: source.offset(in: file)))
        }
        return headers
    }

    /// Reads the scan of `source`.
    ///
    /// - Throws: `ScanError` if a file cannot be read, is damaged, too large or of an unsupported kind, has no such
    ///   page or frame, no spacing, or NaN or infinite voxels; `channelShape` and `channelSpacing` if files have
    ///   different grids. Files that their headers place elsewhere are not an error: see `Scan.misplacements`.
    public mutating func scan(_ source: ScanSource) throws(ScanError) -> Scan {
        if source.frames == .all, source.files.count == 1, !ScanFormat.isPicture(source.files[0]) {
            return try Scan(series: nifti(source.files[0]))
        }
        var parts: [Scan.Part] = []
        for file in source.files { parts.append(try part(file, of: source)) }
        return try Scan(parts)
    }

    private mutating func part(_ url: URL, of source: ScanSource) throws(ScanError) -> Scan.Part {
        switch ScanFormat(url) {
        case .png: return try Self.png(url, page: source.page)
        case .tiff: return try Self.tiff(url, page: source.page, at: source.offset(in: url))
        case .nifti, nil:
            let image = try nifti(url)
            guard source.frames != .all || image.frameCount == 1 else {
                throw .series(path: url.relativePath, frames: image.frameCount)
            }
            let frames =
                if case .one(let frame) = source.frames { frame...frame } else { 0...image.frameCount - 1 }
            var channels: [Volume] = []
            for frame in frames { channels.append(try Volume(image: image, frame: frame)) }
            return Scan.Part(
                url: url, channels: channels, template: image.header,
                storedAs: image.header.datatype.description)
        }
    }

    /// Returns the NIfTI image in `url`, without reading it again if it is one of the last two.
    package mutating func nifti(_ url: URL) throws(ScanError) -> NIfTIImage {
        if let found = kept.first(where: { $0.url == url }) { return found.image }
        let image: NIfTIImage
        do { image = try NIfTIImage(contentsOf: url) } catch { throw .nifti(error) }
        if kept.count == Self.keptCount { kept.removeFirst() }
        kept.append((url, image))
        return image
    }

    private static func png(_ url: URL, page: Int?) throws(ScanError) -> Scan.Part {
        let picture = try PNGImage.read(url, page: page)
        let geometry = Geometry(pixels: picture.width, picture.height)
        return Scan.Part(
            url: url, channels: picture.channels.map { Volume(geometry: geometry, voxels: $0) },
            storedAs: picture.bitDepth == 16 ? "uint16" : "uint\(picture.bitDepth)")
    }

    private static func tiff(_ url: URL, page: Int?, at offset: UInt64?) throws(ScanError) -> Scan.Part {
        let pages = try TIFFPage.read(url, page: page, at: offset)
        let geometry = Geometry(pixels: pages[0].width, pages[0].height, pages.count)
        let slices = pages.map(\.channels)
        var channels: [Volume] = []
        for channel in slices[0].indices {
            let voxels = slices.count == 1 ? slices[0][channel] : slices.flatMap { $0[channel] }
            let strange = voxels.count { !$0.isFinite }
            guard strange == 0 else { throw .nonFinite(path: url.relativePath, count: strange) }
            channels.append(Volume(geometry: geometry, voxels: voxels))
        }
        let types = pages.map(\.sampleType.rawValue)
        return Scan.Part(
            url: url, channels: channels, storedAs: Scan.commonType(types),
            hasMixedTypes: Set(types).count > 1)
    }
}
