import Foundation
import Imaging
import NIfTI

/// The files of one scan or picture, and which part of them is meant.
public struct ScanSource: Sendable, Hashable {
    /// What the frames of a 4D NIfTI file are.
    public enum Frames: Sendable, Hashable {
        /// Moments of a series, all of which are meant.
        case all
        /// Moments of a series, of which this one is meant, from 0. A file of one frame has only frame 0.
        case one(Int)
        /// Channels.
        case channels
    }

    /// The files: one for each channel, or one that holds all of them. Never empty.
    public var files: [URL]
    /// Which of the frames are meant.
    public var frames: Frames
    /// The page of a multi-page TIFF that is meant, from 0; nil is all of them, as slices.
    public var page: Int?
    /// Where that page is in the first file; nil where nobody has looked, so that all pages are looked for.
    public var pageOffset: UInt64?

    /// The scan in `files`.
    public init(_ files: [URL], frames: Frames = .all, page: Int? = nil, pageOffset: UInt64? = nil) {
        precondition(!files.isEmpty, "a scan has a file")
        self.files = files
        self.frames = frames
        self.page = page
        self.pageOffset = pageOffset
    }

    /// Where the page is in `file`, where that is known.
    func offset(in file: URL) -> UInt64? { file == files[0] ? pageOffset : nil }
}

/// A scan or picture in memory: frames, each with the same channels, all on one grid.
///
/// A gray picture has one channel, a color picture three (red, green, blue; opacity is left out). Pictures are volumes of
/// one slice, and a multi-page TIFF has a slice for each page; their spacing is 1, a pixel.
public struct Scan: Sendable {
    /// The grid of every frame and channel; with several files, that of the first.
    public let geometry: Geometry
    /// How many frames there are; 1 unless all frames of a series are meant.
    public let frameCount: Int
    /// The header of the first file where it is NIfTI, which predictions follow; nil for pictures.
    public let template: NIfTIHeader?
    /// How the files store a sample, such as `uint8`: the first one where they are NIfTI, and of pictures a type that
    /// holds those of all files and pages.
    public let storedAs: String
    /// Files that by their headers lie elsewhere than the first, though they have its grid.
    public let misplacements: [Misplacement]
    /// Whether pages of a picture store samples in different types.
    package let hasMixedTypes: Bool
    private let content: Content

    private enum Content: Sendable {
        /// The channels of the only frame.
        case channels([Volume])
        /// Frames that are converted when they are asked for, so that one of them at a time stands in memory as numbers.
        case series(NIfTIImage)
    }

    /// Reads all of one file, by its ending a PNG or TIFF file and otherwise NIfTI; frames of a 4D file are channels.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - page: which page of a multi-page TIFF, from 0; nil is all of them, as slices.
    ///   - offset: where that page is in the file, as `ScanHeader.pageOffsets` has it.
    /// - Throws: `ScanError` if the file cannot be read, is damaged, too large or of a kind that is not read here, has no
    ///   such page, no spacing (NIfTI), or NaN or infinite voxels.
    public init(contentsOf url: URL, page: Int? = nil, at offset: UInt64? = nil) throws(ScanError) {
        var reader = ScanReader()
        self = try reader.scan(ScanSource([url], frames: .channels, page: page, pageOffset: offset))
    }

    /// The channels of a frame, from 0.
    ///
    /// - Throws: `ScanError.nifti` for voxels that are NaN or infinite, or a frame that a series does not have.
    public func channels(ofFrame frame: Int = 0) throws(ScanError) -> [Volume] {
        switch content {
        case .channels(let channels): channels
        case .series(let image): [try Volume(image: image, frame: frame)]
        }
    }

    /// The frames of a series.
    init(series image: NIfTIImage) throws(ScanError) {
        geometry = try Geometry(header: image.header)
        frameCount = image.frameCount
        template = image.header
        storedAs = image.header.datatype.description
        (misplacements, hasMixedTypes) = ([], false)
        content = .series(image)
    }

    /// The channels in `parts`, each a file with its own, which lie on one grid.
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
            // Spacings that differ by rounding are one spacing.
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

    /// What one file holds.
    struct Part {
        var url: URL
        var channels: [Volume]
        var template: NIfTIHeader?
        var storedAs: String
        var hasMixedTypes = false
    }

    /// The type that holds samples of all `types`: the widest, or float32, as which samples are read, where some are
    /// unsigned and others signed or floats.
    static func commonType(_ types: [String]) -> String {
        func kind(_ type: String) -> Substring { type.prefix { $0.isLetter } }
        func bits(_ type: String) -> Int { Int(type.drop { $0.isLetter }) ?? 0 }
        guard Set(types.map(kind)).count == 1 else { return "float32" }
        return types.max { bits($0) < bits($1) } ?? "float32"
    }
}
