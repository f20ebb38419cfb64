import Foundation
import Imaging
import NIfTI
import Scans

/// A 64-bit hash of an image's voxels: equal for images with the same shape and the same numbers in every channel,
/// however stored.
package struct Fingerprint: Hashable, Sendable {
    private let value: UInt64

    package init(_ channels: [Volume]) {
        var hash = Hash()
        for channel in channels {
            hash.mix(channel.geometry.extent)
            hash.mix(channel.voxels)
        }
        value = hash.value
    }

    /// Creates a fingerprint of only the shape and the first voxels.
    fileprivate init(_ extent: Extent, beginning: ArraySlice<Float>) {
        var hash = Hash()
        hash.mix(extent)
        hash.mix(Array(beginning))
        value = hash.value
    }

    /// Multiply and fold, as in wyhash: every input bit reaches every output bit.
    private struct Hash {
        var value: UInt64 = 0x9E37_79B9_7F4A_7C15

        mutating func mix(_ word: UInt64) {
            let product = (value ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
            value = product.high ^ product.low &+ 0xE703_7ED1_A0B4_28DB
        }

        mutating func mix(_ extent: Extent) {
            for side in extent.sides { mix(UInt64(side)) }
        }

        mutating func mix(_ numbers: [Float]) {
            numbers.withUnsafeBufferPointer { numbers in
                for pair in 0..<numbers.count / 2 {
                    mix(UInt64(numbers[2 * pair].bitPattern) << 32 | UInt64(numbers[2 * pair + 1].bitPattern))
                }
                if numbers.count % 2 == 1 { mix(UInt64(numbers[numbers.count - 1].bitPattern)) }
            }
        }
    }
}

/// The fingerprints that an image is recognized by.
private struct Sketch: Sendable {
    /// The hash of the shape and the first voxels, so that images that differ in it need not be inflated completely.
    var beginning: Fingerprint
    /// The hash of everything; nil if it has not been needed.
    var whole: Fingerprint?

    /// The number of voxels in the hash of the beginning.
    private static let count = 1 << 14

    /// Reads as little of the image of `item` as needed; nil if it cannot be read.
    static func beginning(of item: Case, with reader: inout ScanReader) -> Sketch? {
        // Pictures and frames within a series have no beginning that is cheap to read.
        guard !ScanFormat.isPicture(item.image), item.frameIndex == nil else {
            return whole(of: item, with: &reader)
        }
        guard let (header, voxels) = try? NIfTIImage.firstVoxels(of: item.image, count: count) else {
            return nil
        }
        let grid = header.grid
        return Sketch(
            beginning: Fingerprint(
                Extent(width: grid.x, height: grid.y, depth: grid.z), beginning: voxels[...]))
    }

    /// Reads all of the image of `item`; nil if it cannot be read.
    static func whole(of item: Case, with reader: inout ScanReader) -> Sketch? {
        guard let loaded = try? item.withoutReference.withFramesAsChannels.loadImage(with: &reader) else {
            return nil
        }
        return Sketch(
            beginning: Fingerprint(
                loaded.volume.geometry.extent, beginning: loaded.volume.voxels.prefix(count)),
            whole: Fingerprint(loaded.channels))
    }
}

extension Dataset {
    /// Returns groups of two or more cases with exactly the same image voxels, like ACDC's patients 074 and 076.
    ///
    /// Reads the beginning of all images, and all of those that begin alike, on all processors. Files that cannot be
    /// read have no duplicates; loading reports them.
    public func duplicates() -> [[Case]] {
        let cases = cases
        let sketches = cases.parallelRead { item, reader in Sketch.beginning(of: item, with: &reader) }
        var counts: [Fingerprint: Int] = [:]
        for sketch in sketches { if let sketch { counts[sketch.beginning, default: 0] += 1 } }
        let suspects = cases.indices.filter { index in
            sketches[index].map { counts[$0.beginning]! > 1 } ?? false
        }
        let unread = suspects.filter { sketches[$0]?.whole == nil }
        let read = unread.map { cases[$0] }.parallelRead { item, reader in
            Sketch.whole(of: item, with: &reader)?.whole
        }
        var prints = sketches.map { $0?.whole }
        for (index, print) in zip(unread, read) { prints[index] = print }
        let groups = Dictionary(grouping: suspects.filter { prints[$0] != nil }) { prints[$0]! }
        return groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }.map { $0.map { cases[$0] } }
    }
}
