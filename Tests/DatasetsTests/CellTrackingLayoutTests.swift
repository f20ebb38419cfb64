import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct CellTrackingLayoutTests {
    @Test func sequencesAndTheirCells() throws {
        try withTemporaryDirectory { root in
            for sequence in ["01", "02"] {
                for frame in 0..<4 {
                    try Picture.writeStack(
                        root.appending(path: "\(sequence)/t00\(frame).tif"), [UInt16(frame), 9])
                }
            }
            try Picture.writeStack(root.appending(path: "01_GT/SEG/man_seg001.tif"), [0, 1, 700])
            try Picture.writeStack(root.appending(path: "01_GT/SEG/man_seg003.tif"), [0, 5])
            try Picture.writeStack(root.appending(path: "01_GT/SEG/man_seg_000_012.tif"), [0, 5])
            try Picture.writeStack(root.appending(path: "02_GT/SEG/man_seg000.tif"), [0, 2])
            try Picture.writeStack(root.appending(path: "02_ST/SEG/man_seg000.tif"), [0, 3])
            try Picture.writeStack(root.appending(path: "02_ST/SEG/man_seg002.tif"), [0, 3])
            try Picture.writeStack(root.appending(path: "02_GT/SEG/man_seg009.tif"), [0, 2])
            try Picture.writeStack(root.appending(path: "01_GT/TRA/man_track000.tif"), [0, 2])
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .cellTracking && data.isImages && data.channelCount == 1)
            #expect(data.structures == [Structure(name: "cell", label: 1)])
            #expect(data.cases.map(\.id) == ["01_t001", "01_t003", "02_t000", "02_t002"])
            #expect(data.sequences == [["01_t001", "01_t003"], ["02_t000", "02_t002"]])
            let loaded = try data.load(data.cases[0])
            #expect(loaded.instances == (0..<12).map { [0, 1, 700][$0 % 3] })
            #expect(loaded.labels?.labels == (0..<12).map { $0 % 3 == 0 ? 0 : 1 })
            #expect(data.cases[2].reference?.path.hasSuffix("02_GT/SEG/man_seg000.tif") == true)
            func path(_ name: String) -> String { root.appending(path: name).relativePath }
            #expect(
                data.sentences == [
                    "\(path("02_GT/SEG/man_seg009.tif")) contains the labels of a missing image; it is skipped.",
                    "\(path("02")) has silver truth, which was not drawn by people, for 1 frame; it is used where gold truth is missing.",
                    "\(path("01")) has no labels for 2 of 4 frames; they are skipped.",
                    "\(path("02")) has no labels for 2 of 4 frames; they are skipped.",
                ])
            #expect(data.issues.map(\.isNote) == [false, true, true, true])
            // As many sequences as folds: they do not part. Fewer: blocks.
            let folds = try Folds(of: data, count: 2)
            #expect(Set(folds.folds) == Set(data.sequences))
            #expect(try Folds(of: data, count: 4).folds == data.cases.map { [$0.patient] })
        }
    }

    @Test func filesOfPagesAreVolumes() throws {
        try withTemporaryDirectory { root in
            try Picture.writeStack(root.appending(path: "01/t000.tif"), [3, 4], pages: 5)
            try Picture.writeStack(root.appending(path: "01_GT/SEG/man_seg000.tif"), [0, 8, 9], pages: 5)
            let data = try Dataset(contentsOf: root)
            let loaded = try data.load(data.cases[0])
            #expect(loaded.volume.geometry == Geometry(pixels: 4, 3, 5))
            #expect(loaded.labels?.geometry.depth == 5 && loaded.instances?.count == 60)
        }
    }

    @Test func objectsAreOfOneClass() throws {
        try withTemporaryDirectory { root in
            try Picture.writeStack(root.appending(path: "01/t000.tif"), [3, 4])
            let labels = root.appending(path: "01_GT/SEG/man_seg000.tif")
            try Picture.writeStack(labels, [0, 8])
            let own = [Structure(name: "a", label: 1), Structure(name: "b", label: 2)]
            let data = try Dataset(contentsOf: root, structures: own)
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }?.description
                    == "\(labels.relativePath) numbers objects, which are all of one class, but 2 structures are given (a, b); give only one."
            )
            let nucleus = try Dataset(contentsOf: root, structures: [Structure(name: "nucleus", label: 7)])
            #expect(try nucleus.load(nucleus.cases[0]).labels?.labels.prefix(2) == [0, 7])
        }
    }

    @Test func oneSequenceCanBeGiven() throws {
        try withTemporaryDirectory { root in
            for sequence in ["01", "02"] {
                for frame in 0..<2 {
                    try Picture.writeStack(root.appending(path: "\(sequence)/t00\(frame).tif"), [9])
                }
            }
            try Picture.writeStack(root.appending(path: "02_GT/SEG/man_seg001.tif"), [0, 1, 700])
            let labeled = try Dataset(contentsOf: root.appending(path: "02"))
            #expect(labeled.layout == .cellTracking)
            #expect(labeled.cases.map(\.id) == ["02_t001"] && labeled.cases[0].reference != nil)
            #expect(
                try Dataset.frames(ofSequence: root.appending(path: "02"))?.map(\.id) == [
                    "02_t000", "02_t001",
                ])
            #expect(try Dataset.frames(ofSequence: root) == nil)
            // Under the names by which the whole dataset scores them.
            let plain = try Dataset(contentsOf: root.appending(path: "01"))
            #expect(plain.cases.map(\.id) == ["01_t000", "01_t001"])
        }
    }

    @Test func aDatasetMayBeCalledByANumber() throws {
        try withTemporaryDirectory { folder in
            let root = folder.appending(path: "2012")
            try Picture.writeStack(root.appending(path: "01/t000.tif"), [9])
            try Picture.writeStack(root.appending(path: "01_GT/SEG/man_seg000.tif"), [0, 1])
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .cellTracking && data.cases.map(\.id) == ["01_t000"])
            #expect(try Dataset.frames(ofSequence: root) == nil)
        }
    }

    @Test func framesWithoutAnyLabelsArePredicted() throws {
        try withTemporaryDirectory { root in
            for frame in 0..<3 { try Picture.writeStack(root.appending(path: "01/t00\(frame).tif"), [1]) }
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["01_t000", "01_t001", "01_t002"])
            #expect(data.cases.allSatisfy { $0.reference == nil })
        }
    }
}
