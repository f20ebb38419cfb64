import Datasets
import Foundation
import Imaging
import Scans

/// A small dataset of gray PNG pictures and 0/255 masks: bright discs on a dark background, in noise.
package enum Pictures {
    /// Writes `image/N.png` and `label/N.png` for N below `count`, and opens the folder.
    package static func write(_ folder: URL, count: Int, side: Int = 48, isColor: Bool = false) throws
        -> Dataset
    {
        for name in ["image", "label"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        for number in 0..<count {
            var generator = SeededGenerator(seed: UInt64(number))
            let discs = (0..<3).map { _ in
                (
                    x: Double(side) * generator.uniform(), y: Double(side) * generator.uniform(),
                    radius: Double(side) * generator.uniform(0.12...0.2)
                )
            }
            var (gray, mask): ([UInt8], [UInt8]) = ([], [])
            for y in 0..<side {
                for x in 0..<side {
                    let isInside = discs.contains { hypot(Double(x) - $0.x, Double(y) - $0.y) < $0.radius }
                    gray.append(UInt8((isInside ? 190.0 : 60) + generator.uniform(-20...20)))
                    mask.append(isInside ? 255 : 0)
                }
            }
            let bytes = isColor ? gray.flatMap { [$0, 255 - $0, 128] } : gray
            try PNGImage(width: side, height: side, format: isColor ? .rgb : .gray, bytes: bytes)
                .write(to: folder.appending(path: "image/\(number).png"))
            try PNGImage(width: side, height: side, format: .gray, bytes: mask)
                .write(to: folder.appending(path: "label/\(number).png"))
        }
        return try Dataset(contentsOf: folder, structures: [Structure(name: "disc", label: 255)])
    }
}
