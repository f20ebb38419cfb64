import Imaging

/// Colors that people with any kind of color vision can tell apart.
///
/// From M. Okabe and K. Ito, "Color Universal Design" (2008), ordered so that the first three stand out on a gray
/// scan, and also on white paper.
public enum Palette {
    /// The colors, in the order in which they are given out.
    public static let colors: [Color] = [
        Color(86, 180, 233), Color(0, 158, 115), Color(213, 94, 0), Color(240, 228, 66), Color(204, 121, 167),
        Color(0, 114, 178), Color(230, 159, 0),
    ]

    /// The color number `index`, counted from 0; the list begins anew when it is used up.
    public static func color(_ index: Int) -> Color { colors[index % colors.count] }

    /// The color of each of `structures`, in their order, keyed by label.
    public static func colors(for structures: [Structure]) -> [UInt8: Color] {
        Dictionary(
            structures.enumerated().map { ($0.element.label, color($0.offset)) },
            uniquingKeysWith: { first, _ in first })
    }
}
