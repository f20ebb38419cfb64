import Foundation

/// A line of a chart.
public struct Series: Sendable, Equatable {
    /// The name of the line in the legend.
    public var name: String
    /// The positions along x, ascending.
    public var x: [Double]
    /// The values; the line is interrupted where one is not finite.
    public var y: [Double]

    /// Creates a line named `name` through the points (x, y).
    public init(_ name: String, x: [Double], y: [Double]) {
        precondition(x.count == y.count, "a line has as many values as positions")
        self.name = name
        self.x = x
        self.y = y
    }

    /// Creates a line named `name` through values at 1, 2, 3, …, such as one per epoch.
    public init(_ name: String, _ y: [Double]) {
        self.init(name, x: y.indices.map { Double($0 + 1) }, y: y)
    }

    /// The segments of finite points.
    var segments: [[(x: Double, y: Double)]] {
        var segments: [[(x: Double, y: Double)]] = [[]]
        for (x, y) in zip(x, y) {
            if x.isFinite && y.isFinite {
                segments[segments.count - 1].append((x, y))
            } else if segments.last?.isEmpty == false {
                segments.append([])
            }
        }
        return segments.filter { !$0.isEmpty }
    }
}

/// Lines over common axes.
public struct LineChart: Sendable, Equatable {
    /// The title above the chart.
    public var title: String
    /// The label of the horizontal axis.
    public var xLabel: String
    /// The lines, in the order of the legend.
    public var series: [Series]
    /// The range of the vertical axis; if nil, it is derived from the values.
    public var yRange: ClosedRange<Double>?

    /// Creates a chart of `series`.
    public init(title: String, xLabel: String, series: [Series], yRange: ClosedRange<Double>? = nil) {
        self.title = title
        self.xLabel = xLabel
        self.series = series
        self.yRange = yRange
    }

    var xAxis: Axis {
        Axis(covering: series.flatMap(\.segments).flatMap { $0 }.map(\.x), ticks: 8, whole: true)
    }

    var yAxis: Axis {
        if let yRange { return Axis(range: yRange, ticks: 5) }
        return Axis(covering: series.flatMap(\.segments).flatMap { $0 }.map(\.y), ticks: 5, rounded: true)
    }
}

/// The range of an axis and its ticks, at multiples of 1, 2, or 5 times a power of ten.
struct Axis: Equatable {
    /// The first and last value.
    let range: ClosedRange<Double>
    /// The values of the ticks, ascending, all within the range.
    let ticks: [Double]
    private let step: Double

    /// Creates an axis over `range` with about `ticks` ticks; `whole` restricts them to integers.
    init(range: ClosedRange<Double>, ticks count: Int, whole: Bool = false) {
        let step = Self.step(range.upperBound - range.lowerBound, ticks: count, whole: whole)
        // The tolerance keeps a last tick that rounding has moved just beyond the range.
        let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
        let last = Int((range.upperBound / step + 1e-9).rounded(.down))
        self.range = range
        self.step = step
        ticks = first > last ? [] : (first...last).map { Double($0) * step }
    }

    /// Creates an axis that covers finite `values`; `rounded` extends it to whole steps. A single value gets space
    /// around it.
    init(covering values: [Double], ticks count: Int, whole: Bool = false, rounded: Bool = false) {
        var low = values.min() ?? 0, high = values.max() ?? 1
        if low == high {
            let room = whole ? 1 : max(abs(low) * 0.1, 1e-6)
            (low, high) = (low - room, high + room)
        }
        if rounded {
            let step = Self.step(high - low, ticks: count, whole: whole)
            low = (low / step + 1e-9).rounded(.down) * step
            high = (high / step - 1e-9).rounded(.up) * step
        }
        self.init(range: low...high, ticks: count, whole: whole)
    }

    /// Returns the relative position of a value on the axis: 0 at its start, 1 at its end.
    func position(_ value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// Returns a tick's value with as many decimals as the step requires, in scientific notation if the step is very
    /// small or large.
    func label(_ tick: Double) -> String {
        let magnitude = log10(step)
        guard (-4..<6).contains(magnitude) else { return String(format: "%.1e", tick) }
        return String(format: "%.\(max(0, Int((-magnitude - 1e-9).rounded(.up))))f", tick)
    }

    private static func step(_ span: Double, ticks: Int, whole: Bool) -> Double {
        let rough = span / Double(ticks)
        let power = pow(10, log10(rough).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * (1 - 1e-9) } ?? 10 * power
        return whole ? max(step, 1) : step
    }
}
