import Files
import Foundation

extension NIfTIImage {
    /// The default limit of voxels in a file, including frames: 1 billion, more than twice a whole-body CT of 512 × 512
    /// × 1,500 voxels.
    public static let maximumVoxels = 1_000_000_000

    /// Reads `url`: `.nii`, or `.hdr` or `.img` of a pair, each gzipped or not (judged by the content, not the name).
    ///
    /// The header is read and checked first, before memory is allocated for the voxels that it promises.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - maximumVoxels: the most voxels it can have, including frames: a file of a megabyte can hold a thousand times
    ///     as many bytes.
    /// - Throws: `NIfTIError` if the file or its other half cannot be read, is damaged, has a header that is not
    ///   valid, stores complex, color or 128-bit voxels, has fewer bytes than voxels, or more than `maximumVoxels`.
    public init(contentsOf url: URL, maximumVoxels: Int = NIfTIImage.maximumVoxels) throws(NIfTIError) {
        let headerURL = try Self.headerURL(of: url)
        let content = try NIfTIContent(headerURL)
        let header = try NIfTIHeader(content, of: headerURL)
        // Known not to overflow.
        guard header.frameVoxelCount * header.frameCount <= maximumVoxels else {
            throw .tooManyVoxels(
                path: url.relativePath, dimensions: header.dimensions, limit: maximumVoxels)
        }
        switch header.container {
        case .single:
            try self.init(header: header, content, of: url)
        case .pair:
            let voxelURL = try Self.voxelURL(of: url)
            try self.init(header: header, NIfTIContent(voxelURL), of: voxelURL)
        }
    }

    /// Returns the first `count` true values of the first frame of `url`, or the whole frame if it has fewer. No more
    /// than these are inflated from a gzipped file, so damage after them goes unnoticed.
    ///
    /// - Throws: `NIfTIError` as for the whole image, and `nonFiniteVoxels`.
    public static func firstVoxels(
        of url: URL, count: Int
    ) throws(NIfTIError) -> (header: NIfTIHeader, voxels: [Float]) {
        let headerURL = try headerURL(of: url)
        let content = try NIfTIContent(headerURL)
        let header = try NIfTIHeader(content, of: headerURL)
        switch header.container {
        case .single: return (header, try first(count, of: content, header, url))
        case .pair:
            let voxelURL = try voxelURL(of: url)
            return (header, try first(count, of: NIfTIContent(voxelURL), header, voxelURL))
        }
    }

    private static func first(
        _ count: Int, of content: borrowing NIfTIContent, _ header: NIfTIHeader, _ url: URL
    ) throws(NIfTIError) -> [Float] {
        let count = min(count, header.frameVoxelCount)
        let (start, expected) = (header.voxelOffset, count * header.datatype.size)
        let bytes = try content.prefix(start + expected)
        guard bytes.count == start + expected else {
            throw .missingVoxels(
                path: url.relativePath, dimensions: header.dimensions, expected: expected,
                found: max(0, bytes.count - start))
        }
        let reader = VoxelReader(
            start: start, count: count, isSwapped: header.isSwapped, slope: header.slope,
            intercept: header.intercept)
        return try NIfTIImage(header: header, storage: bytes, start: start).floats(reader, .refuse)
    }

    /// Returns the file with the header for either half of a pair, or `url` itself.
    private static func headerURL(of url: URL) throws(NIfTIError) -> URL {
        let headerURL = NIfTIName.header(of: url)
        if headerURL != url, !FileManager.default.fileExists(atPath: headerURL.path) {
            throw .missingHalf(path: url.relativePath, partner: headerURL.relativePath)
        }
        return headerURL
    }

    /// Returns the file with the voxels of a pair.
    private static func voxelURL(of url: URL) throws(NIfTIError) -> URL {
        let voxelURL = NIfTIName.isVoxels(url) ? url : NIfTIName.voxels(of: url)
        guard FileManager.default.fileExists(atPath: voxelURL.path) else {
            throw .missingHalf(path: url.relativePath, partner: voxelURL.relativePath)
        }
        return voxelURL
    }

    private init(
        header: NIfTIHeader, _ content: borrowing NIfTIContent, of url: URL
    ) throws(NIfTIError) {
        let expected = header.frameVoxelCount * header.frameCount * header.datatype.size
        switch try content.voxels(at: header.voxelOffset, count: expected, of: header) {
        case .found(let storage, let start):
            self.init(header: header, storage: storage, start: start)
        case .missing(let found):
            throw .missingVoxels(
                path: url.relativePath, dimensions: header.dimensions, expected: expected, found: found)
        }
    }
}

extension NIfTIImage {
    /// Writes the image in the format given by the ending of `url`: `.nii`, `.nii.gz`, or `.hdr`, `.img` (or both with
    /// `.gz`) for a pair of files; either name stands for both.
    ///
    /// Byte order, version, extensions and every header field stay as they are; only the magic string and the place of
    /// the voxels follow the kind of file. The file is written under a temporary name in the same folder, synced to
    /// disk, and then renamed, so that there is always either the old file or the new one. In a pair, the voxels are
    /// renamed before the header.
    ///
    /// - Parameters:
    ///   - url: the file to write; an existing regular file is replaced.
    ///   - compressionLevel: the gzip level, 1 (fastest) to 12 (smallest).
    /// - Throws: `NIfTIError` if the name has another ending, or the file cannot be written (such as on a full disk).
    public func write(to url: URL, compressionLevel: Int = 6) throws(NIfTIError) {
        guard let target = NIfTIName.target(url) else { throw .unknownEnding(path: url.relativePath) }
        var header = header
        header.setContainer(target.container)
        let start = header.bytes + header.extensionBytes(for: target.container)
        func staged(_ url: URL, _ parts: [ArraySlice<UInt8>]) throws(FileError) -> StagedFile {
            let parts =
                target.isGzip ? [Gzip.deflate(Array(parts.joined()), level: compressionLevel)[...]] : parts
            return try StagedFile(url) { sink throws(FileError) in
                for part in parts { try sink.append(part) }
            }
        }
        do throws(FileError) {
            switch target.container {
            case .single:
                try staged(url, [start[...], voxelBytes]).commit()
            case .pair:
                let isHeader = NIfTIName.isHeader(url)
                let voxelURL = isHeader ? NIfTIName.partner(of: url, from: "hdr", to: "img") : url
                let headerURL = isHeader ? url : NIfTIName.partner(of: url, from: "img", to: "hdr")
                let voxelFile = try staged(voxelURL, [voxelBytes])
                let headerFile = try staged(headerURL, [start[...]])
                try voxelFile.commit()
                try headerFile.commit()
            }
        } catch {
            throw NIfTIError(error)
        }
    }
}
