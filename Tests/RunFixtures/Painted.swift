import Datasets
import Foundation
import Imaging
import Runs

/// Prepared cases that are made of nothing but seeded numbers: the same on every machine, and without files.
package enum Painted {
    /// A case of noise around a bright ellipse of class 1 within a ring of class 2, which `depth` slices share; slices
    /// that are in `empty` have neither.
    package static func item(
        _ name: String = "painted", seed: UInt64 = 1, width: Int = 64, height: Int = 48, depth: Int = 1,
        channels: Int = 1, center: (x: Double, y: Double) = (30, 22), empty: Set<Int> = [],
        weighted: Bool = false
    ) -> PreparedCase {
        var generator = SeededGenerator(seed: seed)
        let geometry = Geometry(pixels: width, height, depth)
        var classes: [UInt8] = []
        for z in 0..<depth {
            for y in 0..<height {
                for x in 0..<width {
                    let (dx, dy) = ((Double(x) - center.x) / 9, (Double(y) - center.y) / 7)
                    let distance = dx * dx + dy * dy
                    classes.append(empty.contains(z) ? 0 : distance < 1 ? 1 : distance < 2.5 ? 2 : 0)
                }
            }
        }
        let images = (0..<channels).map { channel in
            classes.map { Float(generator.uniform(-1...1)) + ($0 == 1 ? 2 : $0 == 2 ? -Float(channel) : 0) }
        }
        return PreparedCase(
            scan: PreparedScan(geometry: geometry, channels: images), classes: classes,
            weights: weighted ? classes.map { 1 + Float($0) * Float(generator.uniform()) } : [])
    }
}
