/// A named class of a dataset: the value it has in label files and the name it has in tables.
public struct Structure: Sendable, Hashable, Codable {
    /// Short name for tables, such as `LV`.
    public var name: String
    /// Value in label files, 1 to 255; 0 is background and is not a structure.
    public var label: UInt8

    /// The structure `name`, written as `label` in label files.
    public init(name: String, label: UInt8) {
        self.name = name
        self.label = label
    }
}

extension String {
    /// The name of a structure without what people write in different ways: letter case, and `_` for a space.
    package var comparableName: String { lowercased().replacing("_", with: " ") }
}

extension [Structure] {
    /// As the command line takes them: `RV=1 MYO=2 LV=3`, names with spaces in quotes.
    package var text: String {
        map { $0.name.contains(" ") ? "\"\($0.name)=\($0.label)\"" : "\($0.name)=\($0.label)" }
            .joined(separator: " ")
    }
}
