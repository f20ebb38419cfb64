import Foundation

extension NIfTIImage {
    /// Voxels of a file, frames included, that are read unless told otherwise: 1,000 million, more than twice a
    /// whole-body CT of 512 × 512 × 1,500 voxels.
    public static let maximumVoxels = 1_000_000_000

    /// Reads `url`: `.nii`, or `.hdr` or `.img` of a pair, each gzipped or not (the content tells, not the name).
    ///
    /// The header is read and checked first, and no memory is taken for what it promises before.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - maximumVoxels: how many voxels it may have, frames included: a file of a megabyte can hold a thousand times as
    ///     many bytes.
    /// - Throws: `NIfTIError` if the file or its other half cannot be read, is damaged, has a header that is not
    ///   valid, stores complex, color or 128-bit voxels, has fewer bytes than voxels, or more than `maximumVoxels`.
    public init(contentsOf url: URL, maximumVoxels: Int = NIfTIImage.maximumVoxels) throws(NIfTIError) {
        let headerURL = NIfTIName.header(of: url)
        if headerURL != url, !FileManager.default.fileExists(atPath: headerURL.path) {
            throw .missingHalf(path: url.relativePath, partner: headerURL.relativePath)
        }
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
            let voxelURL = NIfTIName.isVoxels(url) ? url : NIfTIName.voxels(of: url)
            guard FileManager.default.fileExists(atPath: voxelURL.path) else {
                throw .missingHalf(path: url.relativePath, partner: voxelURL.relativePath)
            }
            try self.init(header: header, NIfTIContent(voxelURL), of: voxelURL)
        }
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
