import Datasets
import Files
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

@Suite struct LimitTests {
    /// Metres where millimeters are meant: resampling would ask for terabytes.
    @Test func theAuditFindsScansThatResamplingMakesEnormous() throws {
        try withTemporaryDirectory { root in
            for name in ["a", "a_gt", "b", "b_gt"] {
                try Scan.write(
                    root, "\(name).nii", voxels: (0..<60).map { UInt8($0 % 2) },
                    spacing: name.hasPrefix("a") ? [1e5, 1e5, 10_000] : [1.5, 1.5, 10])
            }
            let audit = try Audit(of: Dataset(contentsOf: root))
            #expect(
                audit.cases[0].error
                    == "\(root.path)/a.nii: measures 600000 × 500000 × 20000 mm, which makes 400000 × 333333 × 2 voxels "
                    + "and would take 5333 GB of memory, but at most 64 GB is allowed; correct its spacing (pixdim and units), or crop it."
            )
            #expect(audit.cases[1].error == nil)
            #expect(audit.totals.failed == 1)
        }
    }

    @Test func pagesAreFoundByTheirPlaces() throws {
        try withTemporaryDirectory { root in
            try Picture.writeStack(root.appending(path: "images/stack.tif"), (0..<36).map { $0 }, pages: 3)
            try Picture.writeStack(root.appending(path: "labels/stack.tif"), [0, 255], pages: 3)
            let data = try Dataset(contentsOf: root)
            for part in [\Case.PageOffsets.image, \.reference] {
                #expect(Set(data.cases.map { $0.pageOffsets[keyPath: part] }).count == 3)
                #expect(data.cases.allSatisfy { $0.pageOffsets[keyPath: part] != nil })
            }
            #expect(try data.load(data.cases[2]).volume.voxels == (24..<36).map { Float($0) })
            let numbered = try Dataset(contentsOf: root, instances: true)
            #expect(numbered.cases.map(\.pageOffsets) == data.cases.map(\.pageOffsets))
        }
    }

    /// A pipe in the place of a description is no reason to wait for ever.
    @Test func descriptionsThatArePipes() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root.appending(path: "pairs"), "a.nii", labels: [UInt8](repeating: 1, count: 60))
            #expect(mkfifo(root.appending(path: "pairs/labels.json").path, 0o600) == 0)
            let labels = #expect(throws: DatasetError.self) {
                try Dataset(contentsOf: root.appending(path: "pairs"))
            }
            let reason = "cannot be read (it is a pipe, a socket, or a device)"
            #expect(
                labels?.description == "\(root.path)/pairs/labels.json \(reason); specify a regular file.")

            try Scan.write(root.appending(path: "raw/imagesTr"), "a_0000.nii")
            #expect(mkfifo(root.appending(path: "raw/dataset.json").path, 0o600) == 0)
            let raw = #expect(throws: DatasetError.self) {
                try Dataset(contentsOf: root.appending(path: "raw"))
            }
            #expect(raw?.description == "\(root.path)/raw/dataset.json \(reason); specify a regular file.")

            try Scan.write(root.appending(path: "acdc/patient001"), "patient001_frame01.nii")
            #expect(mkfifo(root.appending(path: "acdc/patient001/Info.cfg").path, 0o600) == 0)
            let data = try Dataset(contentsOf: root.appending(path: "acdc"))
            #expect(
                data.sentences.contains { $0.contains("Info.cfg \(reason); ") }, "\(data.sentences)")
        }
    }
}
