import Foundation
import Imaging
import NIfTI

/// What an input's files hold: frames, each with the channels that a network wants.
struct InputScan {
    /// Every frame's channels, all on one grid.
    let frames: [[Volume]]
    /// Number of the first frame in the file, from 0.
    let firstFrame: Int
    /// The NIfTI image, whose header predictions have; nil for pictures.
    let pattern: NIfTIImage?

    /// Reads `input` for a network of `channels` input channels.
    ///
    /// With one channel, a 4D file is a series of frames; with several, a 4D file or a colour picture holds the
    /// channels.
    /// - Parameter check: called with the grid, before the voxels are read, to refuse it.
    /// - Throws: errors of the files; `SegmentationError.badSpacing`, `.noSuchFrame`, `.channels` where there are other
    ///   than `channels`, `.channelsDiffer` where files of one scan have different grids.
    init(_ input: PredictionInput, channels: Int, check: (Geometry, String) throws -> Void) throws {
        let path = input.url.path(percentEncoded: false)
        if input.urls.count == 1, !input.isPicture, channels == 1 {
            let image = try NIfTIImage(contentsOf: input.url)
            let geometry = try Self.geometry(image.header, path: path, check: check)
            let range = try Self.frames(of: image, wanted: input.frame, path: path)
            frames = try range.map { [try Volume(image: image, frame: $0)] }
            precondition(frames[0][0].geometry == geometry, "one grid for all frames")
            firstFrame = range.lowerBound
            pattern = image
            return
        }
        // Pictures and files of channels have no frames to choose from.
        if let frame = input.frame, frame > 0 {
            throw SegmentationError.noSuchFrame(path: path, frame: frame + 1, count: 1)
        }
        var found: [Volume] = []
        var image: NIfTIImage?
        for url in input.urls {
            let path = url.path(percentEncoded: false)
            if !ImageFile.isPicture(url) {
                _ = try Self.geometry(NIfTIHeader(contentsOf: url), path: path, check: check)
            }
            let file = try ImageFile.read(url, page: input.page)
            let grid = file.channels[0].geometry
            let first = found.first?.geometry ?? grid
            guard grid.extent == first.extent, grid.spacing.isAlike(first.spacing) else {
                throw SegmentationError.channelsDiffer(
                    path: path, first: input.urls[0].path(percentEncoded: false))
            }
            // Spacings may differ by rounding; the first channel's is that of all.
            found += file.channels.map { Volume(geometry: first, voxels: $0.voxels) }
            image = image ?? file.pattern
        }
        guard found.count == channels else {
            throw SegmentationError.channels(path: path, expected: channels, found: found.count)
        }
        frames = [found]
        firstFrame = 0
        pattern = image
    }

    private static func geometry(
        _ header: NIfTIHeader, path: String, check: (Geometry, String) throws -> Void
    ) throws -> Geometry {
        guard header.hasSpacing else { throw SegmentationError.badSpacing(path: path) }
        let geometry = try Geometry(header: header)
        try check(geometry, path)
        return geometry
    }

    private static func frames(of image: NIfTIImage, wanted: Int?, path: String) throws -> ClosedRange<Int> {
        let frames = wanted.map { $0...$0 } ?? 0...image.frameCount - 1
        guard (0..<image.frameCount).contains(frames.lowerBound) else {
            throw SegmentationError.noSuchFrame(
                path: path, frame: frames.lowerBound + 1, count: image.frameCount)
        }
        return frames
    }
}
