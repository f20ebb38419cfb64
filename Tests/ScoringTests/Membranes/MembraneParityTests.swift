import Foundation
import Imaging
import Scoring
import Testing

/// The Swift side of `Parity/membranes/run.py`, which names a folder of images in `UNET_PARITY_DIR`.
@Suite struct MembraneParityTests {
    private struct Listed: Decodable {
        let name: String
        let width: Int
        let height: Int
    }

    private static let folder = ProcessInfo.processInfo.environment["UNET_PARITY_DIR"].map {
        URL(filePath: $0, directoryHint: .isDirectory)
    }

    @Test(.enabled(if: folder != nil, "run by Parity/membranes/run.py"))
    func scoresTheImagesOfTheFolder() throws {
        let folder = try #require(Self.folder)
        let listing = try JSONDecoder().decode(
            [Listed].self, from: Data(contentsOf: folder.appending(path: "cases.json")))
        let slices = try listing.map { item in
            let truth = [UInt8](try Data(contentsOf: folder.appending(path: "\(item.name).truth")))
            let bytes = try Data(contentsOf: folder.appending(path: "\(item.name).probabilities"))
            let probabilities = bytes.withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: 4).map {
                    Float(
                        bitPattern: UInt32(
                            littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
                }
            }
            let size = Extent(width: item.width, height: item.height)
            let weights = BorderWeights().map(of: CellMap(piecesOf: truth.map { $0 != 0 }, size: size))
            try weights.withUnsafeBytes { Data($0) }
                .write(to: folder.appending(path: "\(item.name).weights"))
            return try MembraneScore(
                name: item.name, probabilities: probabilities, truth: truth, size: size)
        }
        try MembraneEvaluation(slices: slices).json().write(to: folder.appending(path: "membranes.json"))
    }
}
