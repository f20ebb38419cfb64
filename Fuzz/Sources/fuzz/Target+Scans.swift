import Foundation
import Imaging
import NIfTI
import Scans

extension Target {
    /// A `.nii` file.
    static let nifti = Target(name: "nifti") { read(scan: MemoryFiles.write($0, "x.nii")) }

    /// A `.nii.gz` file: as it is, with the magic bytes so that it is not taken for a plain one, or, where it does not
    /// begin with them, content for sound members: as many as its first byte says.
    static let gzip = Target(name: "gzip") { bytes in
        var file = [UInt8](bytes)
        if file.count > 2, file[0] != 0x1f {
            file = GzipMembers.of(file.dropFirst(2), size: 1 + Int(file[0]) * 16, padding: Int(file[1]))
        } else if file.count > 2 {
            (file[1], file[2]) = (0x8b, 8)
        }
        file.withUnsafeBytes { read(scan: MemoryFiles.write($0, "x.nii.gz")) }
    }

    /// Everything that a program asks of a scan.
    private static func read(scan url: URL) {
        if let header = try? NIfTIHeader(contentsOf: url) {
            _ = (header.affine, header.qform, header.spacing, header.description, header.extensions)
        }
        guard let image = try? NIfTIImage(contentsOf: url) else { return }
        precondition(image.header.frameVoxelCount > 0, "an image has voxels")
        for frame in 0..<min(image.frameCount, 3) {
            _ = try? Volume(image: image, frame: frame)
            _ = try? LabelMap(image: image, frame: frame)
        }
        _ = try? ProbabilityMap(image: image)
        if let labels = try? LabelMap(image: image) {
            _ = NIfTIImage(labels, like: image.header).header.extensions
        }
    }
}
