import Foundation

/// A layout with `imagesTr`, `labelsTr` and `dataset.json`: nnU-Net's raw folders, or the Decathlon's.
protocol DescribedLayout: DatasetLayout {
    /// Returns whether a folder with `description` has this layout.
    static func takes(_ description: DatasetDescription) -> Bool

    /// Returns the cases of `part` (`Tr` for training, `Ts` for testing) in `root`, which `description` describes.
    static func find(
        in root: URL, part: String, _ description: DatasetDescription
    ) throws(DatasetError) -> Found
}

extension DescribedLayout {
    /// Returns the training cases if `root` contains `dataset.json` and `imagesTr`, or the cases of `root` itself if it
    /// is the folder `imagesTr` or `imagesTs` of such a folder. Nil for other folders.
    static func find(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> Found? {
        var found: [DatasetIssue] = []
        guard let folder = try DescribedFolder(root, issues: &found), takes(folder.description) else {
            return nil
        }
        issues += found
        return try find(in: folder.root, part: folder.part, folder.description)
    }
}

/// A folder with a description, and the part of it to use.
private struct DescribedFolder {
    var root: URL
    /// `Tr` for the training cases, `Ts` for the test images.
    var part: String
    var description: DatasetDescription

    /// Finds the folder and part of `root`; nil if it is neither such a folder nor its `imagesTr` or `imagesTs`.
    init?(_ root: URL, issues: inout [DatasetIssue]) throws(DatasetError) {
        if root.appending(path: "imagesTr").isFolder {
            guard let description = try DatasetDescription(in: root, issues: &issues) else {
                throw .contradiction(
                    path: root.appending(path: DatasetDescription.fileName).relativePath,
                    reason:
                        "is missing, although there is an imagesTr, as in nnU-Net's and the Decathlon's folders; add it, or "
                        + "rename imagesTr to images and labelsTr to labels")
            }
            (self.root, part, self.description) = (root, "Tr", description)
            return
        }
        let root = root.standardizedFileURL
        for part in ["Tr", "Ts"] where root.lastPathComponent == "images" + part {
            let parent = root.deletingLastPathComponent()
            guard let description = try DatasetDescription(in: parent, issues: &issues) else { continue }
            (self.root, self.part, self.description) = (parent, part, description)
            return
        }
        return nil
    }
}
