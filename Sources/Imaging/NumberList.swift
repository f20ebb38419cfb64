/// A list of numbers as text: “4, 5, 6”, or for many “1, 2, 3 and 237 others”.
package struct NumberList: CustomStringConvertible {
    private let numbers: [Int]

    /// The most numbers listed in full.
    private static let shown = 12

    package init(_ numbers: some Sequence<some BinaryInteger>) { self.numbers = numbers.map { Int($0) } }

    package var description: String {
        func list(_ some: some Sequence<Int>) -> String { some.map(String.init).joined(separator: ", ") }
        guard numbers.count > Self.shown else { return list(numbers) }
        return "\(list(numbers.prefix(3))) and \(numbers.count - 3) others"
    }
}
