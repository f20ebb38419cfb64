import Datasets
import Foundation
import Imaging
import NIfTI
import Scans

/// The scan of a prediction input: frames, each with the channels that a network expects.
package struct InputScan: Sendable {
    private let scan: Scan
    /// The indices in the file, from 0, of the frames to predict.
    package let frames: ClosedRange<Int>

    /// The grid of every frame and channel.
    package var geometry: Geometry { scan.geometry }
    /// The NIfTI header for predictions; nil for pictures.
    package var template: NIfTIHeader? { scan.template }

    /// Reads `input` for a network of `channels` input channels.
    ///
    /// With one channel, a 4D file is a series of frames; with several, a 4D file or a color picture holds the
    /// channels.
    /// - Parameter check: a closure that throws to refuse a grid, called before any voxels are read.
    /// - Throws: `ScanError` of the files, also if those of one scan have different grids;
    ///   `SegmentationError.noSuchFrame`; `.channels` if there are not exactly `channels`; and `.misplaced` if the
    ///   headers definitely place channels elsewhere, unless `allowsMisplaced`.
    package init(
        _ input: PredictionInput, channels: Int, allowsMisplaced: Bool = false,
        check: (Geometry, String) throws -> Void
    ) throws {
        let path = input.url.path(percentEncoded: false)
        let isSeries = channels == 1 && input.urls.count == 1 && !input.isPicture
        let source = ScanSource(
            input.urls, frames: isSeries ? .all : .channels, page: input.page, pageOffset: input.pageOffset)
        var reader = ScanReader()
        let headers = try reader.headers(of: source)
        for (url, header) in zip(input.urls, headers) {
            try check(header.geometry(), url.path(percentEncoded: false))
        }
        let wanted = try Self.frames(input.frame, of: isSeries ? headers[0].frameCount : 1, path: path)
        let found = headers.reduce(0) { $0 + ($1.template == nil ? $1.channelCount : $1.frameCount) }
        guard isSeries || found == channels else {
            throw SegmentationError.channels(path: path, expected: channels, found: found)
        }
        scan = try reader.scan(source)
        // The files may have been replaced since the headers were read.
        try check(scan.geometry, path)
        frames = isSeries ? try Self.frames(input.frame, of: scan.frameCount, path: path) : wanted
        let read = isSeries ? channels : try scan.channels().count
        guard read == channels else {
            throw SegmentationError.channels(path: path, expected: channels, found: read)
        }
        if !allowsMisplaced, let first = scan.misplacements.first(where: \.offset.isCertain) {
            throw SegmentationError.misplaced(first: first, others: 0)
        }
    }

    /// Returns the channels of one of `frames`. Frames of a series are converted on demand, so that only one at a time
    /// is in memory as floating-point numbers.
    ///
    /// - Throws: `ScanError` for voxels that are NaN or infinite.
    package func channels(ofFrame frame: Int) throws(ScanError) -> [Volume] {
        try scan.channels(ofFrame: frame)
    }

    /// Returns the frames to predict out of `count`: `wanted`, or all if it is nil. Pictures and files of channels have
    /// one.
    private static func frames(
        _ wanted: Int?, of count: Int, path: String
    ) throws(SegmentationError) -> ClosedRange<Int> {
        let frames = wanted.map { $0...$0 } ?? 0...count - 1
        guard (0..<count).contains(frames.lowerBound) else {
            throw .noSuchFrame(path: path, frame: frames.lowerBound + 1, count: count)
        }
        return frames
    }
}
