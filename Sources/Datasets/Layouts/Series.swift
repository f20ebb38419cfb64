import Foundation
import Scans

/// A 4D image whose frames are moments of a heart beat, and the labels that some of them have.
struct Series: Sendable {
    /// A frame that has labels.
    struct Labelled: Sendable, Hashable {
        /// From 0.
        var index: Int
        var reference: URL
    }

    /// What the label files say.
    enum Labels: Sendable, Hashable {
        /// These frames have labels; empty where there are no label files.
        case frames([Labelled])
        /// There is a label file of all frames, and it labels none of them.
        case nothing
        /// Nobody can say which frames the labels belong to: loading the whole series says why.
        case unclear
    }

    let pair: ScanFiles.Pair
    let frameCount: Int

    /// Nil where the image is not 4D, or its header cannot be read: loading says what is wrong.
    init?(_ pair: ScanFiles.Pair) {
        guard let header = try? ScanHeader(contentsOf: pair.image), header.frameCount > 1 else { return nil }
        self.pair = pair
        frameCount = header.frameCount
    }

    /// Which frames have labels: of a 4D label file those with a voxel that is not 0.
    func labels(_ files: LabelFiles) -> Labels {
        var found: [Int: URL] = [:]
        var isEmpty = false
        if let reference = pair.reference {
            let content = (try? ScanHeader(contentsOf: reference))?.frameCount
            if content == frameCount, let frames = files[reference]?.labeledFrames {
                for index in frames { found[index] = reference }
                isEmpty = frames.isEmpty
            } else if let number = pair.stem.frame?.number, 1...frameCount ~= number, content == 1 {
                found[number - 1] = reference
            } else {
                return .unclear
            }
        }
        for (number, file) in pair.frameReferences where 1...frameCount ~= number {
            found[number - 1] = file
        }
        if found.isEmpty, isEmpty { return .nothing }
        return .frames(found.sorted { $0.key < $1.key }.map { Labelled(index: $0.key, reference: $0.value) })
    }

    /// Labels of frames that the series does not have.
    var strayReferences: [URL] {
        pair.frameReferences.filter { !(1...frameCount ~= $0.key) }.sorted { $0.key < $1.key }.map(\.value)
    }
}
