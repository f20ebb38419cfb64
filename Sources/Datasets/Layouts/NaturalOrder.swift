import Foundation

extension String {
    /// Whether the name comes before `other` as people count: 2 before 10, and otherwise letter by letter.
    func naturallyPrecedes(_ other: String) -> Bool {
        var (one, two) = (self[...], other[...])
        while let first = one.first, let second = two.first {
            if first.isDigit, second.isDigit {
                let (a, b) = (one.prefix(while: \.isDigit), two.prefix(while: \.isDigit))
                let (x, y) = (a.drop { $0 == "0" }, b.drop { $0 == "0" })
                if x.count != y.count { return x.count < y.count }
                if x != y { return x < y }
                one = one.dropFirst(a.count)
                two = two.dropFirst(b.count)
            } else if first != second {
                return first < second
            } else {
                one = one.dropFirst()
                two = two.dropFirst()
            }
        }
        // Names that differ in leading zeros alone still have one order.
        if one.isEmpty, two.isEmpty { return self < other }
        return one.isEmpty
    }

    /// The number at the end of a name and what stands before it, as 7 and `slice` of `slice07`.
    var trailingNumber: (before: Substring, number: Int)? {
        let digits = reversed().prefix(while: \.isDigit).count
        guard digits > 0, let number = Int(suffix(digits)) else { return nil }
        return (dropLast(digits), number)
    }
}

extension Character {
    /// Whether this is one of 0 to 9.
    var isDigit: Bool { ("0"..."9").contains(self) }
}

extension [String] {
    /// Whether the names are one word and consecutive numbers, in this order: `0`, `1`, …, `29`.
    var areConsecutive: Bool {
        let numbers = compactMap(\.trailingNumber)
        guard count > 1, numbers.count == count else { return false }
        return zip(numbers, numbers.dropFirst()).allSatisfy {
            $0.before == $1.before && $0.number + 1 == $1.number
        }
    }
}
