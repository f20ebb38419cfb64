import Files
import Imaging
import Scans

/// Why a dataset or one of its cases cannot be used.
public enum DatasetError: Error, Sendable, Hashable {
    /// There is nothing at `path`.
    case noFolder(path: String)
    /// `path` is a file.
    case notAFolder(path: String)
    /// The folder may not be listed.
    case cannotList(path: String)
    /// The folder holds no image in any known layout.
    case empty(path: String)
    /// The folder holds no image but what cannot be taken, such as this.
    case onlyStrays(DatasetIssue)
    /// `labels.json` cannot be used.
    case badDescription(path: String, reason: String)
    /// A file of a scan, a picture or labels that cannot be used.
    case scan(ScanError)
    /// Labels of one frame for an image of several, which do not say of which.
    case labelsOfOneFrame(image: String, reference: String, frames: Int)
    /// Labels of another number of frames than their image.
    case frameCount(image: String, reference: String, expected: Int, found: Int)
    /// The labels have another number of voxels than their image.
    case shapeMismatch(image: String, reference: String, expected: [Int], found: [Int])
    /// The labels have another spacing (mm) than their image.
    case spacingMismatch(image: String, reference: String, expected: [Double], found: [Double])
    /// A case has another number of channels than the dataset.
    case channelCount(path: String, expected: Int, found: Int)
    /// The file of the image looks like labels, with so many values, and that of the labels like an image.
    case swapped(image: String, values: Int, reference: String, intensities: Int)
    /// Labels that number objects where classes are expected; `count` are unknown.
    case objectsNotClasses(path: String, count: Int)
    /// Labels that should number objects in a dataset that has no pictures.
    case instancesOfScans(path: String)
    /// Labels that number objects, whose classes, of several, are not known.
    case objectsOfSeveralClasses(path: String, found: [String])
    /// `dataset.json` contradicts the files, or asks for what is not done here; `reason` is a sentence's rest.
    case contradiction(path: String, reason: String)
    /// Folders of images and of labels that have no name in common.
    case nothingPairs(images: String, labels: String, image: String, label: String)
    /// Labels that stand for no structure of the dataset.
    case unknownLabels(path: String, found: [Int], known: [Int])
    /// A split into fewer than two folds.
    case foldCount(Int)
    /// A label file that names its labels otherwise than the dataset does.
    case otherNames(OtherNames)
    /// A scan that would take more memory than `Limits` allow, in most cases because its header gives wrong millimeters.
    case tooLarge(path: String, demand: ScanDemand)
    /// Fewer patients than folds.
    case tooFewPatients(found: Int, folds: Int)
    /// What is to be written would overwrite something.
    case notEmpty(path: String)
    /// A file stands where a folder is to be written.
    case fileInPlace(path: String)
    /// A dataset is to be written into the one that it is made from, or around it.
    case outputInDataSet(path: String, dataSet: String)
    /// A synthetic dataset of `found` patients cannot be written.
    case patientCount(found: Int, allowed: ClosedRange<Int>)
    /// A case cannot be written in another layout; `reason` is a sentence's rest.
    case cannotConvert(path: String, reason: String)
    /// A file or folder cannot be written.
    case file(FileError)
}

extension DatasetError {
    /// Whether the file of the labels holds what the dataset's structures do not name, or name otherwise: other labels,
    /// or no labels at all.
    public var isOfUnknownLabels: Bool {
        switch self {
        case .unknownLabels, .objectsNotClasses, .objectsOfSeveralClasses, .swapped, .otherNames: true
        default: false
        }
    }
}
