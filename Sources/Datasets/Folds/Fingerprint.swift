import Imaging

/// A 64-bit hash of an image's voxels: equal for images with the same shape and the same numbers in every channel,
/// however stored.
package struct Fingerprint: Hashable, Sendable {
    private let value: UInt64

    package init(_ channels: [Volume]) {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        // Multiply and fold, as in wyhash: every input bit reaches every output bit.
        func mix(_ word: UInt64) {
            let product = (hash ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
            hash = product.high ^ product.low &+ 0xE703_7ED1_A0B4_28DB
        }
        for channel in channels {
            let geometry = channel.geometry
            for dimension in [geometry.width, geometry.height, geometry.depth] { mix(UInt64(dimension)) }
            channel.voxels.withUnsafeBufferPointer { voxels in
                for pair in 0..<voxels.count / 2 {
                    mix(UInt64(voxels[2 * pair].bitPattern) << 32 | UInt64(voxels[2 * pair + 1].bitPattern))
                }
                if voxels.count % 2 == 1 { mix(UInt64(voxels[voxels.count - 1].bitPattern)) }
            }
        }
        value = hash
    }
}
