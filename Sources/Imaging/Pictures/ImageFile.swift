import Foundation
import NIfTI

/// An image file of any kind that is read here (NIfTI, PNG, TIFF), as intensities.
///
/// A gray picture has one channel, a color picture three (red, green, blue; opacity is left out), a 4D NIfTI file
/// one for each frame. Pictures are volumes of one slice, and a multi-page TIFF has a slice for each page; their
/// spacing is 1, a pixel, since their files hold none that can be trusted.
public struct ImageFile: Sendable {
    /// The channels, all on one grid; x runs fastest.
    public let channels: [Volume]
    /// The NIfTI image, which predictions follow in their header; nil for PNG and TIFF.
    public let pattern: NIfTIImage?
    /// How the file stores a sample, such as `uint8`; where pages differ, a type that holds them all.
    public let storedAs: String
    /// Whether pages store samples in different types.
    package let hasMixedTypes: Bool

    /// Endings of PNG and TIFF files, lower case.
    public static let pictureEndings = ["png", "tif", "tiff"]

    /// Whether `url` is named as a PNG or TIFF file.
    public static func isPicture(_ url: URL) -> Bool {
        pictureEndings.contains(url.pathExtension.lowercased())
    }

    /// Reads `url`, by its ending a PNG or TIFF file and otherwise NIfTI.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - page: which page of a multi-page TIFF, from 0; nil is all of them, as slices.
    ///   - offset: where that page is in the file, as `describe(_:)` gives it: without it, all pages are looked for.
    /// - Throws: `ImagingError` if the file cannot be read, is damaged, too large or of a kind that is not read here, has no such
    ///   page, no spacing (NIfTI), or NaN or infinite voxels.
    public static func read(_ url: URL, page: Int? = nil, at offset: UInt64? = nil) throws(ImagingError)
        -> ImageFile
    {
        switch url.pathExtension.lowercased() {
        case "png": try ImageFile(png: url, page: page)
        case "tif", "tiff": try ImageFile(tiff: url, page: page, at: offset)
        default: try ImageFile(nifti: url)
        }
    }

    private init(nifti url: URL) throws(ImagingError) {
        let image: NIfTIImage
        do { image = try NIfTIImage(contentsOf: url) } catch { throw .nifti(error) }
        var channels: [Volume] = []
        for frame in 0..<image.frameCount { channels.append(try Volume(image: image, frame: frame)) }
        self.init(channels: channels, pattern: image, storedAs: image.header.datatype.description)
    }

    private init(png url: URL, page: Int?) throws(ImagingError) {
        let picture: PNGImage
        do { picture = try PNGImage(contentsOf: url) } catch { throw .png(error) }
        guard page ?? 0 == 0 else {
            throw .tiff(.noSuchPage(path: url.relativePath, page: page ?? 0, count: 1))
        }
        let geometry = Geometry(pixels: picture.width, picture.height)
        let channels = picture.channels.map { Volume(geometry: geometry, voxels: $0) }
        self.init(
            channels: channels, pattern: nil,
            storedAs: picture.bitDepth == 16 ? "uint16" : "uint\(picture.bitDepth)")
    }

    private init(tiff url: URL, page: Int?, at offset: UInt64?) throws(ImagingError) {
        let pages = try TIFFPage.read(url, page: page, at: offset)
        let geometry = Geometry(pixels: pages[0].width, pages[0].height, pages.count)
        let parts = pages.map(\.channels)
        var channels: [Volume] = []
        for channel in parts[0].indices {
            let voxels = parts.count == 1 ? parts[0][channel] : parts.flatMap { $0[channel] }
            let strange = voxels.count { !$0.isFinite }
            guard strange == 0 else { throw .nonFinite(path: url.relativePath, count: strange) }
            channels.append(Volume(geometry: geometry, voxels: voxels))
        }
        let types = pages.map(\.sampleType.rawValue)
        self.init(
            channels: channels, pattern: nil, storedAs: Self.commonType(types),
            hasMixedTypes: Set(types).count > 1)
    }

    /// The type that holds samples of all `types`: the widest, or float32, as which samples are read, where some are
    /// unsigned and others signed or floats.
    package static func commonType(_ types: [String]) -> String {
        func kind(_ type: String) -> Substring { type.prefix { $0.isLetter } }
        func bits(_ type: String) -> Int { Int(type.drop { $0.isLetter }) ?? 0 }
        guard Set(types.map(kind)).count == 1 else { return "float32" }
        return types.max { bits($0) < bits($1) } ?? "float32"
    }

    private init(channels: [Volume], pattern: NIfTIImage?, storedAs: String, hasMixedTypes: Bool = false) {
        self.channels = channels
        self.pattern = pattern
        self.storedAs = storedAs
        self.hasMixedTypes = hasMixedTypes
    }
}

extension URL {
    /// The name without `.nii`, `.nii.gz`, `.png` and the like.
    package var imageStem: String {
        let name = lastPathComponent
        let endings = [".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img", ".png", ".tiff", ".tif"]
        for ending in endings where name.lowercased().hasSuffix(ending) {
            return String(name.dropLast(ending.count))
        }
        return name
    }
}

extension Geometry {
    /// The grid of a picture, or of a stack of them: its unit is the pixel.
    public init(pixels width: Int, _ height: Int, _ depth: Int = 1) {
        self.init(width: width, height: height, depth: depth, spacing: Spacing(1, 1, 1))
    }
}
