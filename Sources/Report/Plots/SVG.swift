import Foundation

/// A builder of an SVG document. Coordinates are in pixels, with y downward.
struct SVG {
    private let width: Double
    private let height: Double
    private var elements: [String] = []

    /// Creates an empty white page.
    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// The whole document.
    var document: String {
        let size = "\(Self.number(width)) \(Self.number(height))"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(Self.number(width))" \
            height="\(Self.number(height))" font-family="system-ui, 'Helvetica Neue', Arial, sans-serif">
            <rect width="100%" height="100%" fill="#FFFFFF"/>
            \(elements.joined(separator: "\n"))
            </svg>

            """
    }

    mutating func text(
        _ text: String, x: Double, y: Double, size: Double, anchor: String = "start", weight: String = "400",
        color: Color
    ) {
        elements.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" "
                + "font-weight=\"\(weight)\" text-anchor=\"\(anchor)\" fill=\"\(color.hex)\">"
                + "\(Self.escaped(text))</text>")
    }

    mutating func line(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), color: Color, width: Double = 1
    ) {
        elements.append(
            "<line x1=\"\(Self.number(start.x))\" y1=\"\(Self.number(start.y))\" x2=\"\(Self.number(end.x))\" "
                + "y2=\"\(Self.number(end.y))\" stroke=\"\(color.hex)\" stroke-width=\"\(Self.number(width))\"/>"
        )
    }

    mutating func polyline(_ points: [(x: Double, y: Double)], color: Color, width: Double = 2) {
        let path = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        elements.append(
            "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color.hex)\" "
                + "stroke-width=\"\(Self.number(width))\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
        )
    }

    mutating func dot(_ center: (x: Double, y: Double), color: Color) {
        elements.append(
            "<circle cx=\"\(Self.number(center.x))\" cy=\"\(Self.number(center.y))\" r=\"3\" fill=\"\(color.hex)\"/>"
        )
    }

    /// Returns a coordinate with at most two decimals.
    private static func number(_ value: Double) -> String {
        let text = String(format: "%.2f", value)
        guard let end = text.lastIndex(where: { $0 != "0" }) else { return "0" }
        return String(text[end] == "." ? text[..<end] : text[...end])
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
