import Datasets
import Foundation
import TestSupport
import Testing

/// Descriptions that hold anything: every key with every JSON type ends in one sentence or is passed over.
@Suite struct OddDescriptionsTests {
    private static let values = [
        "null", "true", "3", "-1", "0", "1.5", "3.0", "1e300", "1e999", "123456789012345678901234567890",
        "\"x\"", "\"\"",
        "\"../../etc/x\"", "[]", "[1]", "[null, {}]", "[[\"a\"]]", "[[1]]", "{}", "{\"0\": \"MRI\"}",
        "{\"a\": 1}",
        "{\"a\": true}", "{\"a\": null}", "{\"a\": {\"patient\": 3}}",
        "{\"a\": {\"patient\": \"p\", \"phase\": \"XX\"}}",
        "{\"RV\": 1, \"rv\": 1e9}", String(repeating: "[", count: 5000),
        String(repeating: "{\"a\":", count: 5000),
        String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000), "NaN", "\"\\ud800\"",
        "\"\\u0000\"",
    ]
    private static let decathlon: [String: String] = [
        "modality": "{\"0\": \"MRI\"}", "labels": "{\"0\": \"background\", \"1\": \"RV\"}",
        "numTraining": "1",
        "training": "[{\"image\": \"./imagesTr/a.nii.gz\", \"label\": \"./labelsTr/a.nii.gz\"}]",
        "test": "[]",
        "cases": "{\"a\": {\"patient\": \"p\", \"phase\": \"ED\", \"group\": \"g\"}}",
        "sequences": "[[\"p\"]]",
    ]
    private static let nnunet: [String: String] = [
        "channel_names": "{\"0\": \"MRI\"}", "labels": "{\"background\": 0, \"RV\": 1}", "numTraining": "1",
        "file_ending": "\".nii.gz\"", "cases": "{\"a\": {\"patient\": \"p\"}}", "sequences": "[[\"p\"]]",
        "training": "[]", "test": "[]",
    ]

    private func text(_ content: [String: String]) -> Data {
        Data(("{" + content.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}").utf8)
    }

    private func write(_ root: URL, image: String) throws {
        try Scan.write(root.appending(path: "imagesTr"), image)
        try Scan.write(root.appending(path: "labelsTr"), "a.nii.gz", voxels: Scan.labels(upTo: 1))
    }

    @Test(arguments: [true, false]) func everyKeyWithEveryType(isDecathlon: Bool) throws {
        let whole = isDecathlon ? Self.decathlon : Self.nnunet
        try withTemporaryDirectory { root in
            try write(root, image: isDecathlon ? "a.nii.gz" : "a_0000.nii.gz")
            let file = root.appending(path: "dataset.json")
            try text(whole).write(to: file)
            #expect(try Dataset(contentsOf: root).patients.map(\.id) == ["p"])
            for key in whole.keys.sorted() {
                for value in Self.values {
                    try text(whole.merging([key: value]) { $1 }).write(to: file)
                    do throws(DatasetError) {
                        let data = try Dataset(contentsOf: root)
                        #expect(data.cases.map(\.id) == ["a"], "\(key): \(value.prefix(60))")
                    } catch {
                        #expect(error.description.hasPrefix(root.relativePath), "\(key): \(value.prefix(60))")
                        #expect(error.description.hasSuffix("."))
                        #expect(error.description.count < root.relativePath.count + 250)
                    }
                }
            }
            for value in Self.values {
                try Data(value.utf8).write(to: file)
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }
            }
        }
    }

    @Test(arguments: [
        (
            "cases", "3",
            "has “cases” that are 3, not the notes that a conversion writes; patients are told from the names."
        ),
        (
            "sequences", "\"x\"",
            "has “sequences” that are not lists of patients; they are ignored."
        ),
    ])
    func keysOfOtherProgramsArePassedOver(key: String, value: String, sentence: String) throws {
        try withTemporaryDirectory { root in
            try write(root, image: "a_0000.nii.gz")
            let file = root.appending(path: "dataset.json")
            try text(Self.nnunet.merging([key: value]) { $1 }).write(to: file)
            let data = try Dataset(contentsOf: root)
            #expect(data.sentences == ["\(file.relativePath) \(sentence)"])
            #expect(data.issues.allSatisfy { $0.isNote })
        }
    }

    @Test(arguments: [
        ("numTraining", "\"x\"", "gives numTraining as “x”, which is not a number of cases; correct it."),
        ("numTraining", "true", "gives numTraining as true, which is not a number of cases; correct it."),
        ("labels", "{\"RV\": true}", "gives RV no label; labels are numbers, as in \"RV\": 1."),
        ("training", "3", "gives “training” as 3, not as a list of images; correct it."),
        (
            "training", "[{\"image\": 3}]",
            "lists training entry 1 without the path of an image and of its labels; correct the list."
        ),
        (
            "cases", "{\"a\": {}}",
            "names no patient for case a; correct it to \"a\": {\"patient\": \"NAME\"}."
        ),
        (
            "cases", "{\"a\": {\"patient\": \"p\", \"phase\": \"XX\"}}",
            "gives the phase of case a as “XX”; use ED or ES."
        ),
    ])
    func whatIsWrongIsSaid(key: String, value: String, reason: String) throws {
        try withTemporaryDirectory { root in
            try write(root, image: "a.nii.gz")
            let file = root.appending(path: "dataset.json")
            try text(Self.decathlon.merging([key: value]) { $1 }).write(to: file)
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(file.relativePath) \(reason)")
        }
    }

    @Test(arguments: [
        "../outside.nii.gz", "./imagesTr/../../outside.nii.gz", "/etc/passwd", "", ".", "imagesTr/..",
        "a\\u0000b",
    ])
    func pathsDoNotLeadOut(path: String) throws {
        try withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            try write(root, image: "a.nii.gz")
            try Scan.write(folder, "outside.nii.gz")
            let file = root.appending(path: "dataset.json")
            for entry in [
                "{\"image\": \"\(path)\", \"label\": \"labelsTr/a.nii.gz\"}",
                "{\"image\": \"imagesTr/a.nii.gz\", \"label\": \"\(path)\"}",
            ] {
                try text(Self.decathlon.merging(["training": "[\(entry)]"]) { $1 }).write(to: file)
                let sentence = #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?
                    .description
                #expect(
                    sentence?.hasSuffix("which is outside the dataset; list only paths inside it.") == true)
            }
            // Test images too.
            try FileManager.default.createDirectory(
                at: root.appending(path: "imagesTs"), withIntermediateDirectories: true)
            try text(Self.decathlon.merging(["test": "[\"\(path)\"]"]) { $1 }).write(to: file)
            #expect(throws: DatasetError.self) { try Dataset(contentsOf: root.appending(path: "imagesTs")) }
        }
    }

    @Test func linksMayLeadOut() throws {
        try withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            try write(root, image: "a.nii.gz")
            let image = root.appending(path: "imagesTr/a.nii.gz")
            try FileManager.default.moveItem(at: image, to: folder.appending(path: "elsewhere.nii.gz"))
            try FileManager.default.createSymbolicLink(
                atPath: image.path, withDestinationPath: "../../elsewhere.nii.gz")
            try text(Self.decathlon).write(to: root.appending(path: "dataset.json"))
            let data = try Dataset(contentsOf: root)
            #expect(try data.load(data.cases[0]).labels != nil)
        }
    }

    @Test func labelsOfEveryType() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii", labels: Scan.labels(upTo: 1))
            let file = root.appending(path: "labels.json")
            for value in Self.values {
                for content in [value, "{\"labels\": \(value)}", "{\"labels\": {\"RV\": \(value)}}"] {
                    try Data(content.utf8).write(to: file)
                    do throws(DatasetError) {
                        #expect(try !Dataset(contentsOf: root).structures.isEmpty)
                    } catch {
                        #expect(error.description.hasPrefix(file.relativePath), "\(content.prefix(60))")
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("ED: -1\nES: 7\n", "says \"ED: -1\" instead of a frame number"),
        (
            "ED: 99999999999999999999\nES: 7\n",
            "says \"ED: 99999999999999999999\" instead of a frame number"
        ),
        ("ED: nan\nES: 7\n", "says \"ED: nan\" instead of a frame number"),
        ("ED: 1.0\nES: 7\n", "says \"ED: 1.0\" instead of a frame number"),
        ("ED: 7\nES: +7\n", "names frame 7 as both ED and ES"),
    ])
    func oddInfo(info: String, reason: String) throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001", info: info)
            let path = root.appending(path: "patient001/Info.cfg").relativePath
            let data = try Dataset(contentsOf: root)
            #expect(data.issues == [.badInfo(path: path, reason: reason)])
            #expect(data.cases.count == 2)
        }
    }

    @Test(arguments: ["nan", "-3", "inf", "1e400", "tall", "0"])
    func measuresThatAreNone(value: String) throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001", info: "ED: +1\nES: 7\nHeight: \(value)\nWeight: 70\n")
            let data = try Dataset(contentsOf: root)
            #expect(data.patients[0].heightCM == nil && data.patients[0].weightKG == 70)
            #expect(
                data.sentences == [
                    "\(root.appending(path: "patient001/Info.cfg").relativePath) says \"Height: \(value)\", which is not a height, so it is ignored."
                ])
            #expect(data.cases(phases: .ed).count == 1)
        }
    }
}
