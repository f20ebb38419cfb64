import Foundation
import Report
import Testing

@Suite struct CurvesTests {
    private func svg(_ series: [Series], range: ClosedRange<Double>? = nil) -> String {
        Curves(
            title: "Run", charts: [LineChart(title: "Loss", xLabel: "epoch", series: series, yRange: range)]
        ).svg
    }

    private func texts(_ svg: String) -> [String] {
        svg.matches(of: /<text[^>]*>([^<]*)<\/text>/).map { String($0.1) }
    }

    @Test func ticksAreRoundNumbers() {
        #expect(
            texts(svg([Series("training", [1.37, 0.62, 0.21])])) == [
                "Run", "Loss", "0.0", "0.5", "1.0", "1.5", "1", "2", "3", "epoch", "training",
            ])
    }

    @Test func epochTicksAreWholeNumbers() {
        let labels = texts(svg([Series("training", [Double](repeating: 0.5, count: 120))], range: 0...1))
        #expect(
            labels == [
                "Run", "Loss", "0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "20", "40", "60", "80", "100", "120",
                "epoch", "training",
            ])
    }

    @Test func linesBreakWhereAValueIsMissing() {
        let picture = svg(
            [Series("validation", [0.2, 0.3, .nan, 0.4, .nan, .infinity, 0.5, 0.6])], range: 0...1)
        #expect(picture.matches(of: /<polyline/).count == 2)
        #expect(picture.matches(of: /<circle/).count == 1)
        #expect(!picture.contains("nan") && !picture.contains("inf"))
    }

    @Test func valuesBeyondAGivenRangeStayOnItsEdge() {
        let picture = svg([Series("loss", [5, -5])], range: 0...1)
        #expect(picture.contains("points=\"72,92 700,304\""))
    }

    @Test func oneEpochAndNoneAreDrawn() {
        #expect(svg([Series("training", [0.5])]).contains("<circle cx=\"386\""))
        let empty = svg([Series("training", [])])
        #expect(texts(empty).contains("training"))
        #expect(!empty.contains("<polyline"))
    }

    @Test func namesAreEscaped() throws {
        let picture = svg([Series("a < b & c", [1, 2])])
        #expect(picture.contains(">a &lt; b &amp; c</text>"))
    }

    @Test func everySeriesHasItsColor() {
        let series = (0..<4).map { Series("s\($0)", [1, Double($0)]) }
        let colors = svg(series).matches(of: /<polyline[^>]*stroke="(#[0-9A-F]{6})"/).map { String($0.1) }
        #expect(Set(colors).count == 4)
    }
}
