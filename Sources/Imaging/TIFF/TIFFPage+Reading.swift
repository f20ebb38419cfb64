import Foundation

extension TIFFPage {
    /// One page of the file `url`, from 0, or all of them, which then have one size and as many channels.
    ///
    /// - Throws: `ImagingError.tiff`, and `mixedPages`.
    static func read(_ url: URL, page: Int?) throws(ImagingError) -> [TIFFPage] {
        var pages: [TIFFPage] = []
        do throws(TIFFError) {
            let file = try TIFFFile(url)
            guard page ?? 0 < file.pageCount else {
                throw .noSuchPage(path: url.relativePath, page: page ?? 0, count: file.pageCount)
            }
            for number in page.map({ $0..<$0 + 1 }) ?? 0..<file.pageCount {
                pages.append(try file.page(number))
            }
        } catch {
            throw .tiff(error)
        }
        for (number, page) in pages.enumerated() where page.size != pages[0].size {
            throw .mixedPages(path: url.relativePath, page: number, expected: pages[0].size, found: page.size)
        }
        return pages
    }

    /// Columns, rows, channels.
    private var size: [Int] { [width, height, format.channels] }
}
