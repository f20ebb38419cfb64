import Foundation

/// A reader that is fed with bytes of any kind. It must end with a result or an error, in little time and memory.
struct Target: Sendable {
    let name: String
    let run: @Sendable (UnsafeRawBufferPointer) -> Void

    static let all: [Target] = [.nifti, .gzip, .png, .tiff, .dataset, .labels, .info, .safetensors]
}
