import Datasets
import Foundation
import Imaging
import NIfTI
import Scans

/// What an input's files hold: frames, each with the channels that a network wants.
package struct InputScan: Sendable {
    private let scan: Scan
    /// The numbers in the file, from 0, of the frames that are meant.
    package let frames: ClosedRange<Int>

    /// The grid of every frame and channel.
    package var geometry: Geometry { scan.geometry }
    /// The NIfTI header that predictions have; nil for pictures.
    package var template: NIfTIHeader? { scan.template }

    /// Reads `input` for a network of `channels` input channels.
    ///
    /// With one channel, a 4D file is a series of frames; with several, a 4D file or a color picture holds the
    /// channels.
    /// - Parameter check: called with the grid to refuse it, before any voxels are read.
    /// - Throws: `ScanError` of the files, also where those of one scan have different grids;
    ///   `SegmentationError.noSuchFrame`, `.channels` where there are other than `channels`, and `.misplaced` where
    ///   channels surely lie elsewhere by their headers, unless `allowsMisplaced`.
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
        // Other files may stand there by now.
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

    /// The channels of one of `frames`. Those of a series are converted when they are asked for, so that no more than
    /// one frame of it stands in memory as numbers.
    ///
    /// - Throws: `ScanError` for voxels that are NaN or infinite.
    package func channels(ofFrame frame: Int) throws(ScanError) -> [Volume] {
        try scan.channels(ofFrame: frame)
    }

    /// The frames that are meant of `count`: `wanted`, or all where that is nil. Pictures and files of channels have one.
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
