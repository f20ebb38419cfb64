import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import TestSupport
import Testing

/// Which patients an ensemble may be scored on, and with which data a run may go on.
@Suite struct SplitSidesTests {
    private func run(_ folder: URL, _ training: [String], _ validation: [String]) throws -> RunFolder {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let run = RunFolder(folder)
        let text = """
            {"training": \(training), "validation": \(validation)}
            """
        try Data(text.utf8).write(to: run.splits)
        return run
    }

    @Test func onlyPatientsThatNoModelHasSeen() throws {
        try withTemporaryDirectory { folder in
            let a = try run(folder.appending(path: "a"), ["p1", "p2"], ["p3", "p4"])
            let b = try run(folder.appending(path: "b"), ["p1", "p3"], ["p2", "p4"])
            let c = try run(folder.appending(path: "c"), ["p1", "p2", "p3", "p4"], [])
            #expect(try Splits.patients(.validation, ofAll: [a]) == ["p3", "p4"])
            #expect(try Splits.patients(.validation, ofAll: [a, b]) == ["p4"])
            #expect(try Splits.patients(.training, ofAll: [a, b]) == ["p1"])
            #expect(try Splits.patients(.validation, ofAll: [c]).isEmpty)
            let error = #expect(throws: SegmentationError.self) {
                try Splits.patients(.validation, ofAll: [a, c])
            }
            #expect(
                error?.description
                    == "\(a.url.relativePath), \(c.url.relativePath): no patient was held out by all of these runs, so there is none that every model has not seen; specify runs that held out the same patients, or predict with each alone"
            )
        }
    }

    @Test func patientsThatTheDatasetLacksAreNamed() throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 3)
            let search = try PredictionInput.search(
                datasets: [data.root], patients: ["p1", "p7", "p8", "p9", "q"])
            #expect(search.inputs.map(\.stem) == ["p1"])
            #expect(
                search.issues.map(\.description) == [
                    "p7 … p9, q are in the split, but not in \(data.root.relativePath); to predict the whole split, specify the dataset that the run was trained on."
                ])
            #expect(search.issues.map(\.isNote) == [false])
            #expect(try PredictionInput.search(datasets: [data.root], patients: ["p0"]).issues.isEmpty)
            #expect(try PredictionInput.search(datasets: [data.root], patients: nil).inputs.count == 3)
            #expect(throws: SegmentationError.nothingChosen(path: data.root.relativePath)) {
                _ = try PredictionInput.search(datasets: [data.root], patients: ["p7"])
            }
        }
    }

    /// A run that goes on with data that call other labels by its structures' names would train on wrong labels.
    @Test func aRunGoesOnWithTheStructuresOfItsPlan() throws {
        try withTemporaryDirectory { folder in
            let plan = Blobs.plan()
            let root = folder.appending(path: "data")
            let same = try Blobs.write(root, patients: 1)
            try plan.checkStructures(of: same, run: "run")
            let swapped = [Structure(name: "CORE", label: 2), Structure(name: "RING", label: 1)]
            let other = try Blobs.write(root, patients: 1, structures: swapped)
            #expect(other.naming == .described)
            #expect(
                throws: SegmentationError.planDiffers(
                    path: "run", setting: .of(\.structures), planned: "CORE=1 RING=2", given: "RING=1 CORE=2")
            ) { try plan.checkStructures(of: other, run: "run") }
            // Whoever states the structures overrules the dataset.
            let stated = try Dataset(contentsOf: root, structures: plan.structures)
            #expect(stated.naming == .stated)
            try plan.checkStructures(of: stated, run: "run")
            try FileManager.default.removeItem(at: root.appending(path: "labels.json"))
            let found = try Dataset(contentsOf: root)
            #expect(found.naming == .found)
            try plan.checkStructures(of: found, run: "run")
        }
    }
}
