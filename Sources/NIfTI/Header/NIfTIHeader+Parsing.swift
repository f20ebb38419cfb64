import Foundation

extension NIfTIHeader {
    /// The most bytes between a header and its voxels: 64 MiB of extensions.
    static let longestExtensions = 1 << 26

    /// Reads the header and extensions of `url`, the `.nii`, `.hdr` or `.img` file, gzipped or not.
    ///
    /// Voxels are not read or counted: only the part of a file before its voxels is read, gzipped or not, and damage
    /// after that is not found.
    ///
    /// - Throws: `NIfTIError` if the file cannot be read or its header is not valid.
    public init(contentsOf url: URL) throws(NIfTIError) {
        let url = NIfTIName.header(of: url)
        try self.init(NIfTIContent(url), of: url)
    }

    /// Reads the header and extensions at the beginning of `content`.
    init(_ content: borrowing NIfTIContent, of url: URL) throws(NIfTIError) {
        // Enough for nearly all headers with their extensions.
        var start = try content.prefix(2048)
        do throws(NIfTIError) { try self.init(checking: start, url: url) } catch {
            // The header may be wrong because the file is damaged.
            try content.verify()
            throw error
        }
        // Extensions extend to the end of a .hdr, and to the voxels in a .nii.
        let limit = version.headerSize + Self.longestExtensions
        let end = container == .single ? voxelOffset : limit
        if end > start.count, start.count == 2048 { start = try content.prefix(end) }
        extensionBytes = Array(start[version.headerSize..<max(version.headerSize, min(end, start.count))])
    }

    /// Parses and checks a header from the first bytes of a file, without its extensions.
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
        // In a single file, 0 means the first possible byte, as in nibabel.
        guard offset == 0 || (offset >= Double(minimum) && offset < 0x1p53) else {
            throw .voxelOffset(path: path, found: offset, minimum: minimum)
        }
        guard voxelOffset <= version.headerSize + Self.longestExtensions else {
            throw .distantVoxels(path: path, found: voxelOffset, limit: Self.longestExtensions)
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
            // Leave room for what is added to it.
            guard !overflow, product < 1 << 60 else {
                throw .overflowingDimensions(path: path, dimensions: all)
            }
            size = product
        }
        guard dimensions.count <= 4 else { throw .tooManyDimensions(path: path, dimensions: all) }
    }
}

/// Returns magic bytes for a message: text as it is, other bytes as \xNN, without trailing zeros.
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
