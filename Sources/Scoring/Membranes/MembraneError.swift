/// An image of cells and membranes that cannot be scored.
public enum MembraneError: Error, Sendable, Equatable {
    /// The image `name` has another number of probabilities or true pixels than its size says.
    case differentSize(name: String, expected: Int, found: Int)
    /// The truth of `name` has no cell pixel.
    case noCells(name: String)
    /// A probability of `name` is not between 0 and 1.
    case notProbability(name: String, value: Float)
}
