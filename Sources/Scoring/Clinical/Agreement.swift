/// How well predicted numbers agree with reference numbers.
///
/// Bland and Altman, "Statistical methods for assessing agreement between two methods of clinical measurement",
/// Lancet 327 (1986) 307–310.
public struct Agreement: Sendable, Hashable {
    /// Pairs compared.
    public var count: Int
    /// Mean of predicted − reference.
    public var bias: Double
    /// Sample standard deviation of the differences; nil for one pair.
    public var standardDeviation: Double?
    /// Lower and upper 95 % limits of agreement, bias ∓ 1.96 SD; nil for one pair.
    public var limits: ClosedRange<Double>? {
        standardDeviation.map { bias - 1.96 * $0...bias + 1.96 * $0 }
    }
    /// Mean of the absolute differences.
    public var meanAbsoluteError: Double
    /// Pearson's correlation, −1 to 1; nil where either side does not vary.
    public var correlation: Double?

    /// Compares as many predicted as reference numbers; nil where there are none.
    public init?(predicted: [Double], reference: [Double]) {
        precondition(predicted.count == reference.count, "numbers in pairs")
        let differences = zip(predicted, reference).map { $0 - $1 }
        guard let difference = Statistic(of: differences), let one = Statistic(of: predicted),
            let other = Statistic(of: reference)
        else { return nil }
        count = differences.count
        bias = difference.mean
        standardDeviation = difference.standardDeviation
        meanAbsoluteError = differences.reduce(0) { $0 + abs($1) } / Double(count)
        if let spread = one.standardDeviation, let otherSpread = other.standardDeviation, spread > 0,
            otherSpread > 0
        {
            let products = zip(predicted, reference).reduce(0) {
                $0 + ($1.0 - one.mean) * ($1.1 - other.mean)
            }
            correlation = min(1, max(-1, products / Double(count - 1) / (spread * otherSpread)))
        }
    }
}
