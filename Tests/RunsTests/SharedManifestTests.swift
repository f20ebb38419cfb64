import Foundation
import Imaging
import Runs
import TestSupport
import Testing

/// Several predictions into one folder at the same time.
@Suite struct SharedManifestTests {
    private static let structures = [Structure(name: "LV", label: 1)]

    private func begin(_ cases: [String], _ folder: URL, keeping rule: ComponentRule = .all) throws
        -> PredictionManifest.Update
    {
        try PredictionManifest.begin(cases, of: Self.structures, keeping: rule, in: folder)
    }

    private func cases(_ folder: URL) throws -> [String]? { try PredictionManifest(in: folder)?.cases }

    @Test func casesOfAnotherRunStay() throws {
        try withTemporaryDirectory { folder in
            let one = try begin(["a", "lost"], folder)
            let two = try begin(["b"], folder, keeping: .largest)
            #expect(try cases(folder) == ["a", "b", "lost"])
            try one.end(written: ["a": [:]])
            #expect(try cases(folder) == ["a", "b"])
            try two.end(written: ["b": ["LV": 7]])
            let manifest = try #require(try PredictionManifest(in: folder))
            #expect(manifest.cases == ["a", "b"])
            #expect(manifest.components?.mapValues(\.removed) == ["b": ["LV": 7]])
            // The last one takes the file with it only where nothing is left.
            let three = try begin(["c"], folder)
            try FileManager.default.removeItem(at: folder.appending(path: PredictionManifest.fileName))
            try three.end(written: [:])
            #expect(try cases(folder) == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test func manyAtOnce() throws {
        try withTemporaryDirectory { folder in
            let names = (0..<24).map { "case\($0)" }
            DispatchQueue.concurrentPerform(iterations: names.count) { index in
                do {
                    try begin([names[index]], folder).end(written: [names[index]: [:]])
                } catch {
                    Issue.record("\(error)")
                }
            }
            let found = try cases(folder)
            #expect(found == names.sorted())
        }
    }
}
