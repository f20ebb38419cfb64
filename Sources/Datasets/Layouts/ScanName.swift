import Foundation
import Scans

/// The rules for reading the names of files and folders, and for naming cases.
///
/// One rule names cases, whatever else is next to them: a file keeps its name, and one in a subfolder of the dataset is
/// prefixed with the folders' names, unless its name begins with them. So `patient005/frame01` and
/// `patient005/patient005_frame01` are both `patient005_frame01`.
enum ScanName {
    /// Returns the case name of a file named `stem` in `folders`, the names from the dataset down.
    static func caseID(_ stem: String, in folders: [String]) -> String {
        let kept = folders.indices.first { stem.begins(withName: folders[$0...].joined(separator: "_")) }
        return (folders[..<(kept ?? folders.count)] + [stem]).joined(separator: "_")
    }

    /// Returns the folders of a case, or that of the dataset itself, `root`, if there are none and the file name is
    /// only that of a frame.
    static func folders(_ below: [String], of stem: String, root: URL) -> [String] {
        guard below.isEmpty, stem.isFrameAlone || stem.lowercased() == "4d" else { return below }
        return [root.folderName]
    }

    /// Words that can follow the patient's name in a scan of a heart: the view, or the mark of a series.
    fileprivate static let views: Set<String> = ["sa", "sax", "la", "lax", "4d", "cine"]
}

extension String {
    /// The number NN of a name that ends in `_frameNN` or is `frameNN`, and the part before it.
    package var frame: (number: Int, before: String)? {
        guard let range = range(of: "frame", options: [.backwards, .caseInsensitive]) else { return nil }
        let before = self[..<range.lowerBound]
        var digits = self[range.upperBound...]
        if let first = digits.first, "_-".contains(first) { digits = digits.dropFirst() }
        guard before.isEmpty || before.hasSuffix("_"), !digits.isEmpty, digits.allSatisfy(\.isDigit),
            let number = Int(digits)
        else { return nil }
        return (number, String(before.dropLast()))
    }

    /// The phase of a name that ends in `_ED` or `_ES` or is one of them, and the part before it.
    var phase: (phase: Phase, before: String)? {
        for phase in Phase.allCases {
            if uppercased() == phase.rawValue { return (phase, "") }
            if uppercased().hasSuffix("_" + phase.rawValue) { return (phase, String(dropLast(3))) }
        }
        return nil
    }

    /// Whether the name is only that of a frame or a phase.
    var isFrameAlone: Bool { (frame?.before ?? phase?.before) == "" }

    /// The patient in a scan's name: `anna` for `anna`, `anna_frame03`, `anna_ED`, `anna_sa` and `anna_4d`. Empty if
    /// the name is only that of a frame, a phase or a view, like `frame03`.
    package var patient: String {
        var name = self[...]
        if let before = frame?.before ?? phase?.before { name = before[...] }
        while true {
            let word = String(name.reversed().prefix { $0 != "_" && $0 != "-" }.reversed())
            guard ScanName.views.contains(word.lowercased()) else { return String(name) }
            name = name.dropLast(word.count + 1)
        }
    }

    /// Returns the name of frame `number`, from 1, of a series with this name: `patient090_frame04` for
    /// `patient090_4d`.
    package func named(frame number: Int) -> String {
        let isMarked = lowercased() == "4d" || lowercased().hasSuffix("_4d")
        let start = isMarked ? String(dropLast(lowercased() == "4d" ? 2 : 3)) : self
        return (start.isEmpty ? "" : start + "_") + "frame" + String(number).padded(to: 2)
    }

    /// The name without its frame, or without the `_4d` that marks a series: the part that all frames of a series
    /// share.
    package var seriesName: String {
        if let before = frame?.before { return before }
        return lowercased().hasSuffix("_4d") ? String(dropLast(3)) : self
    }

    /// Whether the name is `patientNNN_frameMM`, like ACDC's files.
    var isACDCName: Bool {
        guard let frame else { return false }
        return frame.before.hasPrefix("patient") && Int(frame.before.dropFirst("patient".count)) != nil
    }

    /// Returns whether the name begins with `other`, and `other` ends there: `p1_scan` begins with `p1`, but `p10_scan`
    /// does not.
    fileprivate func begins(withName other: String) -> Bool {
        guard !other.isEmpty, range(of: other, options: [.anchored, .caseInsensitive]) != nil else {
            return false
        }
        guard let last = other.last, let next = dropFirst(other.count).first else { return true }
        return !(last.isDigit && next.isDigit) && !(last.isLetter && next.isLetter)
    }
}

extension URL {
    /// The folder's own name, also for `.` and `..`.
    var folderName: String {
        standardizedFileURL.lastPathComponent.replacing("/", with: "_")
    }
}

/// A 4D image with the moments of a heartbeat as frames, and the labels of some of them.
struct Series: Sendable {
    /// A frame with labels.
    struct Labeled: Sendable, Hashable {
        /// The index of the frame, from 0.
        var index: Int
        var reference: URL
    }

    /// The frames that the label files cover.
    enum Labels: Sendable, Hashable {
        /// These frames have labels; empty if there are no label files.
        case frames([Labeled])
        /// A label file of all frames exists, and it labels none of them.
        case nothing
        /// The frames that the labels belong to are unknown: loading the whole series reports why.
        case unclear
    }

    let pair: ScanFiles.Pair
    let frameCount: Int

    /// Nil if the image is not 4D, or its header cannot be read, which loading reports.
    init?(_ pair: ScanFiles.Pair) {
        guard let header = try? ScanHeader(contentsOf: pair.image), header.frameCount > 1 else { return nil }
        self.pair = pair
        frameCount = header.frameCount
    }

    /// Returns the frames with labels: in a 4D label file, those with a voxel that is not 0.
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
        return .frames(found.sorted { $0.key < $1.key }.map { Labeled(index: $0.key, reference: $0.value) })
    }

    /// Labels of frames that the series does not have.
    var strayReferences: [URL] {
        pair.frameReferences.filter { !(1...frameCount ~= $0.key) }.sorted { $0.key < $1.key }.map(\.value)
    }
}
