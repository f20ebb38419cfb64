/// Numbers as a person lists them: “4, 5, 6”, or of many “1, 2, 3 and 237 others”.
package struct NumberList<Number: BinaryInteger>: CustomStringConvertible {
    private let numbers: [Number]

    /// More are counted.
    private static var shown: Int { 12 }

    package init(_ numbers: [Number]) { self.numbers = numbers }

    package var description: String {
        func list(_ some: some Sequence<Number>) -> String { some.map(String.init).joined(separator: ", ") }
        guard numbers.count > Self.shown else { return list(numbers) }
        return "\(list(numbers.prefix(3))) and \(numbers.count - 3) others"
    }
}
