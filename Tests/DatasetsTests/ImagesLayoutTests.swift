import Datasets
import Foundation
import Imaging
import Scans
import TestSupport
import Testing

@Suite struct ImagesLayoutTests {
    @Test(arguments: [
        ("image", "label"), ("images", "labels"), ("imgs", "masks"), ("train/image", "train/mask"),
        ("training/Images", "training/Masks"),
    ])
    func foldersOfImagesAndLabels(images: String, labels: String) throws {
        try withTemporaryDirectory { root in
            for number in 0..<11 {
                try Picture.write(root.appending(path: "\(images)/\(number).png"), seed: UInt64(number))
                try Picture.writeLabels(root.appending(path: "\(labels)/\(number).png"), [0, 255])
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .images && data.isImages)
            #expect(data.cases.map(\.id) == (0..<11).map(String.init))
            #expect(data.structures == [Structure(name: "foreground", label: 255)])
            #expect(data.channelNames == ["image"] && data.channelCount == 1)
            #expect(data.issues.isEmpty)
            let loaded = try data.load(data.cases[10])
            #expect(loaded.template == nil && loaded.storedAs == "uint8")
            #expect(loaded.volume.geometry == Geometry(pixels: 4, 3))
            #expect(loaded.labels?.labels == (0..<12).map { $0 % 2 == 0 ? 0 : 255 })
            #expect(loaded.instances == nil)
        }
    }

    @Test func labelsMayHaveEndings() throws {
        try withTemporaryDirectory { root in
            for (image, label) in [("a.png", "a_mask.png"), ("b.tif", "b_gt.png"), ("c.png", "c_label.tif")] {
                if image.hasSuffix("tif") {
                    try Picture.writeStack(root.appending(path: image), [500, 6, 70])
                } else {
                    try Picture.write(root.appending(path: image))
                }
                if label.hasSuffix("tif") {
                    try Picture.writeStack(root.appending(path: label), [0, 1, 4])
                } else {
                    try Picture.writeLabels(root.appending(path: label), [0, 1, 2])
                }
            }
            try Picture.write(root.appending(path: "d.png"))
            try Picture.writeLabels(root.appending(path: "e_mask.png"), [1])
            try Picture.writeLabels(root.appending(path: "a_pred.png"), [1])
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["a", "b", "c", "d"])
            #expect(
                data.cases.map { $0.reference?.lastPathComponent } == [
                    "a_mask.png", "b_gt.png", "c_label.tif", nil,
                ])
            #expect(data.structures.map(\.name) == ["label 1", "label 2", "label 4"])
            #expect(try data.load(data.cases[1]).volume.voxels.prefix(3) == [500, 6, 70])
            func path(_ name: String) -> String { root.appending(path: name).relativePath }
            #expect(
                data.sentences == [
                    "\(path("a_pred.png")) is a prediction; it is skipped.",
                    "\(path("e_mask.png")) contains the labels of a missing image; it is skipped.",
                    "\(path("d.png")) has no labels; it can be predicted, but not trained on or scored.",
                ])
        }
    }

    @Test func foldersBelowArePatients() throws {
        try withTemporaryDirectory { root in
            for patient in ["anna", "bert"] {
                for name in ["1", "2"] {
                    try Picture.write(root.appending(path: "\(patient)/\(name).png"))
                    try Picture.writeLabels(root.appending(path: "\(patient)/\(name)_mask.png"), [0, 1])
                }
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.patients.map(\.id) == ["anna", "bert"])
            #expect(data.cases.map(\.id) == ["anna_1", "anna_2", "bert_1", "bert_2"])
        }
    }

    @Test func pagesOfAStackAreCases() throws {
        try withTemporaryDirectory { root in
            try Picture.writeStack(root.appending(path: "images/stack.tif"), (0..<120).map { $0 }, pages: 10)
            try Picture.writeStack(root.appending(path: "labels/stack.tif"), [0, 0, 255], pages: 10)
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == (1...10).map { $0 < 10 ? "stack_page0\($0)" : "stack_page10" })
            #expect(data.cases.map(\.page) == (0..<10).map { $0 })
            let loaded = try data.load(data.cases[3])
            #expect(loaded.volume.voxels == (36..<48).map { Float($0) } && loaded.labels?.geometry.depth == 1)
            #expect(data.sequences == [data.cases.map(\.id)])
            let folds = try Folds(of: data)
            #expect(folds.folds[4] == ["stack_page09", "stack_page10"])
        }
    }

    @Test func aPictureBesideAStackIsInABlockToo() throws {
        try withTemporaryDirectory { root in
            try Picture.writeStack(root.appending(path: "images/stack.tif"), (0..<120).map { $0 }, pages: 10)
            try Picture.writeStack(root.appending(path: "labels/stack.tif"), [0, 0, 255], pages: 10)
            try Picture.write(root.appending(path: "images/zoo.png"))
            try Picture.writeLabels(root.appending(path: "labels/zoo.png"), [0, 255])
            let folds = try Folds(of: Dataset(contentsOf: root))
            #expect(folds.folds[0] == ["stack_page01", "stack_page02"])
            #expect(folds.folds[4] == ["stack_page09", "stack_page10", "zoo"])
        }
    }

    @Test func pagesMayDifferInSize() throws {
        try withTemporaryDirectory { root in
            let (images, labels) = (
                root.appending(path: "images/stack.tif"), root.appending(path: "labels/stack.tif")
            )
            try Picture.writeStack(images, (0..<24).map { $0 }, pages: 2)
            try Picture.writeStack(labels, [0, 1, 4], pages: 2)
            for file in [images, labels] {
                // The second page's directory, behind the first page, says that it has 2 rows.
                var bytes = try Data(contentsOf: file)
                let second = 8 + 2 + 9 * 12 + 4 + 24
                bytes[second + 2 + 12 + 8] = 2
                try bytes.write(to: file)
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.structures.map(\.label) == [1, 4])
            #expect(try data.cases.map { try data.load($0).labels?.geometry.height } == [3, 2])
        }
    }

    @Test func labelsOfADatasetWithoutStructures() throws {
        try withTemporaryDirectory { root in
            try Picture.write(root.appending(path: "a.png"))
            let labels = root.appending(path: "a_mask.png")
            try Picture.writeLabels(labels, [0, 1, 4])
            let data = try Dataset(contentsOf: root, structures: [])
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }?.description
                    == "\(labels.relativePath) has the labels 1, 4, but the dataset's are 0 (background) only; correct the "
                    + "file, or name its labels in labels.json, or open the dataset with instances if they number objects."
            )
        }
    }

    @Test func colorsAreChannelsAndAllImagesHaveThem() throws {
        try withTemporaryDirectory { root in
            try Picture.write(root.appending(path: "images/a.png"), format: .rgb)
            try Picture.write(root.appending(path: "images/b.png"), format: .rgba)
            try Picture.write(root.appending(path: "images/c.png"))
            for name in ["a", "b", "c"] {
                try Picture.writeLabels(root.appending(path: "masks/\(name).png"), [0, 1])
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.channelNames == ["red", "green", "blue"])
            #expect(try data.load(data.cases[1]).channels.count == 3)
            func path(_ name: String) -> String { root.appending(path: "images/\(name)").relativePath }
            #expect(data.sentences == ["\(path("b.png")) has an opacity channel, which is ignored."])
            #expect(data.issues[0].isNote)
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[2]) }?.description
                    == "\(path("c.png")) has 1 channel, but the dataset's images have 3; use the same channels for all images."
            )
        }
    }

    @Test func paletteMasksAreIndices() throws {
        try withTemporaryDirectory { root in
            try Picture.write(root.appending(path: "a.png"))
            let colors = [PNGImage.RGB(0, 0, 0), PNGImage.RGB(200, 0, 0), PNGImage.RGB(0, 9, 9)]
            try PNGImage(
                width: 4, height: 3, format: .palette(colors), bytes: (0..<12).map { UInt8($0 % 3) }
            ).write(to: root.appending(path: "a_mask.png"))
            let data = try Dataset(contentsOf: root)
            #expect(data.structures.map(\.label) == [1, 2])
            #expect(try data.load(data.cases[0]).labels?.labels.prefix(3) == [0, 1, 2])
        }
    }

    @Test func structuresAreToldByFileOrCaller() throws {
        try withTemporaryDirectory { root in
            try Picture.write(root.appending(path: "a.png"))
            try Picture.writeLabels(root.appending(path: "a_mask.png"), [0, 255])
            let cell = [Structure(name: "cell", label: 255)]
            #expect(try Dataset(contentsOf: root, structures: cell).structures == cell)
            try Data(#"{"labels": {"membrane": 255}}"#.utf8).write(to: root.appending(path: "labels.json"))
            #expect(try Dataset(contentsOf: root).structures.map(\.name) == ["membrane"])
        }
        try withTemporaryDirectory { root in
            try Picture.write(root.appending(path: "train/images/a.png"))
            try Picture.writeLabels(root.appending(path: "train/labels/a.png"), [0, 255])
            let file = root.appending(path: "train/labels.json")
            try Data(#"{"labels": {"cell": 255}}"#.utf8).write(to: file)
            #expect(try Dataset(contentsOf: root).structures.map(\.name) == ["cell"])
        }
    }

    @Test func testImagesHaveNoLabels() throws {
        try withTemporaryDirectory { root in
            for number in 0..<3 { try Picture.write(root.appending(path: "test/\(number).png")) }
            let test = root.appending(path: "test")
            let data = try Dataset(contentsOf: test)
            #expect(data.cases.count == 3 && data.structures.isEmpty)
            #expect(
                data.sentences == [
                    "\(test.relativePath) contains 3 images and no labels; they can be predicted, but not trained on or scored."
                ])
            try Picture.write(root.appending(path: "train/image/0.png"))
            try Picture.writeLabels(root.appending(path: "train/label/0.png"), [0, 255])
            let whole = try Dataset(contentsOf: root)
            #expect(whole.cases.map(\.image.lastPathComponent) == ["0.png"])
            #expect(
                whole.sentences == [
                    "\(test.relativePath) contains test images, which are not used here; specify that folder to predict or score them."
                ])
        }
    }

    @Test func namesThatDoNotPair() throws {
        try withTemporaryDirectory { root in
            let (images, labels) = (root.appending(path: "images"), root.appending(path: "labels"))
            try Picture.write(images.appending(path: "cell1.png"))
            try Picture.writeLabels(labels.appending(path: "truth1.png"), [1])
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(images.relativePath) and \(labels.relativePath) have no file name in common (cell1.png and truth1.png, for example); give each image and its labels the same name, or end the names of labels with _gt."
            )
        }
    }

    @Test func labelsOfAnotherSize() throws {
        try withTemporaryDirectory { root in
            try Picture.write(root.appending(path: "a.png"))
            try Picture.writeLabels(root.appending(path: "a_mask.png"), [0, 1], width: 3, height: 4)
            let data = try Dataset(contentsOf: root)
            let (image, labels) = (root.appending(path: "a.png"), root.appending(path: "a_mask.png"))
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }?.description
                    == "\(labels.relativePath) has 3 × 4 × 1 voxels, but its image \(image.relativePath) has 4 × 3 × 1; use labels drawn on that image."
            )
        }
    }

    @Test func numberedObjectsAreNoClasses() throws {
        try withTemporaryDirectory { root in
            try Picture.write(root.appending(path: "a.png"))
            let labels = root.appending(path: "a_mask.tif")
            try Picture.writeStack(labels, [0, 300, 301])
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(labels.relativePath) has 2 labels that the dataset does not define, as if it numbered objects; open the dataset with instances if it does, or use labels of classes."
            )
        }
    }

    @Test func labelsMayNumberObjectsWhereTheCallerSaysSo() throws {
        try withTemporaryDirectory { root in
            for (name, values) in [("a", [0, 300, 65535] as [UInt16]), ("b", [0, 1, 2])] {
                try Picture.write(root.appending(path: "images/\(name).png"))
                try Picture.writeStack(root.appending(path: "labels/\(name).tif"), values)
            }
            let data = try Dataset(contentsOf: root, instances: true)
            #expect(data.layout == .images && data.structures == [Structure(name: "cell", label: 1)])
            let loaded = try data.load(data.cases[0])
            #expect(loaded.instances == (0..<12).map { [0, 300, 65535][$0 % 3] })
            #expect(loaded.labels?.labels == (0..<12).map { $0 % 3 == 0 ? 0 : 1 })
            let nucleus = Structure(name: "nucleus", label: 255)
            let named = try Dataset(contentsOf: root, structures: [nucleus], instances: true)
            #expect(try named.load(named.cases[1]).labels?.labels.prefix(3) == [0, 255, 255])
            #expect(
                #expect(throws: DatasetError.self) {
                    try Dataset(
                        contentsOf: root, structures: [nucleus, Structure(name: "b", label: 2)],
                        instances: true)
                }?.description
                    == "\(root.relativePath) numbers objects, which are all of one class, but 2 structures are given (nucleus, b); give only one."
            )
        }
    }

    @Test func scansHaveNoInstances() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii")
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root, instances: true) }?
                    .description
                    == "\(root.relativePath) contains scans, but only pictures (PNG, TIFF) have labels that number objects; open it without instances."
            )
        }
    }

    @Test func picturesNumberedThroughAreASequence() throws {
        try withTemporaryDirectory { root in
            for number in 0..<30 {
                // Neighbors may even be equal; blocks are cut all the same.
                try Picture.write(root.appending(path: "image/\(number).png"))
                try Picture.writeLabels(root.appending(path: "label/\(number).png"), [0, 255])
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.sequences.map(\.count) == [30])
            #expect(try Folds(of: data).validation(4) == ["24", "25", "26", "27", "28", "29"])
            try FileManager.default.removeItem(at: root.appending(path: "image/7.png"))
            try FileManager.default.removeItem(at: root.appending(path: "label/7.png"))
            #expect(try Dataset(contentsOf: root).sequences.isEmpty)
        }
    }
}
