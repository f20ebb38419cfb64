/// Mean and spread of some numbers.
public struct Statistic: Sendable, Hashable {
    /// Arithmetic mean.
    public let mean: Double
    /// Sample standard deviation (n − 1 in the denominator); nil for a single number.
    public let standardDeviation: Double?
    /// How many numbers there are.
    public let count: Int

    /// Mean and spread of `values`; nil where there are none.
    public init?(of values: [Double]) {
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        count = values.count
        if values.count > 1 {
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            standardDeviation = (squares / Double(values.count - 1)).squareRoot()
        } else {
            standardDeviation = nil
        }
    }
}
