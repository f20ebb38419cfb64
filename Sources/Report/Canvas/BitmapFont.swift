/// A font for captions: printable ASCII in cells of 5 columns by 8 rows, the eighth for descenders.
enum BitmapFont {
    /// Columns of a glyph, without the empty column that separates it from the next.
    static let glyphWidth = 5
    /// Rows of a glyph, descenders included.
    static let glyphHeight = 8
    /// Columns from one glyph to the next.
    static let advance = 6

    /// Returns whether the glyph of `character` has ink at (column, row). Characters missing from the font look like
    /// `?`.
    static func hasInk(_ character: Character, column: Int, row: Int) -> Bool {
        guard column >= 0, column < glyphWidth, row >= 0, row < glyphHeight else { return false }
        let code = character.asciiValue.map(Int.init) ?? 0
        let glyph = glyphs[(32...126).contains(code) ? code - 32 : 63 - 32]
        return glyph >> UInt64(8 * (glyphWidth - 1 - column) + row) & 1 == 1
    }

    // One byte per column, the left column first; the lowest bit is the top row.
    private static let glyphs: [UInt64] = [
        0x0000000000, 0x00005F0000, 0x0007000700, 0x147F147F14,  // space ! " #
        0x242A7F2A12, 0x2313086462, 0x3649552250, 0x0000070000,  // $ % & '
        0x001C224100, 0x0041221C00, 0x14083E0814, 0x08083E0808,  // ( ) * +
        0x0080600000, 0x0808080808, 0x0060600000, 0x2010080402,  // , - . /
        0x3E5149453E, 0x00427F4000, 0x4261514946, 0x2141454B31,  // 0 1 2 3
        0x1814127F10, 0x2745454539, 0x3C4A494930, 0x0171090503,  // 4 5 6 7
        0x3649494936, 0x064949291E, 0x0036360000, 0x0080560000,  // 8 9 : ;
        0x0814224100, 0x1414141414, 0x0041221408, 0x0201510906,  // < = > ?
        0x324979413E, 0x7E1111117E, 0x7F49494936, 0x3E41414122,  // @ A B C
        0x7F4141221C, 0x7F49494941, 0x7F09090901, 0x3E4149497A,  // D E F G
        0x7F0808087F, 0x00417F4100, 0x2040413F01, 0x7F08142241,  // H I J K
        0x7F40404040, 0x7F020C027F, 0x7F0408107F, 0x3E4141413E,  // L M N O
        0x7F09090906, 0x3E4151215E, 0x7F09192946, 0x4649494931,  // P Q R S
        0x01017F0101, 0x3F4040403F, 0x1F2040201F, 0x3F4038403F,  // T U V W
        0x6314081463, 0x0708700807, 0x6151494543, 0x007F414100,  // X Y Z [
        0x0204081020, 0x0041417F00, 0x0402010204, 0x4040404040,  // \ ] ^ _
        0x0001020400, 0x2054545478, 0x7F48444438, 0x3844444420,  // ` a b c
        0x384444487F, 0x3854545418, 0x087E090102, 0x18A4A4A47C,  // d e f g
        0x7F08040478, 0x00447D4000, 0x4080847D00, 0x7F10284400,  // h i j k
        0x00417F4000, 0x7C04180478, 0x7C08040478, 0x3844444438,  // l m n o
        0xFC24242418, 0x18242428FC, 0x7C08040408, 0x4854545420,  // p q r s
        0x043F444020, 0x3C4040207C, 0x1C2040201C, 0x3C4030403C,  // t u v w
        0x4428102844, 0x1CA0A0A07C, 0x4464544C44, 0x0008364100,  // x y z {
        0x00007F0000, 0x0041360800, 0x0804081008,  // | } ~
    ]
}
