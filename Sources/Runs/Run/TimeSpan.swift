/// A time as people write it: `90 s`, `45min`, `2h`, `1h30m`.
public struct TimeSpan: Sendable, Hashable {
    /// Its length in seconds.
    public var seconds: Double

    /// A time of `seconds`.
    public init(seconds: Double) { self.seconds = seconds }

    /// The same as a duration.
    public var duration: Duration { .seconds(seconds) }
}

extension TimeSpan: LosslessStringConvertible {
    private static let units: [(names: [String], seconds: Double)] = [
        (["d"], 86_400), (["h"], 3600), (["min", "m"], 60), (["s"], 1),
    ]

    /// Reads numbers with units, from the longest unit to the shortest, such as `1h30m`; nil for anything else, and for
    /// nothing at all and more than ten years.
    public init?(_ text: String) {
        var rest = text.lowercased().filter { $0 != " " }[...]
        var (seconds, units) = (0.0, Self.units[...])
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = Double(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let index = units.firstIndex(where: { $0.names.contains(String(name)) }) else { return nil }
            seconds += number * units[index].seconds
            units = units[(index + 1)...]
        }
        guard seconds > 0, seconds <= 3650 * 86_400 else { return nil }
        self.seconds = seconds
    }

    /// Such as `42 s`, `3 min 05 s`, `2 h 07 min`.
    public var description: String {
        let whole = Int(seconds.rounded())
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
        return "\(whole / 3600) h \(padded(whole % 3600 / 60)) min"
    }
}
