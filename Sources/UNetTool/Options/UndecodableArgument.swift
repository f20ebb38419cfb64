/// An argument that is not UTF-8, as names of files from old systems are not.
///
/// Swift hands it over with � for what cannot be read: a file of that name is not there, which would be said instead.
struct UndecodableArgument: Error, CustomStringConvertible {
    /// What can be read of it.
    let readable: String

    var description: String {
        "“\(readable)” is not UTF-8, so no file with that name can be opened; rename the file or folder"
    }

    /// Throws for the first of this process's arguments that is not UTF-8.
    static func check() throws {
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            if String(validatingCString: argument) == nil {
                throw UndecodableArgument(readable: String(cString: argument))
            }
        }
    }
}
