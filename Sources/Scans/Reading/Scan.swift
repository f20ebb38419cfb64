import Foundation
import Imaging
import NIfTI

/// A scan or picture in memory: frames, each with the same channels, all on one grid.
///
/// A gray picture has one channel, a color picture three (red, green, blue; opacity is left out). Pictures are volumes
/// of one slice, and a multi-page TIFF has a slice for each page; their spacing is 1, a pixel.
public struct Scan: Sendable {
    /// The grid of every frame and channel; with several files, that of the first.
    public let geometry: Geometry
    /// The number of frames; 1 unless all frames of a series are read.
    public let frameCount: Int
    /// The header of the first file if it is NIfTI, which predictions follow; nil for pictures.
    public let template: NIfTIHeader?
    /// The stored type of samples, such as `uint8`: that of the first file for NIfTI, and for pictures a type that can
    /// hold the samples of all files and pages.
    public let storedAs: String
    /// Files that their headers place elsewhere than the first, although they have its grid.
    public let misplacements: [Misplacement]
    /// Whether pages of a picture store samples in different types.
    package let hasMixedTypes: Bool
    private let content: Content

    private enum Content: Sendable {
        /// The channels of the only frame.
        case channels([Volume])
        /// Frames that are converted on demand, so that only one of them at a time is in memory as numbers.
        case series(NIfTIImage)
    }

    /// Reads all of one file as PNG or TIFF according to its ending, and otherwise as NIfTI; frames of a 4D file are
    /// channels.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - page: the page of a multi-page TIFF, from 0; nil means all of them, as slices.
    ///   - offset: the offset of that page in the file, from `ScanHeader.pageOffsets`.
    /// - Throws: `ScanError` if the file cannot be read, is damaged, too large or of an unsupported kind, has no such
    ///   page, no spacing (NIfTI), or NaN or infinite voxels.
    public init(contentsOf url: URL, page: Int? = nil, at offset: UInt64? = nil) throws(ScanError) {
        var reader = ScanReader()
        self = try reader.scan(ScanSource([url], frames: .channels, page: page, pageOffset: offset))
    }

    /// Returns the channels of a frame, from 0.
    ///
    /// - Throws: `ScanError.nifti` for voxels that are NaN or infinite, or a frame that a series does not have.
    public func channels(ofFrame frame: Int = 0) throws(ScanError) -> [Volume] {
        switch content {
        case .channels(let channels): channels
        case .series(let image): [try Volume(image: image, frame: frame)]
        }
    }

    /// Creates a scan of the frames of a series.
    init(series image: NIfTIImage) throws(ScanError) {
        geometry = try Geometry(header: image.header)
        frameCount = image.frameCount
        template = image.header
        storedAs = image.header.datatype.description
        (misplacements, hasMixedTypes) = ([], false)
        content = .series(image)
    }

    /// Creates a scan of the channels in `parts`, each a file with its own, all on one grid.
    init(_ parts: [Part]) throws(ScanError) {
        let first = parts[0]
        let grid = first.channels[0].geometry
        var channels = first.channels
        var misplacements: [Misplacement] = []
        for part in parts.dropFirst() {
            let found = part.channels[0].geometry
            let (one, other) = (first.url.relativePath, part.url.relativePath)
            guard found.extent == grid.extent else {
                throw .channelShape(
                    first: one, other: other, expected: grid.extent.sides, found: found.extent.sides)
            }
            guard found.spacing.isAlike(grid.spacing) else {
                throw .channelSpacing(
                    first: one, other: other, expected: grid.spacing.sides, found: found.spacing.sides)
            }
            misplacements +=
                Misplacement(of: part.url, part.template, from: first.url, first.template, on: grid)
                .map { [$0] } ?? []
            // Spacings that differ by rounding count as the same.
            channels += part.channels.map { Volume(geometry: grid, voxels: $0.voxels) }
        }
        geometry = grid
        frameCount = 1
        template = first.template
        storedAs = first.template == nil ? Self.commonType(parts.map(\.storedAs)) : first.storedAs
        self.misplacements = misplacements
        hasMixedTypes = parts.contains(where: \.hasMixedTypes)
        content = .channels(channels)
    }

    /// The contents of one file.
    struct Part {
        var url: URL
        var channels: [Volume]
        var template: NIfTIHeader?
        var storedAs: String
        var hasMixedTypes = false
    }

    /// Returns the type that holds samples of all `types`: the widest, or float32, in which samples are read, if they
    /// mix unsigned, signed and floating-point types.
    static func commonType(_ types: [String]) -> String {
        func kind(_ type: String) -> Substring { type.prefix { $0.isLetter } }
        func bits(_ type: String) -> Int { Int(type.drop { $0.isLetter }) ?? 0 }
        guard Set(types.map(kind)).count == 1 else { return "float32" }
        return types.max { bits($0) < bits($1) } ?? "float32"
    }
}

/// The files of one scan or picture, and the part of them to read.
public struct ScanSource: Sendable, Hashable {
    /// The meaning of the frames of a 4D NIfTI file.
    public enum Frames: Sendable, Hashable {
        /// Moments of a series, all of which are read.
        case all
        /// Moments of a series; only this one, from 0, is read. A file of one frame has only frame 0.
        case one(Int)
        /// Channels.
        case channels
    }

    /// The files: one for each channel, or one with all of them. Never empty.
    public var files: [URL]
    /// The frames to read.
    public var frames: Frames
    /// The page of a multi-page TIFF to read, from 0; nil means all of them, as slices.
    public var page: Int?
    /// The offset of that page in the first file; nil if it is unknown, so that all pages are searched.
    public var pageOffset: UInt64?

    /// Creates a source with the scan in `files`.
    public init(_ files: [URL], frames: Frames = .all, page: Int? = nil, pageOffset: UInt64? = nil) {
        precondition(!files.isEmpty, "a scan has a file")
        self.files = files
        self.frames = frames
        self.page = page
        self.pageOffset = pageOffset
    }

    /// Returns the offset of the page in `file`, if it is known.
    func offset(in file: URL) -> UInt64? { file == files[0] ? pageOffset : nil }
}
