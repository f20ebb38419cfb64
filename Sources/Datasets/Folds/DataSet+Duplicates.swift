import Foundation
import Imaging
import Synchronization

extension DataSet {
    /// Groups of two and more cases whose images have exactly the same voxels, as ACDC's patients 074 and 076.
    ///
    /// All images are read, on all processors. Files that cannot be read have no duplicates; loading tells.
    public func duplicates() -> [[Case]] {
        let cases = cases
        let prints = Mutex<[Int: Fingerprint]>([:])
        DispatchQueue.concurrentPerform(iterations: cases.count) { index in
            guard
                let channels = try? cases[index].withoutReference.withFramesAsChannels.load(structures: [])
                    .channels
            else {
                return
            }
            let print = Fingerprint(channels)
            prints.withLock { $0[index] = print }
        }
        let found = prints.withLock { $0 }
        let groups = Dictionary(grouping: found.keys.sorted()) { found[$0]! }
        return groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }.map { $0.map { cases[$0] } }
    }
}
