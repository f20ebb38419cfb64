import Foundation
import Imaging
import Scans

extension Target {
    /// A PNG file whose check sums are right, since otherwise hardly an input would come past them.
    static let png = Target(name: "png") { bytes in
        var file = [UInt8](bytes)
        PNGChecksums.mend(&file)
        guard let picture = try? PNGImage(data: Data(file), path: "x.png") else { return }
        precondition(
            picture.samples.count == picture.width * picture.height * picture.format.channels, "all samples")
        _ = (picture.channels, picture.labelValues, picture.intensities)
    }

    /// A TIFF file, one page after the other and as a volume.
    static let tiff = Target(name: "tiff") { bytes in
        let url = MemoryFiles.write(bytes, "x.tif")
        guard let description = try? ScanHeader(contentsOf: url) else { return }
        if let file = try? TIFFFile(url) {
            for number in 0..<min(file.pageCount, 4) {
                guard let size = try? file.describe(number),
                    size.width * size.height * size.samplesPerPixel <= most
                else { continue }
                guard let page = try? file.page(number) else { continue }
                precondition(
                    page.samples.count == page.width * page.height * page.samplesPerPixel, "all samples")
                _ = (page.channels, page.labelValues)
            }
        }
        for (page, offset) in description.pageOffsets.prefix(4).enumerated() {
            guard let file = try? TIFFFile(url, pageAt: offset), let size = try? file.describe(0),
                size.width * size.height * size.samplesPerPixel <= most
            else { continue }
            _ = try? LabelScan(contentsOf: url, page: page, at: offset)
        }
        guard description.extent.count * description.channelCount <= most else {
            return
        }
        _ = try? Scan(contentsOf: url)
    }

    /// Values of a picture that is decoded: what is within the limits but larger takes memory and time, which is no
    /// finding.
    private static let most = 1 << 21
}
