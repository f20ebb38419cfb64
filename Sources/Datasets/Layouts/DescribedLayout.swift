import Foundation

/// Tells nnU-Net's raw folders from the Decathlon's: both hold `imagesTr`, `labelsTr` and `dataset.json`.
enum DescribedLayout {
    /// The training cases where `root` holds `dataset.json` and `imagesTr`, or the cases of `root` itself where it is
    /// the folder `imagesTr` or `imagesTs` of such a folder. Nil for other folders.
    static func find(in root: URL, issues: inout [DatasetIssue]) throws(DatasetError) -> Found? {
        if root.appending(path: "imagesTr").isFolder {
            guard let description = try DatasetDescription(in: root, issues: &issues) else {
                throw .contradiction(
                    path: root.appending(path: DatasetDescription.fileName).relativePath,
                    reason:
                        "is missing, although there is an imagesTr, as in nnU-Net's and the Decathlon's folders; add it, or "
                        + "rename imagesTr to images and labelsTr to labels")
            }
            return try find(in: root, part: "Tr", description)
        }
        let root = root.standardizedFileURL
        for part in ["Tr", "Ts"] where root.lastPathComponent == "images" + part {
            let parent = root.deletingLastPathComponent()
            guard let description = try DatasetDescription(in: parent, issues: &issues) else { continue }
            return try find(in: parent, part: part, description)
        }
        return nil
    }

    private static func find(
        in root: URL, part: String, _ description: DatasetDescription
    ) throws(DatasetError) -> Found {
        // nnU-Net lists nothing; its first version took the Decathlon's file, whose images then have no _0000.
        description.listsCases
            ? try DecathlonLayout.find(in: root, part: part, description)
            : try NNUNetLayout.find(in: root, part: part, description)
    }
}
