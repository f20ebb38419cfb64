import Foundation
import NIfTI

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
        guard let header = try? NIfTIHeader(contentsOf: pair.image), header.frameCount > 1 else { return nil }
        self.pair = pair
        frameCount = header.frameCount
    }

    /// Which frames have labels: of a 4D label file those with a voxel that is not 0.
    func labels() -> Labels {
        var found: [Int: URL] = [:]
        var isEmpty = false
        if let reference = pair.reference {
            if let frames = Self.labelledFrames(of: reference, expected: frameCount) {
                for index in frames { found[index] = reference }
                isEmpty = frames.isEmpty
            } else if let number = pair.stem.frame?.number, 1...frameCount ~= number,
                (try? NIfTIHeader(contentsOf: reference))?.frameCount == 1
            {
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

    /// The frames of the label file `reference` that have a voxel other than 0, or one that cannot be read as a label;
    /// nil where the file has not `expected` frames or is damaged.
    private static func labelledFrames(of reference: URL, expected: Int) -> [Int]? {
        guard let header = try? NIfTIHeader(contentsOf: reference), header.frameCount == expected,
            let image = try? NIfTIImage(contentsOf: reference)
        else { return nil }
        return (0..<expected).filter { frame in
            (try? image.integers(frame: frame))?.contains { $0 != 0 } ?? true
        }
    }
}
