import Datasets
import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

@Suite struct ConversionTests {
    @Test(arguments: Conversion.Target.allCases)
    func acdcSurvives(target: Conversion.Target) throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "acdc")
            for number in 1...3 {
                let name = "patient00\(number)"
                try Scan.writePatient(source, name)
                for frame in ["01", "07"] {
                    let seed = UInt64(number * 100) + UInt64(frame)!
                    try Scan.write(source.appending(path: name), "\(name)_frame\(frame).nii.gz", seed: seed)
                }
            }
            let data = try Dataset(contentsOf: source)
            let output = root.appending(path: "new/Dataset001")
            let result = try Conversion(data, to: target).write(to: output)
            #expect(result.training == 6 && result.test == 0 && result.copied == 12 && result.rewritten == 0)
            let back = try Dataset(contentsOf: output)
            #expect(back.layout == (target == .nnunet ? .nnunet : .decathlon))
            #expect(back.structures == data.structures && back.channelNames == ["MRI"])
            #expect(back.patients.map(\.id) == data.patients.map(\.id))
            #expect(back.patients.map(\.group) == data.patients.map(\.group))
            #expect(back.cases.map(\.id) == data.cases.map(\.id))
            #expect(back.cases.map(\.phase) == data.cases.map(\.phase))
            #expect(try Folds(of: back, count: 2) == Folds(of: data, count: 2))
            for (old, new) in zip(data.cases, back.cases) {
                #expect(try Data(contentsOf: old.image) == Data(contentsOf: new.image))
                #expect(
                    try Data(contentsOf: #require(old.reference)) == Data(contentsOf: #require(new.reference))
                )
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).count == 3)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "new").path).count
                    == 1)
        }
    }

    @Test(arguments: Conversion.Target.allCases)
    func neighborsStayNeighbours(target: Conversion.Target) throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "stack")
            for number in 0..<12 {
                try Picture.write(source.appending(path: "images/\(number).png"), seed: UInt64(number))
                try Picture.writeLabels(source.appending(path: "labels/\(number).png"), [0, 1])
            }
            let data = try Dataset(contentsOf: source)
            #expect(data.sequences == [(0..<12).map(String.init)])
            let output = root.appending(path: "out")
            _ = try Conversion(data, to: target).write(to: output)
            let back = try Dataset(contentsOf: output)
            #expect(back.sequences == data.sequences)
            #expect(try Folds(of: back).folds == Folds(of: data).folds)
        }
    }

    @Test func endingsAreMadeEqual() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "pairs")
            try Scan.write(source, "a.nii", labels: Scan.labels(upTo: 1))
            try Scan.write(source, "b.nii.gz", labels: Scan.labels(upTo: 1))
            try Scan.write(source, "c.nii.gz")
            let data = try Dataset(contentsOf: source)
            let output = root.appending(path: "out")
            let result = try Conversion(data, to: .nnunet).write(to: output)
            #expect(result.training == 2 && result.test == 1)
            #expect(result.copied == 3 && result.rewritten == 2)
            let new = output.appending(path: "imagesTr/a_0000.nii.gz")
            let (before, after) = (
                try NIfTIImage(contentsOf: data.cases[0].image), try NIfTIImage(contentsOf: new)
            )
            #expect(try before.stored(as: Int16.self) == after.stored(as: Int16.self))
            #expect(before.header.bytes == after.header.bytes)
            #expect(try Dataset(contentsOf: output.appending(path: "imagesTs")).cases.map(\.id) == ["c"])
        }
    }

    @Test func valuesWithGapsAreNumberedAnew() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "pictures")
            for number in 0..<3 {
                try Picture.write(source.appending(path: "image/\(number).png"), seed: UInt64(number))
                try Picture.writeLabels(source.appending(path: "label/\(number).png"), [0, 255])
            }
            let data = try Dataset(contentsOf: source)
            for target in Conversion.Target.allCases {
                let output = root.appending(path: target.rawValue)
                let result = try Conversion(data, to: target).write(to: output)
                #expect(result.structures == [Structure(name: "foreground", label: 1)])
                let back = try Dataset(contentsOf: output)
                #expect(back.isImages == (target == .nnunet))
                for (old, new) in zip(data.cases, back.cases) {
                    let (one, two) = (try data.load(old), try back.load(new))
                    #expect(two.volume.voxels == one.volume.voxels && two.storedAs == "uint8")
                    #expect(two.labels?.labels == one.labels?.labels.map { $0 == 255 ? 1 : 0 })
                }
            }
        }
    }

    @Test func channelsPartAndMeet() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "source")
            for channel in 0...1 {
                try Scan.write(
                    source.appending(path: "imagesTr"), "x_000\(channel).nii.gz", seed: UInt64(channel))
            }
            try Scan.write(source.appending(path: "labelsTr"), "x.nii.gz", voxels: Scan.labels(upTo: 1))
            let json = """
                {"channel_names": {"0": "T1", "1": "T2"}, "labels": {"background": 0, "A": 1}, "numTraining": 1,
                 "file_ending": ".nii.gz"}
                """
            try Data(json.utf8).write(to: source.appending(path: "dataset.json"))
            let data = try Dataset(contentsOf: source)
            let together = root.appending(path: "together")
            let result = try Conversion(data, to: .decathlon).write(to: together)
            #expect(result.rewritten == 1)
            let middle = try Dataset(contentsOf: together)
            #expect(middle.channelNames == ["T1", "T2"] && middle.cases[0].images.count == 1)
            let apart = root.appending(path: "apart")
            _ = try Conversion(middle, to: .nnunet).write(to: apart)
            let back = try Dataset(contentsOf: apart)
            let (one, two) = (try data.load(data.cases[0]), try back.load(back.cases[0]))
            #expect(one.channels.map(\.voxels) == two.channels.map(\.voxels))
            #expect(one.volume.geometry == two.volume.geometry && one.labels == two.labels)
        }
    }

    @Test func cellsBecomeAClass() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "cells")
            try Picture.writeStack(source.appending(path: "01/t000.tif"), [3, 400])
            try Picture.writeStack(source.appending(path: "01_GT/SEG/man_seg000.tif"), [0, 8, 900])
            let output = root.appending(path: "out")
            _ = try Conversion(Dataset(contentsOf: source), to: .nnunet).write(to: output)
            let back = try Dataset(contentsOf: output)
            let loaded = try back.load(back.cases[0])
            #expect(back.structures == [Structure(name: "cell", label: 1)])
            #expect(loaded.storedAs == "uint16" && loaded.volume.voxels.prefix(2) == [3, 400])
            #expect(loaded.labels?.labels.prefix(3) == [0, 1, 1])
        }
    }

    /// What is written must hold the values of every page and channel, not only of the first.
    @Test(arguments: [1, 2])
    func pagesAndChannelsOfSeveralTypes(files: Int) throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "source")
            let mixed = source.appending(path: "imagesTr/x_0000.tif")
            if files == 1 {
                try Picture.writeMixedStack(mixed, [300], pages: 2)
            } else {
                try Picture.writeStack(source.appending(path: "imagesTr/x_0001.tif"), [300], pages: 2)
                try TIFFFile.write(
                    [UInt8](repeating: 44, count: 24), extent: Extent(width: 4, height: 3, depth: 2),
                    to: mixed)
            }
            try Picture.writeStack(source.appending(path: "labelsTr/x.tif"), [0, 1], pages: 2)
            let names = (0..<files).map { "\"\($0)\": \"image \($0)\"" }.joined(separator: ", ")
            let json = """
                {"channel_names": {\(names)}, "labels": {"background": 0, "A": 1}, "numTraining": 1,
                 "file_ending": ".tif"}
                """
            try Data(json.utf8).write(to: source.appending(path: "dataset.json"))
            let data = try Dataset(contentsOf: source)
            let one = try data.load(data.cases[0])
            #expect(one.storedAs == "uint16")
            #expect(one.channels.flatMap(\.voxels).max() == 300)
            let output = root.appending(path: "out")
            _ = try Conversion(data, to: .decathlon).write(to: output)
            let back = try Dataset(contentsOf: output)
            let two = try back.load(back.cases[0])
            #expect(two.channels.map(\.voxels) == one.channels.map(\.voxels) && two.storedAs == "uint16")
        }
    }

    @Test func nothingIsLeftBehind() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "pairs")
            try Scan.write(source, "a.nii.gz", labels: Scan.labels(upTo: 1))
            try Scan.write(source, "b.nii.gz", labels: Scan.labels(upTo: 1))
            try Data("no image".utf8).write(to: source.appending(path: "b.nii.gz"))
            let data = try Dataset(contentsOf: source)
            let output = root.appending(path: "out")
            let error = #expect(throws: DatasetError.self) {
                try Conversion(data, to: .nnunet).write(to: output)
            }
            #expect(error?.description.hasPrefix(source.appending(path: "b.nii.gz").relativePath) == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.path) == ["pairs"])
        }
    }

    @Test func placesThatAreTaken() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "data")
            try Scan.write(source, "a.nii.gz", labels: Scan.labels(upTo: 1))
            let conversion = Conversion(try Dataset(contentsOf: source), to: .decathlon)
            func text(_ place: URL) -> String? {
                #expect(throws: DatasetError.self) { try conversion.write(to: place) }?.description
            }
            #expect(
                text(source) == "\(source.relativePath) already contains files; choose a new or empty folder."
            )
            let file = root.appending(path: "file")
            try Data("text".utf8).write(to: file)
            #expect(text(file) == "\(file.relativePath) is a file; choose a new or empty folder.")
            let below = file.appending(path: "new")
            #expect(
                text(below)
                    == "\(below.relativePath) cannot be written (Not a directory); check the folder's permissions and the free "
                    + "space.")
            let bare = root.appending(path: "bare")
            try Scan.write(bare, "a.nii.gz")
            #expect(
                #expect(throws: DatasetError.self) {
                    try Conversion(Dataset(contentsOf: bare), to: .nnunet).write(
                        to: root.appending(path: "x"))
                }?.description
                    == "\(bare.relativePath) has no case with labels, so there is nothing to train on; add labels."
            )
        }
    }

    @Test func aDatasetIsNotWrittenIntoItself() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "data")
            try Scan.write(source, "a.nii.gz", labels: Scan.labels(upTo: 1))
            let link = root.appending(path: "link")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: source)
            // A dataset that hides in the output.
            let around = root.appending(path: "around")
            let hidden = around.appending(path: ".data")
            try Scan.write(hidden, "a.nii.gz", labels: Scan.labels(upTo: 1))
            for (data, output) in [
                (source, source.appending(path: "new")), (source, link.appending(path: "new/deep")),
                (link, source.appending(path: "new")), (hidden, around),
            ] {
                let conversion = Conversion(try Dataset(contentsOf: data), to: .nnunet)
                #expect(
                    #expect(throws: DatasetError.self) { try conversion.write(to: output) }?.description
                        == "\(output.relativePath) overlaps the dataset \(data.relativePath); choose a folder outside it."
                )
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: source.path).sorted()
                    == ["a.nii.gz", "a_gt.nii.gz"])
        }
    }

    @Test func anEmptyFolderIsFilled() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "data")
            try Scan.write(source, "a.nii.gz", labels: Scan.labels(upTo: 1))
            let output = root.appending(path: "out")
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: false)
            try Data().write(to: output.appending(path: ".DS_Store"))
            _ = try Conversion(Dataset(contentsOf: source), to: .nnunet).write(to: output)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
                    == [".DS_Store", "dataset.json", "imagesTr", "labelsTr"])
        }
    }
}
