import Files
import Foundation
import Imaging
import Scans

/// An error in using a dataset or one of its cases.
public enum DatasetError: Error, Sendable, Hashable {
    /// Nothing exists at `path`.
    case noFolder(path: String)
    /// `path` is a file.
    case notAFolder(path: String)
    /// The folder cannot be listed.
    case cannotList(path: String)
    /// The folder contains no image in any known layout.
    case empty(path: String)
    /// The folder contains only images that cannot be used, such as this.
    case onlyStrays(DatasetIssue)
    /// `labels.json` cannot be used.
    case badDescription(path: String, reason: String)
    /// A file of a scan, a picture or labels that cannot be used.
    case scan(ScanError)
    /// Labels of one frame for an image of several, without stating which.
    case labelsOfOneFrame(image: String, reference: String, frames: Int)
    /// Labels with a different number of frames than their image.
    case frameCount(image: String, reference: String, expected: Int, found: Int)
    /// The labels have a different number of voxels than their image.
    case shapeMismatch(image: String, reference: String, expected: [Int], found: [Int])
    /// The labels have a different spacing (mm) than their image.
    case spacingMismatch(image: String, reference: String, expected: [Double], found: [Double])
    /// A case has a different number of channels than the dataset.
    case channelCount(path: String, expected: Int, found: Int)
    /// The file of the image looks like labels, with this many values, and that of the labels like an image.
    case swapped(image: String, values: Int, reference: String, intensities: Int)
    /// Labels that number objects where classes are expected; `count` are unknown.
    case objectsNotClasses(path: String, count: Int)
    /// Labels that should number objects in a dataset without pictures.
    case instancesOfScans(path: String)
    /// Labels that number objects in a dataset of several classes, so that theirs is unknown.
    case objectsOfSeveralClasses(path: String, found: [String])
    /// `dataset.json` contradicts the files, or requests something unsupported; `reason` is the rest of a sentence.
    case contradiction(path: String, reason: String)
    /// Folders of images and of labels without a file name in common.
    case nothingPairs(images: String, labels: String, image: String, label: String)
    /// Labels that are not those of any structure of the dataset.
    case unknownLabels(path: String, found: [Int], known: [Int])
    /// A split into fewer than two folds.
    case foldCount(Int)
    /// A label file that names its labels differently from the dataset.
    case otherNames(OtherNames)
    /// A scan that would take more memory than `Limits` allow, usually because its header gives wrong millimeters.
    case tooLarge(path: String, demand: ScanDemand)
    /// Fewer patients than folds.
    case tooFewPatients(found: Int, folds: Int)
    /// The output would overwrite something.
    case notEmpty(path: String)
    /// The folder to be written is a file.
    case fileInPlace(path: String)
    /// The output folder is inside the dataset that it is made from, or around it.
    case outputInDataset(path: String, dataset: String)
    /// A synthetic dataset of `found` patients cannot be written.
    case patientCount(found: Int, allowed: ClosedRange<Int>)
    /// A case cannot be written in another layout; `reason` is the rest of a sentence.
    case cannotConvert(path: String, reason: String)
    /// A file or folder cannot be written.
    case file(FileError)
}

extension DatasetError {
    /// Whether the label file contains something that the dataset's structures do not name, or name differently: other
    /// labels, or no labels at all.
    public var isOfUnknownLabels: Bool {
        switch self {
        case .unknownLabels, .objectsNotClasses, .objectsOfSeveralClasses, .swapped, .otherNames: true
        default: false
        }
    }
}

extension DatasetError: CustomStringConvertible, LocalizedError {
    /// The same sentence as `description`.
    public var errorDescription: String? { description }

    /// One plain sentence that names the file and says what to do.
    public var description: String {
        text(
            numbersObjects: "open the dataset with instances",
            onlyPictures:
                "only pictures (PNG, TIFF) have labels that number objects; open it without instances")
    }

    /// Returns the sentence.
    ///
    /// - Parameters:
    ///   - numbersObjects: the phrase for declaring that labels number objects.
    ///   - onlyPictures: the phrase that this is only for pictures, and how to undo it.
    package func text(numbersObjects: String, onlyPictures: String) -> String {
        switch self {
        case .noFolder(let path):
            "\(path) does not exist; specify the folder that contains the scans."
        case .notAFolder(let path):
            "\(path) is a file; specify the folder that contains the scans."
        case .cannotList(let path):
            "\(path) cannot be listed; check the folder's permissions."
        case .empty(let path):
            "\(path) contains no scans; specify a folder of ACDC's patient folders (or its training folder), of images "
                + "X.nii.gz with labels X_gt.nii.gz, of pictures with masks, or in the layout of nnU-Net, the Decathlon, "
                + "or the Cell Tracking Challenge."
        case .onlyStrays(let issue):
            "no scan can be used: \(issue)"
        case .badDescription(let path, let reason):
            "\(path) \(reason); correct it, or remove it to use the layout's default names."
        case .scan(let error):
            error.description
        case .labelsOfOneFrame(let image, let reference, let frames):
            "\(reference) labels one frame, but its image \(image) has \(frames), and its name does not say which one it "
                + "labels; end the name with the frame's number, as in _frame01_gt, or put labels of all frames in one file."
        case .frameCount(let image, let reference, let expected, let found):
            "\(reference) has \(found) frames, but its image \(image) has \(expected); use labels of the same frames."
        case .shapeMismatch(let image, let reference, let expected, let found):
            "\(reference) has \(ScanError.product(found)) voxels, but its image \(image) has \(ScanError.product(expected)); "
                + "use labels drawn on that image."
        case .spacingMismatch(let image, let reference, let expected, let found):
            "\(reference) has voxels of \(ScanError.millimeters(found)), but its image \(image) has voxels of "
                + "\(ScanError.millimeters(expected)); use labels drawn on that image, or correct pixdim."
        case .channelCount(let path, let expected, let found):
            "\(path) has \(count(found, "channel")), but the dataset's images have \(expected); use the same "
                + "channels for all images."
        case .swapped(let image, let values, let reference, let intensities):
            "\(image) looks like labels (\(values) different values) and \(reference) like an image "
                + "(\(intensities) different values); swap the two files."
        case .objectsNotClasses(let path, let count):
            isPicture(path)
                ? "\(path) has \(count) labels that the dataset does not define, as if it numbered objects; "
                    + "\(numbersObjects) if it does, or use labels of classes."
                : "\(path) has \(count) labels that the dataset does not define, as if it were an image or numbered "
                    + "objects; use labels of classes."
        case .instancesOfScans(let path):
            "\(path) contains scans, but \(onlyPictures)."
        case .objectsOfSeveralClasses(let path, let found):
            "\(path) numbers objects, which are all of one class, but \(found.count) structures are given "
                + "(\(found.joined(separator: ", "))); give only one."
        case .contradiction(let path, let reason):
            "\(path) \(reason)."
        case .nothingPairs(let images, let labels, let image, let label):
            "\(images) and \(labels) have no file name in common (\(image) and \(label), for example); give each image "
                + "and its labels the same name, or end the names of labels with _gt."
        case .unknownLabels(let path, let found, let known):
            "\(path) has the label\(found.count == 1 ? "" : "s") \(list(found)), but the dataset's are 0 (background)"
                + "\(others(known)); correct the file, or name its labels in labels.json"
                + (isPicture(path) ? ", or \(numbersObjects) if they number objects." : ".")
        case .foldCount(let count):
            "\(count) fold\(count == 1 ? "" : "s") cannot be made; use 2 or more."
        case .otherNames(let names):
            "\(names.path) names its labels \(names.own.text), which contradicts the dataset's \(names.known.text); "
                + "correct the file, or the dataset's description."
        case .tooLarge(let path, let demand):
            "\(path): \(demand.refusal)."
        case .tooFewPatients(let found, let folds):
            "\(folds) folds need at least \(folds) patients, but there \(found == 1 ? "is" : "are") \(found); "
                + "use fewer folds or add patients."
        case .notEmpty(let path):
            "\(path) already contains files; choose a new or empty folder."
        case .fileInPlace(let path):
            "\(path) is a file; choose a new or empty folder."
        case .outputInDataset(let path, let dataset):
            "\(path) overlaps the dataset \(dataset); choose a folder outside it."
        case .patientCount(let found, let allowed):
            "\(found) patients cannot be written; the number must be from \(allowed.lowerBound) to \(allowed.upperBound)."
        case .cannotConvert(let path, let reason):
            "\(path) \(reason)."
        case .file(let error):
            "\(error.path) \(error.reason)."
        }
    }
}

/// Returns whether a path is that of a PNG or TIFF file.
private func isPicture(_ path: String) -> Bool { ScanFormat.isPicture(URL(filePath: path)) }

/// Returns a count with its noun: 1 channel, 2 channels.
private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// Returns the text after the background in a list of a dataset's labels.
private func others(_ known: [Int]) -> String { known.isEmpty ? " only" : ", \(list(known))" }

/// Returns numbers separated by commas; of many, only the first ones.
private func list(_ numbers: [Int]) -> String { NumberList(numbers).description }
