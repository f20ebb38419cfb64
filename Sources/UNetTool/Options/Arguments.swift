import ArgumentParser
import Datasets
import Foundation
import Imaging
import Runs
import Segmentation
import Torch
import UNetDesign

extension PhaseSelection: ExpressibleByArgument {}
extension Architecture: ExpressibleByArgument {}
extension Dimensions: ExpressibleByArgument {}
extension Model.Choice: ExpressibleByArgument {}
extension KernelChoice: ExpressibleByArgument {}
extension Norm: ExpressibleByArgument {}
extension ComponentRule: ExpressibleByArgument {}
extension Splits.Side: ExpressibleByArgument {}

/// A choice of device.
enum DeviceChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, cpu, cuda, mps

    var device: Device {
        switch self {
        case .auto: .best
        case .cpu: .cpu
        case .cuda: .cuda(0)
        case .mps: .mps
        }
    }
}

/// A structure as `NAME=VALUE`.
struct StructureArgument: ExpressibleByArgument {
    let structure: Structure

    init?(argument: String) {
        let parts = argument.split(separator: "=")
        guard parts.count == 2, let label = UInt8(parts[1]), label > 0 else { return nil }
        structure = Structure(name: String(parts[0]), label: label)
    }

    /// The text of the argument.
    var text: String { "\(structure.name)=\(structure.label)" }
}

extension [StructureArgument] {
    /// Throws an error if two structures given with `option` have the same name or value.
    func check(_ option: String) throws {
        guard Set(map(\.structure.name)).count == count, Set(map(\.structure.label)).count == count else {
            throw ValidationError("\(option) needs a unique name and a unique value for each structure")
        }
    }
}

/// Throws an error if two options name the same file, since one would overwrite the other's.
func checkDifferent(_ files: (option: String, path: PathArgument?)...) throws {
    var seen: [String: String] = [:]
    for (option, path) in files {
        guard let file = path?.url.standardizedFileURL.resolvingSymlinksInPath().path, file != "/dev/null"
        else {
            continue
        }
        if let other = seen.updateValue(option, forKey: file) {
            throw ValidationError("\(other) and \(option) name the same file; give each a file of its own")
        }
    }
}

/// A file or folder.
struct PathArgument: ExpressibleByArgument {
    let url: URL

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        url = URL(filePath: argument)
    }

    /// The path as it would be typed, which help shows as a default.
    var defaultValueDescription: String { url.relativePath }
}

/// The size of an input as `HxW` or `DxHxW`.
struct InputSize: ExpressibleByArgument {
    let sides: [Int]

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        sides = parts.compactMap { Int($0) }
        guard sides.count == parts.count, (2...3).contains(sides.count),
            sides.allSatisfy({ (1...65_536).contains($0) })
        else { return nil }
    }
}

/// An argument that is not UTF-8, such as a file name from an old system.
///
/// Swift replaces the undecodable parts with �, so without this error the file would be reported as missing.
struct UndecodableArgument: Error, CustomStringConvertible {
    /// The readable part of the argument.
    let readable: String

    var description: String {
        "“\(readable)” is not UTF-8, so no file with that name can be opened; rename the file or folder"
    }

    /// Throws an error for the first of this process's arguments that is not UTF-8.
    static func check() throws {
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            if String(validatingCString: argument) == nil {
                throw UndecodableArgument(readable: String(cString: argument))
            }
        }
    }
}
