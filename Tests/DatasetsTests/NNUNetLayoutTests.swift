import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct NNUNetLayoutTests {
    static let json = """
        {"channel_names": {"0": "T1", "1": "T2"}, "labels": {"background": 0, "LV": 2, "RV": 1}, "numTraining": 3,
         "file_ending": ".nii.gz"}
        """

    /// Patients 2 (two frames) and 10, with two channels, and a test image.
    private func write(_ root: URL, json: String = json) throws {
        let images = root.appending(path: "imagesTr")
        for (index, id) in ["patient002_frame01", "patient002_frame09", "patient10"].enumerated() {
            for channel in 0...1 {
                try Scan.write(images, "\(id)_000\(channel).nii.gz", seed: UInt64(2 * index + channel))
            }
            try Scan.write(
                root.appending(path: "labelsTr"), "\(id).nii.gz", voxels: Scan.labels(upTo: 2))
        }
        try Data().write(to: images.appending(path: "._patient10_0000.nii.gz"))
        for channel in 0...1 { try Scan.write(root.appending(path: "imagesTs"), "x_000\(channel).nii.gz") }
        try Data(json.utf8).write(to: root.appending(path: "dataset.json"))
    }

    @Test func findsCasesChannelsAndPatients() throws {
        try withTemporaryDirectory { root in
            try write(root)
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .nnunet && !data.isImages)
            #expect(data.channelNames == ["T1", "T2"])
            #expect(data.structures == [Structure(name: "RV", label: 1), Structure(name: "LV", label: 2)])
            #expect(data.patients.map(\.id) == ["patient002", "patient10"])
            #expect(data.cases.map(\.frame) == [1, 9, nil])
            #expect(data.cases[0].images.map(\.lastPathComponent).count == 2)
            let loaded = try data.load(data.cases[1])
            #expect(loaded.channels.count == 2 && loaded.channels[0].voxels != loaded.channels[1].voxels)
            #expect(loaded.labels?.labels == Scan.labels(upTo: 2))
            #expect(loaded.template?.datatype == .int16)
            #expect(data.issues.isEmpty)
            let test = try Dataset(contentsOf: root.appending(path: "imagesTs"))
            #expect(test.cases.map(\.id) == ["x"] && test.cases[0].reference == nil)
            #expect(test.channelNames == ["T1", "T2"] && test.structures == data.structures)
            #expect(try Dataset(contentsOf: root.appending(path: "imagesTr")).cases.count == 3)
        }
    }

    @Test func picturesInColorAreOneFile() throws {
        try withTemporaryDirectory { root in
            for id in ["a", "b"] {
                try Picture.write(root.appending(path: "imagesTr/\(id)_0000.png"), format: .rgb)
                try Picture.writeLabels(root.appending(path: "labelsTr/\(id).png"), [0, 1])
            }
            let json = """
                {"channel_names": {"0": "R", "1": "G", "2": "B"}, "labels": {"background": 0, "road": 1},
                 "numTraining": 2, "file_ending": ".png"}
                """
            try Data(json.utf8).write(to: root.appending(path: "dataset.json"))
            let data = try Dataset(contentsOf: root)
            #expect(data.isImages && data.channelCount == 3)
            #expect(try data.load(data.cases[0]).channels.count == 3)
        }
    }

    /// What is wrong with `dataset.json` or, with `remove`, with the files.
    @Test(arguments: [
        (
            "\"numTraining\": 3", "\"numTraining\": 4", "", "dataset.json",
            "says that there are 4 training cases (numTraining), but imagesTr contains 3; add what is missing, or correct "
                + "numTraining."
        ),
        (
            "\"LV\": 2", "\"heart\": [1, 2]", "", "dataset.json",
            "gives heart several labels, as a region; regions are not supported, so give every label one name."
        ),
        (
            "\"LV\": 2", "\"ignore\": 2", "", "dataset.json",
            "has an “ignore” label (2), which is not supported; label those voxels, or make them background."
        ),
        ("\"LV\": 2", "\"LV\": 1", "", "dataset.json", "gives LV and RV the same label 1; correct it."),
        (
            "\"LV\": 2", "\"LV\": 256", "", "dataset.json",
            "gives LV the label 256, but labels must be from 1 to 255; correct it."
        ),
        ("{", "", "", "dataset.json", "is not JSON; correct it."),
        (
            "channel_names", "channels", "", "dataset.json",
            "names no channels; add \"channel_names\": {\"0\": \"MRI\"} (nnU-Net) or \"modality\" (Decathlon)."
        ),
        (
            "\"1\": \"T2\"", "\"2\": \"T2\"", "", "dataset.json",
            "names no channels; add \"channel_names\": {\"0\": \"MRI\"} (nnU-Net) or \"modality\" (Decathlon)."
        ),
        (
            ", \"1\": \"T2\"", "", "", "imagesTr/patient002_frame01_0001.nii.gz",
            "is a channel that dataset.json does not name: it names 1; add it there, or remove the file."
        ),
        (
            "", "", "imagesTr/patient10_0001.nii.gz", "imagesTr/patient10_0001.nii.gz",
            "is missing, although dataset.json names channel 1 (T2); add it, or correct dataset.json."
        ),
        (
            "", "", "labelsTr/patient10.nii.gz", "labelsTr/patient10.nii.gz",
            "is missing, although imagesTr contains its image; add it, or remove the image."
        ),
        (
            ".nii.gz", ".mha", "", "imagesTr",
            "contains no files that end in .mha, as dataset.json says images do; correct file_ending."
        ),
    ])
    func contradictions(old: String, new: String, remove: String, path: String, reason: String) throws {
        try withTemporaryDirectory { root in
            try write(
                root, json: old.isEmpty ? Self.json : Self.json.replacing(old, with: new, maxReplacements: 1))
            if !remove.isEmpty { try FileManager.default.removeItem(at: root.appending(path: remove)) }
            let error = #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }
            #expect(error?.description == "\(root.appending(path: path).relativePath) \(reason)")
        }
    }

    @Test func namesWithoutChannelAndLabelsWithoutImage() throws {
        try withTemporaryDirectory { root in
            try write(root)
            let labels = root.appending(path: "labelsTr/patient11.nii.gz")
            try Scan.write(root.appending(path: "labelsTr"), "patient11.nii.gz", voxels: Scan.labels(upTo: 1))
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(labels.relativePath) contains the labels of a missing image; add the image, or remove the labels."
            )
            try FileManager.default.removeItem(at: labels)
            try Scan.write(root.appending(path: "imagesTr"), "patient11.nii.gz")
            let image = root.appending(path: "imagesTr/patient11.nii.gz")
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(image.relativePath) does not say which channel it is; nnU-Net's images end in _0000, _0001, and so on, before .nii.gz."
            )
        }
    }

    @Test func channelsOnDifferentGrids() throws {
        try withTemporaryDirectory { root in
            try write(root)
            let folder = root.appending(path: "imagesTr")
            let (one, two) = ("patient10_0000.nii.gz", "patient10_0001.nii.gz")
            func path(_ name: String) -> String { folder.appending(path: name).relativePath }
            func text() -> String? {
                #expect(throws: DatasetError.self) {
                    let data = try Dataset(contentsOf: root)
                    _ = try data.load(data.cases[2])
                }?.description
            }
            try Scan.write(folder, two, voxels: Scan.labels(upTo: 3), dimensions: [5, 6, 2])
            #expect(
                text()
                    == "\(path(two)) has 5 × 6 × 2 voxels, but the first channel \(path(one)) has 6 × 5 × 2; use channels of "
                    + "one scan on one grid.")
            try Scan.write(folder, two, voxels: Scan.labels(upTo: 3), spacing: [1.5, 1.5, 9])
            #expect(
                text()
                    == "\(path(two)) has voxels of 1.5 × 1.5 × 9 mm, but the first channel \(path(one)) has voxels of 1.5 × 1.5 × 10 mm; use channels of one scan on one grid."
            )
        }
    }

    @Test func labelsThatAreNotDescribed() throws {
        try withTemporaryDirectory { root in
            try write(root, json: Self.json.replacing("\"LV\": 2, ", with: ""))
            let data = try Dataset(contentsOf: root)
            let path = root.appending(path: "labelsTr/patient10.nii.gz").relativePath
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[2]) }?.description
                    == "\(path) has the label 2, but the dataset's are 0 (background), 1; correct the file, or name its "
                    + "labels in labels.json.")
        }
    }
}
