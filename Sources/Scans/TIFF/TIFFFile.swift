import CTIFF
import Files
import Foundation
import Imaging

/// An open TIFF file with pages that are decoded on demand. Files above 4 GB (BigTIFF) can be read too.
///
/// Reads uncompressed, LZW, PackBits, deflate, JPEG and whatever else the installed libtiff supports, in strips or
/// tiles. Belongs to the thread that opened it.
public struct TIFFFile: ~Copyable {
    /// The number of pages, without reduced copies for previews.
    public let pageCount: Int

    private let handle: OpaquePointer
    private let message: UnsafeMutablePointer<CChar>
    private let path: String
    private static let messageSize = 200

    /// Opens `url` and finds its pages.
    ///
    /// - Throws: `TIFFError` if the file cannot be read, is not a TIFF, ends early or is damaged.
    public init(_ url: URL) throws(TIFFError) { try self.init(url, offset: 0) }

    /// Opens `url` for the page at `offset` (see `pageOffsets`), which is then its only one. No other page is read, so
    /// that opening one page of a stack takes no longer if it has more pages.
    ///
    /// - Throws: `TIFFError` if the file cannot be read, is not a TIFF, or has no page there.
    public init(_ url: URL, pageAt offset: UInt64) throws(TIFFError) { try self.init(url, offset: offset) }

    /// Opens `url` for `page`, from 0, or for all pages if that is nil. With a known `offset`, no other page is
    /// searched, and the page is number 0.
    ///
    /// - Throws: also `TIFFError.noSuchPage`.
    static func open(_ url: URL, page: Int?, at offset: UInt64?) throws(TIFFError) -> TIFFFile {
        let file = try TIFFFile(url, offset: page == nil ? 0 : offset ?? 0)
        if let page, offset == nil, page >= file.pageCount {
            throw .noSuchPage(path: url.relativePath, page: page, count: file.pageCount)
        }
        return file
    }

    private init(_ url: URL, offset: UInt64) throws(TIFFError) {
        path = url.relativePath
        let kinds: [[UInt8]] = [
            [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43],
        ]
        let descriptor: Int32
        let isTIFF: Bool
        do throws(FileError) {
            let file = try OpenFile(url)
            isTIFF = kinds.contains(try file.bytes(count: 4))
            descriptor = try file.duplicate()
        } catch {
            throw .file(error)
        }
        guard isTIFF else {
            close(descriptor)
            throw .notTIFF(path: path)
        }
        let message = UnsafeMutablePointer<CChar>.allocate(capacity: Self.messageSize)
        message.initialize(repeating: 0, count: Self.messageSize)
        var opened: OpaquePointer?
        let status = ctiff_open(descriptor, url.path, offset, message, Self.messageSize, &opened)
        guard let opened else {
            defer { message.deallocate() }
            throw Self.error(status, message, path)
        }
        handle = opened
        self.message = message
        pageCount = Int(ctiff_page_count(opened))
    }

    /// The offset of each page in the file.
    public var pageOffsets: [UInt64] { (0..<UInt32(pageCount)).map { ctiff_page_offset(handle, $0) } }

    deinit {
        ctiff_close(handle)
        message.deallocate()
    }

    /// The properties of a page, without decoding it.
    public struct Description: Sendable, Hashable {
        /// Columns.
        public let width: Int
        /// Rows.
        public let height: Int
        /// Channels that are read: 1, or 3 for a color picture.
        public let channels: Int
        /// Whether pixels have opacity or other samples that are left out.
        public var hasExtraSamples: Bool { samplesPerPixel > channels }
        /// Samples per pixel, including opacity and other extra ones.
        public let samplesPerPixel: Int
    }

    /// Returns the properties of page `number`, from 0.
    ///
    /// - Throws: `TIFFError`, as for `page`.
    public func describe(_ number: Int) throws(TIFFError) -> Description {
        let page = try info(number)
        let channels = page.photometric == CTIFF_RGB ? 3 : 1
        return Description(
            width: Int(page.width), height: Int(page.height), channels: channels,
            samplesPerPixel: Int(page.samples))
    }

    /// Decodes page `number`, from 0.
    ///
    /// - Throws: `TIFFError` if the page is damaged, of an unsupported kind, or has more samples than `Limits.values`.
    public func page(_ number: Int) throws(TIFFError) -> TIFFPage {
        let page = try info(number)
        let (width, height) = (Int(page.width), Int(page.height))
        var status: Int32 = 0
        let count = width * height * Int(page.samples)
        let samples = [Float](unsafeUninitializedCapacity: count) { output, initialized in
            // The system provides memory only when it is written to: a header of a few bytes can claim any size.
            status = ctiff_read(handle, UInt32(number), output.baseAddress)
            initialized = status == Int32(CTIFF_OK) ? count : 0
        }
        guard status == Int32(CTIFF_OK) else { throw Self.error(status, message, path) }
        return TIFFPage(
            width: width, height: height, format: Self.format(page), sampleType: Self.type(page),
            samplesPerPixel: Int(page.samples), samples: samples)
    }

    private func info(_ number: Int) throws(TIFFError) -> ctiff_page {
        precondition((0..<pageCount).contains(number), "the page is there")
        var page = ctiff_page()
        let status = ctiff_describe(handle, UInt32(number), &page)
        guard status == Int32(CTIFF_OK) else { throw Self.error(status, message, path) }
        let (width, height) = (Int(page.width), Int(page.height))
        guard width > 0, height > 0 else { throw .noPixels(path: path, width: width, height: height) }
        guard Limits.allows([width, height, Int(page.samples)]) else {
            throw .tooLarge(path: path, width: width, height: height)
        }
        return page
    }

    private static func format(_ page: ctiff_page) -> TIFFPage.Format {
        switch Int(page.photometric) {
        case CTIFF_RGB: return .rgb
        case CTIFF_PALETTE:
            return withUnsafeBytes(of: page.palette) { bytes in
                let colors = bytes.assumingMemoryBound(to: UInt16.self)
                return .palette(
                    (0..<Int(page.palette_count)).map { index in
                        // Writers scale 8 bits by 256 or by 257; the high byte is the same. The weights are those of
                        // PNG.
                        let color = (0..<3).map { Float(colors[3 * index + $0] >> 8) }
                        return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
                    })
            }
        default: return .gray(whiteIsZero: Int(page.photometric) == CTIFF_WHITE_IS_ZERO)
        }
    }

    private static func type(_ page: ctiff_page) -> TIFFPage.SampleType {
        let name =
            switch Int(page.kind) {
            case CTIFF_FLOAT: "float\(page.bits)"
            case CTIFF_INT: "int\(page.bits)"
            default: "uint\(page.bits)"
            }
        guard let type = TIFFPage.SampleType(rawValue: name) else {
            preconditionFailure("the shim lets no other type through")
        }
        return type
    }

    private static func error(_ status: Int32, _ message: UnsafePointer<CChar>, _ path: String) -> TIFFError {
        let reason = String(cString: message)
        return switch Int(status) {
        case CTIFF_NO_MEMORY: .noMemory(path: path)
        case CTIFF_UNSUPPORTED: .unsupported(path: path, reason: reason)
        default: .corrupt(path: path, reason: reason)
        }
    }
}
