import Foundation

extension NIfTIHeader {
    /// Reads the header and extensions of `url`, the `.nii`, `.hdr` or `.img` file, gzipped or not.
    ///
    /// Voxels are not looked at, nor whether all of them are there. Of a plain `.nii` only the header is read; a
    /// gzipped file is inflated whole, since libdeflate works on whole buffers and only the end of the
    /// stream holds the checksum: even for a header, a damaged file is told from a sound one.
    ///
    /// - Throws: `NIfTIError` if the file cannot be read or its header is not valid.
    public init(contentsOf url: URL) throws(NIfTIError) {
        let url = NIfTIName.header(of: url)
        var start = try [UInt8](contentsOf: url, limit: 2048)
        if Gzip.isGzip(start) {
            start = try Gzip.inflate([UInt8](contentsOf: url), from: url)
            try self.init(file: start, url: url)
            return
        }
        let first = try NIfTIHeader(checking: start, url: url)
        // All extensions of a .hdr stand before its end; those of a .nii before the voxels.
        let isWhole = first.container == .single && first.voxelOffset <= start.count
        try self.init(file: isWhole ? start : [UInt8](contentsOf: url), url: url)
    }

    /// A header with its extensions from the bytes of a whole file (or at least those before the voxels).
    init(file: [UInt8], url: URL) throws(NIfTIError) {
        try self.init(checking: file, url: url)
        let end = container == .single ? min(voxelOffset, file.count) : file.count
        extensionBytes = Array(file[min(version.headerSize, end)..<end])
    }

    /// A header from the first bytes of a file, checked, without its extensions.
    private init(checking file: [UInt8], url: URL) throws(NIfTIError) {
        let path = url.relativePath
        guard file.count >= 4 else {
            throw .truncatedHeader(path: path, expected: Version.one.headerSize, found: file.count)
        }
        let little = file.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
        switch little {
        case 348: (version, byteOrder) = (.one, .little)
        case 540: (version, byteOrder) = (.two, .little)
        case UInt32(348).byteSwapped: (version, byteOrder) = (.one, .big)
        case UInt32(540).byteSwapped: (version, byteOrder) = (.two, .big)
        default: throw .notNIfTI(path: path)
        }
        guard file.count >= version.headerSize else {
            throw .truncatedHeader(path: path, expected: version.headerSize, found: file.count)
        }
        bytes = Array(file[..<version.headerSize])
        extensionBytes = []
        source = url

        let expected = Self.magic(version, NIfTIName.isHeader(url) ? .pair : .single)
        guard Array(bytes[magicRange]) == expected else {
            throw .wrongMagic(path: path, expected: printable(expected), found: printable(bytes[magicRange]))
        }
        try checkDimensions()
        let offset = real(.voxelOffset)
        let minimum = container == .single ? version.headerSize + 4 : 0
        // A single file that says 0 means the first possible byte, as nibabel takes it.
        guard offset == 0 || (offset >= Double(minimum) && offset < 0x1p53) else {
            throw .voxelOffset(path: path, found: offset, minimum: minimum)
        }
    }

    private func checkDimensions() throws(NIfTIError) {
        let count = integer(.dim)
        guard (2...7).contains(count) else { throw .dimensionCount(path: path, found: count) }
        let all = (1...count).map { integer(.dim, at: $0) }
        for (index, dimension) in all.enumerated() where dimension < 1 {
            throw .dimension(path: path, axis: index + 1, found: dimension)
        }
        let code = integer(.datatype)
        guard let datatype = NIfTIDatatype(rawValue: code) else {
            throw .unsupportedDatatype(path: path, code: code)
        }
        var size = datatype.size
        for dimension in all {
            let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw .overflowingDimensions(path: path, dimensions: all) }
            size = product
        }
        guard dimensions.count <= 4 else { throw .tooManyDimensions(path: path, dimensions: all) }
    }
}

/// Magic bytes for a message: text as it is, other bytes as \xNN, closing zeros left out.
private func printable(_ bytes: some Sequence<UInt8>) -> String {
    var bytes = Array(bytes)
    while bytes.last == 0 { bytes.removeLast() }
    return bytes.map { byte in
        switch byte {
        case 0x20..<0x7f: String(UnicodeScalar(byte))
        default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }.joined()
}
