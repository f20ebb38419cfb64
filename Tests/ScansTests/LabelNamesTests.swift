import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

/// Names of labels in a NIfTI header.
@Suite struct LabelNamesTests {
    private static let heart = [
        Structure(name: "RV", label: 1), Structure(name: "Myokard äußen", label: 2),
        Structure(name: "LV", label: 7),
    ]

    @Test(arguments: [[3, 4, 2], [3, 4, 2, 5], [3, 4]], ["nii", "nii.gz", "hdr"])
    func travelWithTheFile(dimensions: [Int], ending: String) throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "a.\(ending)")
            let labels = (0..<dimensions.reduce(1, *)).map { UInt8($0 % 3) }
            let image = NIfTIImage(voxels: labels, dimensions: dimensions, spacing: [1, 2, 8, 0.03])
            try image.naming(Self.heart).write(to: file)
            let read = try NIfTIImage(contentsOf: file)
            #expect(read.header.structures == Self.heart)
            #expect(
                try (0..<read.frameCount).flatMap { try read.integers(frame: $0) } == labels.map(Int32.init))
            // All but the place of the voxels.
            let (found, before) = (read.header.bytes, image.header.bytes)
            #expect(found[0..<108] == before[0..<108] && found[112..<344] == before[112..<344])
        }
    }

    @Test func otherExtensionsStay() {
        var header = NIfTIHeader(dimensions: [2, 2, 2], spacing: [1, 1, 1], datatype: .uint8)
        let others = [
            NIfTIExtension(code: 2, data: Array("DICM".utf8)),
            NIfTIExtension(code: 6, data: Array("a comment".utf8)),
            NIfTIExtension(code: 6, data: Array("{\"other\": 1}".utf8)),
        ]
        header.extensions = others
        let padded = header.extensions
        #expect(header.structures == nil)
        header.structures = Self.heart
        #expect(Array(header.extensions.dropLast()) == padded)
        #expect(header.extensions.last?.code == 6)
        let text = String(decoding: header.extensions[3].data.prefix { $0 != 0 }, as: UTF8.self)
        #expect(text.hasPrefix("{\"swift-unet\":{\"structures\":[{\"label\":1,\"name\":\"RV\"},"))
        // Named again, the old names are gone.
        header.structures = [Structure(name: "cell", label: 255)]
        #expect(header.extensions.count == 4)
        #expect(header.structures == [Structure(name: "cell", label: 255)])
        header.structures = nil
        #expect(header.extensions == padded)
    }

    @Test(arguments: [
        "[{\"name\":\"RV\",\"label\":0}]", "[{\"name\":\"RV\",\"label\":256}]", "[{\"name\":\"RV\"}]", "3",
        "[",
        "[{\"name\":\"RV\",\"label\":1},{\"name\":\"LV\",\"label\":1}]",
        "[{\"name\":\"RV\",\"label\":1},{\"name\":\"RV\",\"label\":2}]",
    ])
    func namesThatMakeNoSenseAreNone(_ structures: String) {
        var header = NIfTIHeader(dimensions: [2, 2, 2], spacing: [1, 1, 1], datatype: .uint8)
        header.extensions = [
            NIfTIExtension(code: 6, data: Array("{\"swift-unet\":{\"structures\":\(structures)}}".utf8))
        ]
        #expect(header.structures == nil)
    }
}
