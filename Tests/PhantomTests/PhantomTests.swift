import Datasets
import Foundation
import Imaging
import NIfTI
import Phantom
import TestSupport
import Testing

@Suite struct PhantomTests {
    @Test func voxelsAgreeWithTheTruth() throws {
        for number in 1...5 {
            let patient = PhantomPatient(number: number, seed: 11)
            let scans = patient.scans()
            for phase in Phase.allCases {
                let labels = try #require(scans[phase]).labels
                let truth = patient.volumes(phase)
                for (label, volume) in [(UInt8(1), truth.rv), (2, truth.myo), (3, truth.lv)] {
                    let voxels = labels.labels.count { $0 == label }
                    let counted = Double(voxels) * labels.geometry.voxelVolume / 1000
                    #expect(abs(counted - volume) < 0.01 * volume + 0.5, "patient \(number), label \(label)")
                }
            }
        }
    }

    @Test func aDatasetIsReadBackAsACDC() throws {
        try withTemporaryDirectory { root in
            let truth = try PhantomDataset.write(to: root, patients: 5, seed: 3)
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .acdc)
            #expect(data.issues.isEmpty)
            #expect(data.patients.map(\.id) == truth.patients.map(\.id))
            #expect(Set(data.patients.compactMap(\.group)) == ["DCM", "HCM", "MINF", "NOR", "RV"])
            #expect(data.cases.count == 10)

            let audit = Audit(of: data)
            #expect(audit.totals.failed == 0)
            #expect(
                audit.anatomy
                    == .enclosed(
                        inner: Structure(name: "LV", label: 3), outer: Structure(name: "MYO", label: 2),
                        fraction: 1))
            #expect(audit.duplicates.isEmpty)

            let header = try NIfTIHeader(contentsOf: data.cases[0].image)
            #expect(header.sform == [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
            #expect(header.sformCode == 2 && header.qformCode == 0)

            let file = root.appending(path: PhantomTruth.fileName)
            let decoded = try JSONDecoder().decode(PhantomTruth.self, from: Data(contentsOf: file))
            #expect(decoded.seed == 3 && decoded.patients.map(\.group) == truth.patients.map(\.group))
            for (one, two) in zip(decoded.patients, truth.patients) {
                #expect(abs(one.endSystole.lv - two.endSystole.lv) < 1e-9)
                #expect(abs(two.leftEjectionFraction - (1 - two.endSystole.lv / two.endDiastole.lv)) < 1e-12)
            }
        }
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
        try withTemporaryDirectory { root in
            let file = root.appending(path: "notes.txt")
            try Data().write(to: file)
            let hearts = file.appending(path: "hearts")
            let error = #expect(throws: DatasetError.self) {
                try PhantomDataset.write(to: hearts, patients: 1)
            }
            #expect(
                error?.description
                    == "\(hearts.path()) cannot be written (Not a directory); "
                    + "check the folder's permissions and the free space.")
        }
    }

    @Test func theSeedGivesTheBits() throws {
        try withTemporaryDirectory { root in
            let (one, two) = (root.appending(path: "one"), root.appending(path: "two"))
            try PhantomDataset.write(to: one, patients: 3, seed: 5)
            // One patient alone is made on one thread, three on several.
            try PhantomDataset.write(to: two, patients: 1, seed: 5)
            let first = try Dataset(contentsOf: one), second = try Dataset(contentsOf: two)
            for (a, b) in zip(first.patients[0].cases, second.patients[0].cases) {
                #expect(try Data(contentsOf: a.image) == Data(contentsOf: b.image))
                #expect(try Data(contentsOf: a.reference!) == Data(contentsOf: b.reference!))
            }
        }
        let other = PhantomPatient(number: 1, seed: 6).scans()[.ed]?.volume.voxels
        #expect(PhantomPatient(number: 1, seed: 5).scans()[.ed]?.volume.voxels != other)
    }

    @Test func groupsDifferAsTheirDiseasesDo() {
        let patients = (1...50).map { PhantomPatient(number: $0, seed: 2) }
        func ejection(_ group: PhantomGroup) -> [Double] {
            patients.filter { $0.group == group }.map { 1 - $0.volumes(.es).lv / $0.volumes(.ed).lv }
        }
        #expect(ejection(.normal).allSatisfy { $0 > 0.45 })
        #expect(ejection(.hypertrophic).allSatisfy { $0 > 0.5 })
        #expect(ejection(.dilated).allSatisfy { $0 < 0.45 })
        #expect(ejection(.infarction).allSatisfy { $0 < 0.48 })
        let muscle = patients.map { ($0.group, $0.volumes(.ed).myo / $0.volumes(.ed).lv) }
        let thick = muscle.filter { $0.0 == .hypertrophic }.map(\.1).min()!
        #expect(muscle.filter { $0.0 == .dilated }.allSatisfy { $0.1 < thick })
        for patient in patients where patient.group == .rightVentricle {
            #expect(patient.volumes(.ed).rv > 1.1 * patient.volumes(.ed).lv)
        }
    }

    /// Even the best window of intensities, chosen with the truth in hand for every scan, fails.
    @Test func thresholdsFail() throws {
        var best: [Double] = []
        for number in 1...5 {
            let scan = try #require(PhantomPatient(number: number, seed: 8).scans()[.ed])
            let top = try #require(scan.volume.voxels.max()) + 1
            for label in [UInt8(1), 2, 3] {
                // Voxels, and voxels of the structure, at each of 64 levels.
                var all = [Int](repeating: 0, count: 64), own = all
                for (value, found) in zip(scan.volume.voxels, scan.labels.labels) {
                    all[Int(value / top * 64)] += 1
                    own[Int(value / top * 64)] += found == label ? 1 : 0
                }
                let size = own.reduce(0, +)
                var dice = 0.0
                for low in 0..<64 {
                    var (inside, hits) = (0, 0)
                    for high in low..<64 {
                        inside += all[high]
                        hits += own[high]
                        dice = max(dice, 2 * Double(hits) / Double(inside + size))
                    }
                }
                best.append(dice)
            }
        }
        #expect(best.reduce(0, +) / Double(best.count) < 0.4)
        #expect(best.allSatisfy { $0 < 0.7 })
    }

    @Test func nothingIsOverwritten() throws {
        try withTemporaryDirectory { root in
            try Data().write(to: root.appending(path: "thesis.txt"))
            let error = #expect(throws: DatasetError.self) { try PhantomDataset.write(to: root, patients: 1) }
            #expect(
                error?.description
                    == "\(root.relativePath) already contains files; choose a new or empty folder.")
        }
    }

    @Test(arguments: [0, -1, 10_001]) func countsThatMakeNoSense(patients: Int) throws {
        try withTemporaryDirectory { root in
            let error = #expect(throws: DatasetError.self) {
                try PhantomDataset.write(to: root.appending(path: "new"), patients: patients)
            }
            #expect(error == .patientCount(found: patients, allowed: PhantomDataset.patientCounts))
            let left = try FileManager.default.contentsOfDirectory(atPath: root.path)
            #expect(left == [])
        }
    }

    @Test func anEmptyFolderIsFilled() throws {
        try withTemporaryDirectory { root in
            try PhantomDataset.write(to: root, patients: 1)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
                    == ["phantom.json", "training"])
        }
    }
}
