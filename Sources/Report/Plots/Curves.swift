import Runs

/// Charts stacked in one SVG picture, such as a run's `curves.svg`, with the loss above the Dice.
public struct Curves: Sendable, Equatable {
    /// The title above all charts.
    public var title: String
    /// The charts, from the top.
    public var charts: [LineChart]

    /// Creates a picture of `charts`.
    public init(title: String, charts: [LineChart]) {
        self.title = title
        self.charts = charts
    }

    private static let width = 860.0
    private static let chartHeight = 300.0
    private static let header = 52.0
    private static let plot = (left: 72.0, right: 700.0, top: 40.0, bottom: 252.0)

    /// The picture as a self-contained SVG document.
    public var svg: String {
        var svg = SVG(width: Self.width, height: Self.header + Double(charts.count) * Self.chartHeight)
        svg.text(title, x: 24, y: 34, size: 18, weight: "600", color: .gray(20))
        for (index, chart) in charts.enumerated() {
            draw(chart, top: Self.header + Double(index) * Self.chartHeight, into: &svg)
        }
        return svg.document
    }

    private func draw(_ chart: LineChart, top: Double, into svg: inout SVG) {
        let plot = (
            left: Self.plot.left, right: Self.plot.right, top: top + Self.plot.top,
            bottom: top + Self.plot.bottom
        )
        let xAxis = chart.xAxis, yAxis = chart.yAxis
        func x(_ value: Double) -> Double { plot.left + xAxis.position(value) * (plot.right - plot.left) }
        func y(_ value: Double) -> Double { plot.bottom - yAxis.position(value) * (plot.bottom - plot.top) }

        svg.text(chart.title, x: plot.left, y: top + 22, size: 14, weight: "600", color: .gray(40))
        for tick in yAxis.ticks {
            svg.line(from: (plot.left, y(tick)), to: (plot.right, y(tick)), color: .gray(226))
            svg.text(
                yAxis.label(tick), x: plot.left - 8, y: y(tick) + 4, size: 12, anchor: "end", color: .gray(90)
            )
        }
        svg.line(from: (plot.left, plot.bottom), to: (plot.right, plot.bottom), color: .gray(120))
        for tick in xAxis.ticks {
            svg.line(from: (x(tick), plot.bottom), to: (x(tick), plot.bottom + 5), color: .gray(120))
            svg.text(
                xAxis.label(tick), x: x(tick), y: plot.bottom + 20, size: 12, anchor: "middle",
                color: .gray(90))
        }
        svg.text(
            chart.xLabel, x: (plot.left + plot.right) / 2, y: plot.bottom + 38, size: 12, anchor: "middle",
            color: .gray(90))

        for (index, series) in chart.series.enumerated() {
            let color = Self.ink(index)
            for segment in series.segments {
                let points = segment.map {
                    (x($0.x), y(min(max($0.y, yAxis.range.lowerBound), yAxis.range.upperBound)))
                }
                if points.count > 1 {
                    svg.polyline(points, color: color)
                } else {
                    svg.dot(points[0], color: color)
                }
            }
            let row = plot.top + 8 + Double(index) * 22
            svg.line(from: (plot.right + 20, row), to: (plot.right + 44, row), color: color, width: 2.5)
            svg.text(series.name, x: plot.right + 52, y: row + 4, size: 12, color: .gray(40))
        }
    }

    /// Returns a color of the palette, darkened slightly if it is too pale for a thin line on white.
    private static func ink(_ index: Int) -> Color {
        let color = Palette.color(index)
        let luminance = 0.299 * Float(color.red) + 0.587 * Float(color.green) + 0.114 * Float(color.blue)
        return luminance > 150 ? color.mixed(with: .black, 0.15) : color
    }
}

extension TrainingLog {
    /// Returns the curves in a run's `curves.svg`: the loss above the Dice.
    public func curves(title: String) -> Curves {
        let loss = LineChart(
            title: "Training loss", xLabel: "epoch", series: [Series("loss", rows.map(\.trainingLoss))])
        // Epochs that were not validated leave no gap.
        let scored = rows.filter { !$0.validationDice.isEmpty }
        guard !scored.isEmpty else { return Curves(title: title, charts: [loss]) }
        let epochs = scored.map { Double($0.epoch) }
        let structureSeries = structures.indices.map { index in
            Series(
                structures[index], x: epochs,
                y: scored.map { index < $0.validationDice.count ? $0.validationDice[index] ?? .nan : .nan })
        }
        let dice = LineChart(
            title: "Dice on the held-out patients", xLabel: "epoch",
            series: structureSeries + [Series("mean", x: epochs, y: scored.map { $0.meanDice ?? .nan })],
            yRange: 0...1)
        return Curves(title: title, charts: [loss, dice])
    }
}
