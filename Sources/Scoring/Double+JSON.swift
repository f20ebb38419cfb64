extension Double {
    /// Six decimals, which is more than any score means and hides the last bits of different machines; nil (`null`)
    /// where JSON has no such number.
    var forJSON: Double? {
        guard isFinite else { return nil }
        let rounded = (self * 1e6).rounded() / 1e6
        return rounded == 0 ? 0 : rounded
    }
}

/// A JSON key that is known only when the program runs, such as a structure's name.
struct NameKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
