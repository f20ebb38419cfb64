import Foundation
import Imaging
import Scoring
import Testing

/// The Swift side of `Parity/scoring/run.py`, which names a folder of masks in `UNET_PARITY_DIR`.
@Suite struct ParityTests {
    private struct Listed: Decodable {
        let name: String
        let size: [Int]
        let spacing: [Double]
    }

    private static let folder = ProcessInfo.processInfo.environment["UNET_PARITY_DIR"].map {
        URL(filePath: $0, directoryHint: .isDirectory)
    }

    @Test(.enabled(if: folder != nil, "run by Parity/scoring/run.py"))
    func scoresTheMasksOfTheFolder() throws {
        let folder = try #require(Self.folder)
        let listing = try JSONDecoder().decode(
            [Listed].self, from: Data(contentsOf: folder.appending(path: "cases.json")))
        let cases = try listing.map { item in
            let grid = Geometry(
                width: item.size[0], height: item.size[1], depth: item.size[2],
                spacing: Spacing(item.spacing[0], item.spacing[1], item.spacing[2]))
            func bytes(_ kind: String) throws -> [UInt8] {
                [UInt8](try Data(contentsOf: folder.appending(path: "\(item.name).\(kind)")))
            }
            let values = try bytes("probabilities").withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: 4).map {
                    Float(
                        bitPattern: UInt32(
                            littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
                }
            }
            return try Evaluation.Case(
                name: item.name, prediction: LabelMap(geometry: grid, labels: bytes("prediction")),
                reference: LabelMap(geometry: grid, labels: bytes("reference")),
                probabilities: ProbabilityMap(geometry: grid, channels: 4, values: values),
                structures: ExampleEvaluation.structures)
        }
        let evaluation = Evaluation(structures: ExampleEvaluation.structures, cases: cases)
        try evaluation.json().write(to: folder.appending(path: "evaluation.json"))
    }
}
