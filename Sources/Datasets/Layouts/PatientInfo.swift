import Files
import Foundation

/// The contents of ACDC's `Info.cfg`: lines of `Key: value`.
package struct PatientInfo: Sendable, Equatable {
    package static let fileName = "Info.cfg"

    /// Frames in the cine series, from 1.
    var endDiastole: Int
    var endSystole: Int
    var group: String?
    var heightCM: Double?
    var weightKG: Double?
    /// Entries that cannot be used, each as the rest of a sentence.
    var passedOver: [String] = []

    /// The reason why a file cannot be used.
    struct Flaw: Error {
        var reason: String
    }

    init(contentsOf file: URL) throws(Flaw) {
        // The file has only a few lines; a larger one is something else.
        let bytes: [UInt8]
        do { bytes = try FileContents.bytes(file, limit: 1 << 20) } catch {
            throw Flaw(reason: "cannot be read (\(error.system))")
        }
        var values: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let key = parts[0].trimmingCharacters(in: .whitespaces).lowercased()
            values[key] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        endDiastole = try Self.frame(values["ed"], named: "ED")
        endSystole = try Self.frame(values["es"], named: "ES")
        guard endDiastole != endSystole else {
            throw Flaw(reason: "names frame \(endDiastole) as both ED and ES")
        }
        group = values["group"].flatMap { $0.isEmpty ? nil : $0 }
        heightCM = measure(values["height"], named: "Height")
        weightKG = measure(values["weight"], named: "Weight")
    }

    private static func frame(_ text: String?, named name: String) throws(Flaw) -> Int {
        guard let text else { throw Flaw(reason: "has no line \"\(name):\"") }
        guard let frame = Int(text), frame >= 0 else {
            throw Flaw(reason: "says \"\(name): \(text.prefix(40))\" instead of a frame number")
        }
        return frame
    }

    private mutating func measure(_ text: String?, named name: String) -> Double? {
        guard let text, !text.isEmpty else { return nil }
        if let value = Double(text), value.isFinite, value > 0 { return value }
        passedOver.append(
            "says \"\(name): \(text.prefix(40))\", which is not a \(name.lowercased()), so it is ignored")
        return nil
    }
}
