import Foundation

extension NIfTIImage {
    /// Reads `url`: `.nii`, or `.hdr` or `.img` of a pair, each gzipped or not (the content tells, not the name).
    ///
    /// - Throws: `NIfTIError` if the file or its other half cannot be read, is damaged, has a header that is not
    ///   valid, stores complex, colour or 128-bit voxels, or has fewer bytes than voxels.
    public init(contentsOf url: URL) throws(NIfTIError) {
        let headerURL = NIfTIName.header(of: url)
        if headerURL != url, !FileManager.default.fileExists(atPath: headerURL.path) {
            throw .missingHalf(path: url.relativePath, partner: headerURL.relativePath)
        }
        let file = try Self.content(of: headerURL)
        let header = try NIfTIHeader(file: file, url: headerURL)
        switch header.container {
        case .single:
            try self.init(header: header, checking: file, of: url)
        case .pair:
            let voxelURL = NIfTIName.isVoxels(url) ? url : NIfTIName.voxels(of: url)
            guard FileManager.default.fileExists(atPath: voxelURL.path) else {
                throw .missingHalf(path: url.relativePath, partner: voxelURL.relativePath)
            }
            try self.init(header: header, checking: Self.content(of: voxelURL), of: voxelURL)
        }
    }

    private init(header: NIfTIHeader, checking storage: [UInt8], of url: URL) throws(NIfTIError) {
        let expected = header.frameVoxelCount * header.frameCount * header.datatype.size
        let found = max(0, storage.count - header.voxelOffset)
        guard found >= expected else {
            throw .missingVoxels(
                path: url.relativePath, dimensions: header.dimensions, expected: expected, found: found)
        }
        self.init(header: header, storage: storage, start: header.voxelOffset)
    }

    private static func content(of url: URL) throws(NIfTIError) -> [UInt8] {
        let bytes = try [UInt8](contentsOf: url)
        return Gzip.isGzip(bytes) ? try Gzip.inflate(bytes, from: url) : bytes
    }
}
