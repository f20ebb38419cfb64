import Foundation

extension MembraneError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the image and says what to do.
    public var description: String {
        switch self {
        case .differentSize(let name, let expected, let found):
            return "\(name): there are \(found) pixels, but \(expected) are expected; "
                + "score predictions at the size of their image."
        case .noCells(let name):
            return "\(name): the ground truth has no cells, so nothing can be split or merged; "
                + "check that its cells are not labeled 0, or leave the image out."
        case .notProbability(let name, let value):
            return "\(name): \(value) is not a probability; use probabilities of the cell class, from 0 to 1."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
