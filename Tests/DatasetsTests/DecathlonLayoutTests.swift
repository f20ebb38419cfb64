import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct DecathlonLayoutTests {
    static let json = """
        {"name": "Hearts", "tensorImageSize": "4D", "modality": {"0": "FLAIR", "1": "T1w"},
         "labels": {"0": "background", "1": "edema", "2": "tumour"}, "numTraining": 2, "numTest": 1,
         "training": [{"image": "./imagesTr/b_10.nii.gz", "label": "./labelsTr/b_10.nii.gz"},
                      {"image": "./imagesTr/._b_2.nii.gz", "label": "./labelsTr/._b_2.nii.gz"},
                      {"image": "./imagesTr/b_2.nii.gz", "label": "./labelsTr/b_2.nii.gz"}],
         "test": ["./imagesTs/b_3.nii.gz"]}
        """

    private func write(_ root: URL, json: String = json) throws {
        for name in ["imagesTr/b_10", "imagesTr/b_2", "imagesTs/b_3"] {
            let file = root.appending(path: name + ".nii.gz")
            try Scan.write(
                file.deletingLastPathComponent(), file.lastPathComponent, voxels: (0..<120).map { Int16($0) },
                dimensions: [6, 5, 2, 2], spacing: [1, 1, 1, 1])
        }
        for name in ["b_10", "b_2"] {
            try Scan.write(
                root.appending(path: "labelsTr"), name + ".nii.gz", voxels: Scan.labels(upTo: 2),
                spacing: [1, 1, 1])
        }
        try Data(json.utf8).write(to: root.appending(path: "dataset.json"))
    }

    @Test func entriesMaySayMore() throws {
        try withTemporaryDirectory { root in
            try write(
                root,
                json: Self.json.replacing(
                    "{\"image\": \"./imagesTr/b_2.nii.gz\"",
                    with: "{\"fold\": 0, \"image\": \"./imagesTr/b_2.nii.gz\""))
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .decathlon && data.cases.map(\.id) == ["b_2", "b_10"])
        }
    }

    @Test func theDescriptionMustBeThere() throws {
        try withTemporaryDirectory { root in
            try write(root)
            let file = root.appending(path: "dataset.json")
            try FileManager.default.removeItem(at: file)
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(file.relativePath) is missing, although there is an imagesTr, as in nnU-Net's and the Decathlon's folders; add it, or rename imagesTr to images and labelsTr to labels."
            )
        }
    }

    @Test func framesAreChannels() throws {
        try withTemporaryDirectory { root in
            try write(root)
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .decathlon && data.channelNames == ["FLAIR", "T1w"])
            #expect(data.cases.map(\.id) == ["b_2", "b_10"])
            #expect(data.structures.map(\.name) == ["edema", "tumour"])
            let loaded = try data.load(data.cases[0])
            #expect(loaded.channels.map { $0.voxels[0] } == [0, 60])
            #expect(loaded.labels?.labels == Scan.labels(upTo: 2))
            let test = try Dataset(contentsOf: root.appending(path: "imagesTs"))
            #expect(test.cases.map(\.id) == ["b_3"])
            #expect(try test.load(test.cases[0]).labels == nil)
        }
    }

    @Test(arguments: [
        (
            "\"numTraining\": 2", "\"numTraining\": 3",
            "says that there are 3 training cases (numTraining), but lists 2; add what is missing, or correct numTraining."
        ),
        (
            "./imagesTr/b_10.nii.gz", "./imagesTr/b_2.nii.gz", "lists b_2 twice; correct the list."
        ),
        (
            "\"2\": \"tumour\"", "\"2\": \"edema\"",
            "gives edema several labels; give each its own name."
        ),
        (
            "\"1\": \"edema\"", "\"edema\": null",
            "gives edema no label; labels are numbers, as in \"RV\": 1."
        ),
    ])
    func contradictions(old: String, new: String, reason: String) throws {
        try withTemporaryDirectory { root in
            try write(root, json: Self.json.replacing(old, with: new))
            let error = #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }
            #expect(error?.description == "\(root.appending(path: "dataset.json").relativePath) \(reason)")
        }
    }

    @Test func missingFilesAndChannels() throws {
        try withTemporaryDirectory { root in
            try write(root, json: Self.json.replacing(", \"1\": \"T1w\"", with: ""))
            let data = try Dataset(contentsOf: root)
            let image = root.appending(path: "imagesTr/b_2.nii.gz")
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }?.description
                    == "\(image.relativePath) has 2 channels, but the dataset's images have 1; use the same channels for all images."
            )
            try FileManager.default.removeItem(at: image)
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(root.appending(path: "dataset.json").relativePath) lists \(image.relativePath), which is missing; "
                    + "add it, or correct the list.")
        }
    }
}
