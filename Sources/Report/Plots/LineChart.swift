/// One line of a chart.
public struct Series: Sendable, Equatable {
    /// What the line shows, for the legend.
    public var name: String
    /// Positions along x, ascending.
    public var x: [Double]
    /// Values; the line is broken where one is not finite.
    public var y: [Double]

    /// The line `name` through the points (x, y).
    public init(_ name: String, x: [Double], y: [Double]) {
        precondition(x.count == y.count, "a line has as many values as positions")
        self.name = name
        self.x = x
        self.y = y
    }

    /// The line `name` through values at 1, 2, 3, …, such as one an epoch.
    public init(_ name: String, _ y: [Double]) {
        self.init(name, x: y.indices.map { Double($0 + 1) }, y: y)
    }

    /// The runs of points between values that are not finite.
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
    /// The line above the chart.
    public var title: String
    /// What the horizontal axis shows.
    public var xLabel: String
    /// The lines, in the order of the legend.
    public var series: [Series]
    /// The vertical axis; from the values where it is nil.
    public var yRange: ClosedRange<Double>?

    /// A chart of `series`.
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
