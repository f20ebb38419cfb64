import Foundation

/// The range of an axis and where its ticks lie: at multiples of 1, 2 or 5 times a power of ten.
struct Axis: Equatable {
    /// First and last value.
    let range: ClosedRange<Double>
    /// Values that have a tick, ascending, all within the range.
    let ticks: [Double]
    private let step: Double

    /// An axis over `range` with about `ticks` ticks; `whole` keeps them at whole numbers.
    init(range: ClosedRange<Double>, ticks count: Int, whole: Bool = false) {
        let step = Self.step(range.upperBound - range.lowerBound, ticks: count, whole: whole)
        // A last tick that rounding has moved a hair beyond the range still counts.
        let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
        let last = Int((range.upperBound / step + 1e-9).rounded(.down))
        self.range = range
        self.step = step
        ticks = first > last ? [] : (first...last).map { Double($0) * step }
    }

    /// An axis that covers finite `values`; `rounded` extends it to whole steps. A single value gets room around it.
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

    /// How far along the axis a value lies: 0 at its start, 1 at its end.
    func position(_ value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// A tick's value with as many decimals as the step asks for; powers of ten where it is very small or large.
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
