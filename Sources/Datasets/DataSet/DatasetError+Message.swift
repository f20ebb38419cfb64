import Foundation
import Imaging

extension DatasetError: CustomStringConvertible, LocalizedError {
    /// The same sentence as `description`.
    public var errorDescription: String? { description }

    /// One plain sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .noFolder(let path):
            "\(path) does not exist; give the folder that holds the scans."
        case .notAFolder(let path):
            "\(path) is a file; give the folder that holds the scans."
        case .cannotList(let path):
            "\(path) cannot be listed; check the folder's permissions."
        case .empty(let path):
            "\(path) holds no scans; give a folder with ACDC's patient folders (or its training folder), with images "
                + "X.nii.gz and their labels X_gt.nii.gz, with pictures and their masks, or of nnU-Net, the Decathlon or "
                + "the Cell Tracking Challenge."
        case .onlyStrays(let issue):
            issue.description
        case .badDescription(let path, let reason):
            "\(path) \(reason); correct it, or remove it to use the layout's own names."
        case .nifti(let error):
            error.description
        case .imaging(let error):
            error.description
        case .series(let path, let frames):
            "\(path) is a series of \(frames) frames; give single frames, each a file of its own."
        case .labelsOfOneFrame(let image, let reference, let frames):
            "\(reference) labels one frame and its image \(image) has \(frames), so nobody can say which; end the labels' "
                + "name with the frame's number, as in _frame01_gt, or give labels of all frames in one file."
        case .frameCount(let image, let reference, let expected, let found):
            "\(reference) has \(found) frames and its image \(image) has \(expected); give labels of the same frames."
        case .noSpacing(let path, let found):
            "\(path) has no voxel size: pixdim says \(millimetres(found)); set pixdim to millimetres."
        case .shapeMismatch(let image, let reference, let expected, let found):
            "\(reference) has \(product(found)) voxels and its image \(image) has \(product(expected)); "
                + "give labels drawn on that image."
        case .spacingMismatch(let image, let reference, let expected, let found):
            "\(reference) has voxels of \(millimetres(found)) and its image \(image) of "
                + "\(millimetres(expected)); give labels drawn on that image, or correct pixdim."
        case .channelShape(let first, let other, let expected, let found):
            "\(other) has \(product(found)) voxels and the first channel \(first) has \(product(expected)); give channels "
                + "of one scan on one grid."
        case .channelSpacing(let first, let other, let expected, let found):
            "\(other) has voxels of \(millimetres(found)) and the first channel \(first) of "
                + "\(millimetres(expected)); give channels of one scan on one grid."
        case .channelCount(let path, let expected, let found):
            "\(path) has \(count(found, "channel")) and the data set's images have \(expected); give all images the "
                + "same channels."
        case .swapped(let image, let values, let reference, let intensities):
            "\(image) looks like labels (\(values) different values) and \(reference) like an image "
                + "(\(intensities) different values); swap the two files."
        case .objectsNotClasses(let path, let count):
            isPicture(path)
                ? "\(path) has \(count) labels that the data set does not know, as if it numbered objects; say "
                    + "--instances if it does, or give labels of classes."
                : "\(path) has \(count) labels that the data set does not know, as if it were an image or numbered "
                    + "objects; give labels of classes."
        case .instancesOfScans(let path):
            "\(path) holds scans, and --instances is for pictures (PNG, TIFF) whose labels number objects; leave it out."
        case .objectsOfSeveralClasses(let path, let found):
            "\(path) numbers objects, which are all of one class, and \(found.count) are given "
                + "(\(found.joined(separator: ", "))); give one structure."
        case .contradiction(let path, let reason):
            "\(path) \(reason)."
        case .nothingPairs(let images, let labels, let image, let label):
            "\(images) and \(labels) have no name in common (such as \(image) and \(label)); give an image and its "
                + "labels the same name, or end the labels' with _gt."
        case .unknownLabels(let path, let found, let known):
            "\(path) has the label\(found.count == 1 ? "" : "s") \(list(found)), and the data set's are 0 (background)"
                + "\(others(known)); correct the file, or name its labels in labels.json"
                + (isPicture(path) ? ", or say --instances if they number objects." : ".")
        case .otherNames(let names):
            "\(names.path) calls its labels \(names.own.text), which contradicts the data set's \(names.known.text); "
                + "correct the file, or the data set's description."
        case .tooLarge(let path, let demand):
            "\(path): \(demand.refusal)."
        case .tooFewPatients(let found, let folds):
            "\(folds) folds need at least \(folds) patients and there \(found == 1 ? "is" : "are") \(found); "
                + "ask for fewer folds or add patients."
        case .notEmpty(let path):
            "\(path) already holds files; give a new or an empty folder."
        case .fileInPlace(let path):
            "\(path) is a file; give a new or an empty folder."
        case .outputInDataSet(let path, let dataSet):
            "\(path) overlaps the data set \(dataSet); choose a folder outside it."
        case .patientCount(let count):
            "\(count) patients cannot be written; give \(PhantomDataSet.patientCounts.lowerBound) to "
                + "\(PhantomDataSet.patientCounts.upperBound)."
        case .cannotConvert(let path, let reason):
            "\(path) \(reason)."
        case .file(let error):
            "\(error.path) \(error.reason)."
        }
    }
}

/// Whether a path is that of a PNG or TIFF file.
private func isPicture(_ path: String) -> Bool { ImageFile.isPicture(URL(filePath: path)) }

/// Dimensions as a person writes them: 216 × 256 × 10.
private func product(_ dimensions: [Int]) -> String { dimensions.map(String.init).joined(separator: " × ") }

/// 1 channel, 2 channels.
private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// What follows the background in a list of a data set's labels.
private func others(_ known: [Int]) -> String { known.isEmpty ? " only" : ", \(list(known))" }

/// Numbers separated by commas; of many the first ones.
private func list(_ numbers: [Int]) -> String { NumberList(numbers).description }

/// Spacings as a person writes them: 1.5625 × 1.5625 × 10 mm.
private func millimetres(_ spacing: [Double]) -> String {
    spacing.map { String(format: "%g", $0) }.joined(separator: " × ") + " mm"
}
