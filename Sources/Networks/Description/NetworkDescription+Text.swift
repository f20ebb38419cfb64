import Foundation

extension NetworkDescription {
    /// Sides as `572x572`.
    public static func text(_ size: [Int]) -> String { size.map(String.init).joined(separator: "x") }

    /// A table of the layers, with totals below.
    public func table() -> String {
        var rows = [["layer", "operation", "channels", "size", "parameters", "GFLOP"]]
        for layer in layers {
            rows.append([
                layer.name, layer.operation, String(layer.channels), Self.text(layer.size),
                layer.parameters == 0 ? "" : grouped(layer.parameters),
                layer.flops == 0 ? "" : giga(layer.flops),
            ])
        }
        let widths = rows[0].indices.map { column in rows.reduce(0) { max($0, $1[column].count) } }
        let lines = rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column < 2 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ").trimmed
        }
        let statistics = buffers == 0 ? "" : " and \(grouped(buffers)) running statistics"
        return lines.joined(separator: "\n") + """


            \(network.inputChannels) x \(Self.text(input)) in, \(network.outputChannels) x \(Self.text(output)) out
            \(grouped(parameters)) parameters\(statistics)
            \(giga(flops)) GFLOP a prediction, 2 for each multiply-add of the convolutions
            """
    }

    private func giga(_ flops: Double) -> String { String(format: "%.2f", flops / 1e9) }

    /// Digits in groups of three.
    private func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.reduce(into: "") { text, index in
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digits[index])
        }
    }
}

extension String {
    /// Without spaces at the end.
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
