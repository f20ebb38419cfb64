import Imaging
import Report

let heart = [
    Structure(name: "RV", label: 1), Structure(name: "MYO", label: 2), Structure(name: "LV", label: 3),
]

/// A volume whose voxels are given by column, row and slice.
func volume(_ geometry: Geometry, _ value: (Int, Int, Int) -> Float) -> Volume {
    var voxels = [Float]()
    for z in 0..<geometry.depth {
        for y in 0..<geometry.height {
            for x in 0..<geometry.width { voxels.append(value(x, y, z)) }
        }
    }
    return Volume(geometry: geometry, voxels: voxels)
}

/// A label map whose labels are given by column, row and slice.
func labels(_ geometry: Geometry, _ value: (Int, Int, Int) -> UInt8) -> LabelMap {
    LabelMap(
        geometry: geometry, labels: volume(geometry) { Float(value($0, $1, $2)) }.voxels.map { UInt8($0) })
}

extension Canvas {
    /// The pixels of exactly this color.
    func pixels(of color: Color) -> [(x: Int, y: Int)] {
        (0..<height).flatMap { y in (0..<width).map { x in (x, y) } }.filter { self[$0.0, $0.1] == color }
    }

    /// Whether all pixels are gray.
    var isGray: Bool {
        let colors = (0..<height).flatMap { y in (0..<width).map { x in self[x, y] } }
        return colors.allSatisfy { $0 == Color.gray($0.red) }
    }
}
