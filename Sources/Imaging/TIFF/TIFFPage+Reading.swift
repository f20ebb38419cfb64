import Foundation

extension TIFFPage {
    /// One page of the file `url`, from 0, or all of them, which then have one size and as many channels.
    ///
    /// - Parameter offset: where the page is in the file, where that is known: it is then found at once.
    /// - Throws: `ImagingError.tiff`, and `mixedPages`.
    static func read(_ url: URL, page: Int?, at offset: UInt64? = nil) throws(ImagingError) -> [TIFFPage] {
        guard let page else { return try all(of: url) }
        do throws(TIFFError) {
            if let offset { return [try TIFFFile(url, pageAt: offset).page(0)] }
            let file = try TIFFFile(url)
            guard page < file.pageCount else {
                throw .noSuchPage(path: url.relativePath, page: page, count: file.pageCount)
            }
            return [try file.page(page)]
        } catch {
            throw .tiff(error)
        }
    }

    private static func all(of url: URL) throws(ImagingError) -> [TIFFPage] {
        let path = url.relativePath
        var pages: [TIFFPage] = []
        var odd: TIFFPage?
        do throws(TIFFError) {
            let file = try TIFFFile(url)
            let first = try file.describe(0)
            guard Limits.allows([first.width, first.height, first.samplesPerPixel, file.pageCount]) else {
                throw .stackTooLarge(
                    path: path, width: first.width, height: first.height, pages: file.pageCount)
            }
            for number in 0..<file.pageCount {
                let page = try file.page(number)
                guard number == 0 || page.size == pages[0].size else {
                    odd = page
                    break
                }
                pages.append(page)
            }
        } catch {
            throw .tiff(error)
        }
        if let odd {
            throw .mixedPages(path: path, page: pages.count, expected: pages[0].size, found: odd.size)
        }
        return pages
    }

    /// Columns, rows, channels.
    private var size: [Int] { [width, height, format.channels] }
}
