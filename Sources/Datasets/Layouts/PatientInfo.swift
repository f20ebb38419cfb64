import Foundation

/// What ACDC's `Info.cfg` says: lines of `Key: value`.
struct PatientInfo: Sendable, Equatable {
    static let fileName = "Info.cfg"

    /// Frames in the cine series, from 1.
    var endDiastole: Int
    var endSystole: Int
    var group: String?
    var heightCM: Double?
    var weightKG: Double?

    /// Why a file cannot be used, in words.
    struct Flaw: Error {
        var reason: String
    }

    init(contentsOf file: URL) throws(Flaw) {
        guard let data = try? Data(contentsOf: file) else { throw Flaw(reason: "cannot be read") }
        var values: [String: String] = [:]
        for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let key = parts[0].trimmingCharacters(in: .whitespaces).lowercased()
            values[key] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        endDiastole = try Self.frame(values["ed"], named: "ED")
        endSystole = try Self.frame(values["es"], named: "ES")
        group = values["group"].flatMap { $0.isEmpty ? nil : $0 }
        heightCM = values["height"].flatMap(Double.init)
        weightKG = values["weight"].flatMap(Double.init)
    }

    private static func frame(_ text: String?, named name: String) throws(Flaw) -> Int {
        guard let text else { throw Flaw(reason: "has no line \"\(name): \"") }
        guard let frame = Int(text), frame >= 0 else {
            throw Flaw(reason: "says \"\(name): \(text)\" where a frame's number belongs")
        }
        return frame
    }
}
