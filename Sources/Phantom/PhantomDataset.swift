import Datasets
import Files
import Foundation
import Imaging
import NIfTI
import Scans

/// Datasets of synthetic hearts in ACDC's layout.
///
/// The folder contains `training/patient001/Info.cfg`, `patient001_frame01.nii.gz` (end-diastole) and another frame
/// (end-systole), each with its `_gt.nii.gz`, and so on; and `phantom.json` with the true volumes in ml and ejection
/// fractions (`PhantomTruth`). Files are like ACDC's: spacing in pixdim only, sform diag(−1, −1, 1), intensities as
/// int16, float32 or uint8, labels 1 right ventricle, 2 myocardium, 3 left ventricle. Papillary muscles and trabeculae
/// belong to the cavity, as in ACDC.
///
/// The same seed gives the same voxels on the same machine, whatever the number of threads, and patient n is the same
/// in small and large datasets. Groups take turns, so that every five patients have one of each.
///
/// The folder appears under its name only once all of it is written.
public enum PhantomDataset {
    /// The allowed numbers of patients in a dataset.
    public static let patientCounts = 1...10_000

    /// Writes `patients` synthetic patients into `folder`, which is created if needed.
    ///
    /// - Parameters:
    ///   - folder: a new or an empty folder.
    ///   - patients: the number of patients, in `patientCounts`.
    ///   - seed: determines everything.
    ///   - progress: called after every patient with the number done so far; from several threads, one at a time.
    /// - Returns: the contents of `phantom.json`.
    /// - Throws: `DatasetError.patientCount`; `notEmpty` if the folder contains anything, `fileInPlace` if it is a
    ///   file, `file` or `nifti` if a file cannot be written. Nothing is then left behind.
    @discardableResult
    public static func write(
        to folder: URL, patients: Int, seed: UInt64 = 1, progress: (@Sendable (Int) -> Void)? = nil
    ) throws(DatasetError) -> PhantomTruth {
        guard patientCounts.contains(patients) else {
            throw .patientCount(found: patients, allowed: patientCounts)
        }
        try folder.checkIsFree()
        let staged: StagedFolder
        do { staged = try StagedFolder(folder) } catch { throw .file(error) }
        let truth: PhantomTruth
        do {
            truth = try fill(staged.url, patients: patients, seed: seed, progress: progress)
        } catch {
            throw error.naming(staged.url, as: folder)
        }
        do { try staged.commit(last: PhantomTruth.fileName) } catch { throw .file(error) }
        return truth
    }

    private static func fill(
        _ folder: URL, patients: Int, seed: UInt64, progress: (@Sendable (Int) -> Void)?
    ) throws(DatasetError) -> PhantomTruth {
        let found = try Array(1...patients).parallelMap(progress: progress) { number throws(DatasetError) in
            let patient = PhantomPatient(number: number, seed: seed)
            try write(patient, to: folder.appending(path: "training/\(patient.name)"))
            return PhantomTruth.Patient(patient)
        }
        let truth = PhantomTruth(seed: seed, patients: found)
        let file = folder.appending(path: PhantomTruth.fileName)
        guard let data = try? truth.jsonText() else {
            preconditionFailure("volumes are finite numbers, which JSON can hold")
        }
        try write(data, to: file)
        return truth
    }

    private static func write(_ patient: PhantomPatient, to folder: URL) throws(DatasetError) {
        do { try Folder.make(folder) } catch { throw .file(error) }
        let scans = patient.scans()
        for phase in Phase.allCases {
            guard let scan = scans[phase] else { continue }
            let frame = patient.frame(phase)
            let stem = "\(patient.name)_frame\(frame < 10 ? "0" : "")\(frame)"
            do throws(NIfTIError) {
                try patient.image(of: scan).write(to: folder.appending(path: "\(stem).nii.gz"))
                try patient.image(of: scan.labels).write(to: folder.appending(path: "\(stem)_gt.nii.gz"))
            } catch {
                throw .scan(.nifti(error))
            }
        }
        let info = """
            ED: \(patient.frame(.ed))
            ES: \(patient.frame(.es))
            Group: \(patient.group.rawValue)
            Height: \(patient.heightCM)
            NbFrame: \(patient.frameCount)
            Weight: \(patient.weightKG)

            """
        try write(Data(info.utf8), to: folder.appending(path: PatientInfo.fileName))
    }

    private static func write(_ data: Data, to file: URL) throws(DatasetError) {
        do { try AtomicFile.write(data, to: file) } catch { throw .file(error) }
    }
}

extension PhantomPatient {
    fileprivate func image(of scan: PhantomScan) -> NIfTIImage {
        switch scanner.storage {
        case .int16: image(scan.volume.voxels.map { Int16($0) })
        case .float32: image(scan.volume.voxels)
        case .uint8: image(scan.volume.voxels.map { UInt8($0) })
        }
    }

    fileprivate func image(of labels: LabelMap) -> NIfTIImage { image(labels.labels) }

    private func image<Voxel: NIfTIScalar>(_ voxels: [Voxel]) -> NIfTIImage {
        let grid = geometry
        var image = NIfTIImage(
            voxels: voxels, dimensions: [grid.width, grid.height, grid.depth],
            spacing: [grid.spacing.x, grid.spacing.y, grid.spacing.z])
        image.header.setSform([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], code: 2)
        return image
    }
}
