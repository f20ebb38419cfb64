/// The body cut at one height, ready for drawing: what is not cut is left out. Valid only inside
/// `PhantomBody.withSection`.
struct PhantomSection {
    let chest: PhantomChest
    let z: Float
    let organs: UnsafeBufferPointer<PhantomDisc>
    let vessels: UnsafeBufferPointer<PhantomDisc>
}

extension PhantomBody {
    /// Calls `body` with the cut at height `z` (mm).
    func withSection<Result>(z: Double, _ body: (PhantomSection) -> Result) -> Result {
        let organs = organs.compactMap { PhantomDisc($0, z: Float(z)) }
        let vessels = vessels.compactMap { PhantomDisc($0, z: Float(z)) }
        return organs.withUnsafeBufferPointer { organs in
            vessels.withUnsafeBufferPointer { vessels in
                body(PhantomSection(chest: chest, z: Float(z), organs: organs, vessels: vessels))
            }
        }
    }
}
