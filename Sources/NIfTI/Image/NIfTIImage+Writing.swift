import Files
import Foundation

extension NIfTIImage {
    /// Writes the image as the ending of `url` says: `.nii`, `.nii.gz`, or `.hdr`, `.img` (or both with `.gz`) for a
    /// pair of files, of which either name stands for both.
    ///
    /// Byte order, version, extensions and every header field stay as they are; only the magic string and the
    /// place of the voxels follow the kind of file. The file is written under a temporary name in the same
    /// folder, brought to the disk, and then renamed: whatever happens, the old file or the new one is there. Of a
    /// pair, the voxels are renamed before the header.
    ///
    /// - Parameters:
    ///   - url: the file to write; an existing regular file is replaced.
    ///   - compressionLevel: of gzip, 1 (fastest) to 12 (smallest).
    /// - Throws: `NIfTIError` if the name has another ending, or the file cannot be written (a full disk).
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
