import Foundation
import NIfTI
import Testing

/// Where `run.py` has put its files, or nil where it did not start the tests.
private let parityFolder = ProcessInfo.processInfo.environment["UNET_PARITY_DIR"].map {
    URL(filePath: $0, directoryHint: .isDirectory)
}

/// The Swift half of `Parity/nifti/run.py`, which writes files with nibabel, names their folder in
/// `UNET_PARITY_DIR`, runs this suite, and then reads with nibabel what it wrote.
@Suite(.enabled(if: parityFolder != nil, "run by Parity/nifti/run.py"))
struct ParityTests {
    /// What nibabel says about a file; see `run.py`.
    private struct Case: Decodable {
        var file: String
        var datatype: String
        var dimensions: [Int]
        var spacing: [Double]
        var affine: [Double]
        var slope: Double
        var intercept: Double
        var extensions: [Extension]
        var description: String
    }

    private struct Extension: Decodable, Equatable {
        var code: Int32
        var data: [UInt8]
    }

    @Test func nibabelsFilesReadTheSame() throws {
        let folder = try #require(parityFolder)
        let cases = try JSONDecoder().decode(
            [Case].self, from: Data(contentsOf: folder.appending(path: "cases.json")))
        let output = folder.appending(path: "swift")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        for expected in cases {
            let image = try NIfTIImage(contentsOf: folder.appending(path: expected.file))
            try check(image, expected, in: folder)
            try image.write(to: output.appending(path: expected.file))
            let voxels = image.header.frameVoxelCount
            let labels = NIfTIImage(labels: (0..<voxels).map { UInt8($0 % 4) }, like: image.header)
            try labels.write(to: output.appending(path: "labels-\(expected.file)"))
            let values = (0..<voxels * 4).map { Float($0) / 3 }
            let channels = NIfTIImage(floats: values, channels: 4, like: image.header)
            try channels.write(to: output.appending(path: "floats-\(expected.file)"))
        }
        for version in NIfTIHeader.Version.allCases {
            let image = NIfTIImage(
                voxels: (0..<60).map { Int16($0) }, dimensions: [5, 4, 3], spacing: [1.5, 1.25, 8],
                version: version)
            try image.write(to: output.appending(path: "new-\(version.rawValue).nii.gz"))
        }
    }

    private func check(_ image: NIfTIImage, _ expected: Case, in folder: URL) throws {
        let name = Comment(rawValue: expected.file)
        #expect(image.dimensions == expected.dimensions, name)
        #expect(image.header.datatype.description == expected.datatype, name)
        #expect(image.header.spacing == expected.spacing, name)
        #expect(image.header.slope == expected.slope, name)
        #expect(image.header.intercept == expected.intercept, name)
        #expect(image.header.description == expected.description, name)
        let extensions = image.header.extensions.map { Extension(code: $0.code, data: $0.data) }
        #expect(extensions == expected.extensions, name)
        // nibabel rounds the quaternion's length differently in the last bits.
        for (found, wanted) in zip(image.header.affine, expected.affine) {
            #expect(abs(found - wanted) <= 1e-6 * max(1, abs(wanted)), name)
        }
        let floats = try (0..<image.frameCount).flatMap { try image.floats(frame: $0) }
        let wanted = try Data(contentsOf: folder.appending(path: expected.file + ".float32"))
        #expect(floats.withUnsafeBytes { Data($0) } == wanted, name)
        let stored = try Data(contentsOf: folder.appending(path: expected.file + ".stored"))
        #expect(try storedBytes(image) == stored, name)
    }

    /// The voxels of all frames as stored, in this machine's byte order.
    private func storedBytes(_ image: NIfTIImage) throws -> Data {
        func bytes<T: NIfTIScalar>(_ type: T.Type) throws -> Data {
            let voxels = try (0..<image.frameCount).flatMap { try image.stored(as: type, frame: $0) }
            return voxels.withUnsafeBytes { Data($0) }
        }
        return switch image.header.datatype {
        case .uint8: try bytes(UInt8.self)
        case .int8: try bytes(Int8.self)
        case .uint16: try bytes(UInt16.self)
        case .int16: try bytes(Int16.self)
        case .uint32: try bytes(UInt32.self)
        case .int32: try bytes(Int32.self)
        case .uint64: try bytes(UInt64.self)
        case .int64: try bytes(Int64.self)
        case .float32: try bytes(Float.self)
        case .float64: try bytes(Double.self)
        }
    }
}
