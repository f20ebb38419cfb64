import Datasets
import Foundation
import Imaging
import NIfTI

/// What an input's files hold: frames, each with the channels that a network wants.
package struct InputScan: Sendable {
    /// The grid of every frame and channel.
    package let geometry: Geometry
    /// The numbers in the file, from 0, of the frames that are meant.
    package let frames: ClosedRange<Int>
    /// The NIfTI image, whose header predictions have; nil for pictures.
    package let pattern: NIfTIImage?
    /// The channels of a scan without frames; empty where the frames are those of `pattern`.
    private let channels: [Volume]

    /// Reads `input` for a network of `channels` input channels.
    ///
    /// With one channel, a 4D file is a series of frames; with several, a 4D file or a color picture holds the
    /// channels.
    /// - Parameter check: called with the grid to refuse it: of NIfTI files before the voxels are read.
    /// - Throws: errors of the files; `SegmentationError.badSpacing`, `.noSuchFrame`, `.channels` where there are other
    ///   than `channels`, `.channelsDiffer` where files of one scan have different grids, and `.misplaced` where they
    ///   surely lie elsewhere by their headers, unless `allowsMisplaced`.
    package init(
        _ input: PredictionInput, channels: Int, allowsMisplaced: Bool = false,
        check: (Geometry, String) throws -> Void
    ) throws {
        let path = input.url.path(percentEncoded: false)
        if input.urls.count == 1, !input.isPicture, channels == 1 {
            let header = try NIfTIHeader(contentsOf: input.url)
            _ = try Self.geometry(header, path: path, check: check)
            _ = try Self.frames(of: header, wanted: input.frame, path: path)
            let image = try NIfTIImage(contentsOf: input.url)
            // Another file may stand there by now.
            geometry = try Self.geometry(image.header, path: path, check: check)
            frames = try Self.frames(of: image.header, wanted: input.frame, path: path)
            pattern = image
            self.channels = []
            return
        }
        // Pictures and files of channels have no frames to choose from.
        if let frame = input.frame, frame > 0 {
            throw SegmentationError.noSuchFrame(path: path, frame: frame + 1, count: 1)
        }
        try Self.checkHeaders(of: input, channels: channels, check: check)
        var found: [Volume] = []
        var image: NIfTIImage?
        for url in input.urls {
            let path = url.path(percentEncoded: false)
            let file = try ImageFile.read(
                url, page: input.page, at: url == input.url ? input.pageOffset : nil)
            let grid = file.channels[0].geometry
            let first = found.first?.geometry ?? grid
            guard grid.extent == first.extent, grid.spacing.isAlike(first.spacing) else {
                throw SegmentationError.channelsDiffer(
                    path: path, first: input.urls[0].path(percentEncoded: false))
            }
            try check(grid, path)
            if !allowsMisplaced,
                let other = Misplacement(
                    of: url, file.pattern?.header, from: input.urls[0], image?.header, on: first),
                other.offset.isCertain
            {
                throw SegmentationError.misplaced(first: other, others: 0)
            }
            // Spacings may differ by rounding; the first channel's is that of all.
            found += file.channels.map { Volume(geometry: first, voxels: $0.voxels) }
            image = image ?? file.pattern
        }
        guard let grid = found.first?.geometry, found.count == channels else {
            throw SegmentationError.channels(path: path, expected: channels, found: found.count)
        }
        geometry = grid
        frames = 0...0
        pattern = image
        self.channels = found
    }

    /// The channels of one of `frames`. Those of a series are converted when they are asked for, so that no more than
    /// one frame of it stands in memory as numbers.
    ///
    /// - Throws: `ImagingError` for voxels that are NaN or infinite.
    package func channels(ofFrame frame: Int) throws -> [Volume] {
        guard channels.isEmpty, let pattern else { return channels }
        return [try Volume(image: pattern, frame: frame)]
    }

    /// Refuses NIfTI files by their headers, before any voxels are read: grids, and how many channels they hold.
    private static func checkHeaders(
        of input: PredictionInput, channels: Int, check: (Geometry, String) throws -> Void
    ) throws {
        var found = 0
        for url in input.urls {
            guard !ImageFile.isPicture(url) else { return }
            let header = try NIfTIHeader(contentsOf: url)
            _ = try geometry(header, path: url.path(percentEncoded: false), check: check)
            found += header.frameCount
        }
        guard found == channels else {
            throw SegmentationError.channels(
                path: input.url.path(percentEncoded: false), expected: channels, found: found)
        }
    }

    private static func geometry(
        _ header: NIfTIHeader, path: String, check: (Geometry, String) throws -> Void
    ) throws -> Geometry {
        guard header.hasSpacing else { throw SegmentationError.badSpacing(path: path) }
        let geometry = try Geometry(header: header)
        try check(geometry, path)
        return geometry
    }

    private static func frames(of header: NIfTIHeader, wanted: Int?, path: String) throws -> ClosedRange<Int>
    {
        let frames = wanted.map { $0...$0 } ?? 0...header.frameCount - 1
        guard (0..<header.frameCount).contains(frames.lowerBound) else {
            throw SegmentationError.noSuchFrame(
                path: path, frame: frames.lowerBound + 1, count: header.frameCount)
        }
        return frames
    }
}
