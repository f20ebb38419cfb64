import Foundation
import NIfTI

extension Case {
    /// Why no single frame of the image, which has `frames`, is the case.
    func whyNoFrame(_ frames: Int) -> DatasetError {
        guard let reference else { return .series(path: image.relativePath, frames: frames) }
        let labels: NIfTIHeader
        do throws(NIfTIError) { labels = try NIfTIHeader(contentsOf: reference) } catch {
            return .nifti(error)
        }
        if labels.frameCount == frames {
            // Only damaged labels are not parted into frames.
            do throws(NIfTIError) { _ = try NIfTIImage(contentsOf: reference) } catch { return .nifti(error) }
        }
        return labels.frameCount == 1
            ? .labelsOfOneFrame(image: image.relativePath, reference: reference.relativePath, frames: frames)
            : .frameCount(
                image: image.relativePath, reference: reference.relativePath, expected: frames,
                found: labels.frameCount)
    }
}
