import Imaging
import Scans
import Report
import TestSupport
import Testing

@Suite struct CanvasTests {
    @Test func shapesAreCutOffAtTheBorder() {
        var canvas = Canvas(width: 4, height: 3)
        canvas.fill(x: -5, y: 1, width: 7, height: 9, .white)
        canvas.fill(x: 9, y: 9, width: 2, height: 2, .white)
        canvas.fill(x: -9, y: -9, width: 2, height: 2, .white)
        #expect(canvas.pixels(of: .white).map { [$0.x, $0.y] } == [[0, 1], [1, 1], [0, 2], [1, 2]])
        canvas.paste(Canvas(width: 2, height: 2, background: .white), x: 3, y: -1)
        #expect(canvas[3, 0] == .white)
        #expect(canvas[2, 0] == .black)
    }

    @Test func blendingMixesByOpacity() {
        var canvas = Canvas(width: 1, height: 1, background: Color(0, 100, 200))
        canvas.blend(x: 0, y: 0, Color(100, 0, 200), opacity: 0.25)
        #expect(canvas[0, 0] == Color(25, 75, 200))
        canvas.blend(x: 0, y: 0, .white, opacity: 7)
        #expect(canvas[0, 0] == .white)
        canvas.blend(x: 1, y: 0, .black, opacity: 1)
        #expect(canvas[0, 0] == .white)
    }

    @Test func letterHasItsShape() {
        var canvas = Canvas(width: 5, height: 8)
        canvas.write("L", x: 0, y: 0, scale: 1)
        let rows = (0..<8).map { y in String((0..<5).map { canvas[$0, y] == .white ? "#" : "." }) }
        #expect(rows == ["#....", "#....", "#....", "#....", "#....", "#....", "#####", "....."])
    }

    @Test func everyPrintableCharacterIsDifferent() {
        var seen = Set<[UInt8]>()
        for code in UInt8(32)...126 {
            var canvas = Canvas(width: 5, height: 8)
            canvas.write(String(UnicodeScalar(code)), x: 0, y: 0, scale: 1)
            seen.insert(canvas.bytes)
        }
        #expect(seen.count == 95)
    }

    @Test func charactersOutsideTheFontAreQuestionMarks() {
        var strange = Canvas(width: 30, height: 20)
        var plain = strange
        strange.write("é", x: 2, y: 2)
        plain.write("?", x: 2, y: 2)
        #expect(strange == plain)
    }

    @Test(arguments: [1, 2, 3, 4]) func textStaysWithinItsMeasure(scale: Int) {
        let text = "Mg|_#"
        let width = Canvas.width(of: text, scale: scale), height = Canvas.lineHeight(scale: scale)
        var canvas = Canvas(width: width + 40, height: height + 40)
        canvas.write(text, x: 20, y: 20, scale: scale)
        let ink = (0..<canvas.height).flatMap { y in (0..<canvas.width).map { (x: $0, y: y) } }
            .filter { canvas[$0.x, $0.y].red > 127 }
        #expect(ink.map(\.x).min() == 20)
        #expect(ink.map(\.x).max() == 20 + width - 1)
        #expect(ink.map(\.y).min() == 20)
        #expect(ink.map(\.y).max()! < 20 + height)
    }

    @Test func hexadecimalColors() {
        #expect(Color(213, 94, 0).hex == "#D55E00")
        #expect(Color.black.hex == "#000000")
    }

    @Test func writesAnRGBPicture() throws {
        try withTemporaryDirectory { folder in
            var canvas = Canvas(width: 3, height: 2, background: Color(1, 2, 3))
            canvas[2, 0] = Color(250, 128, 7)
            let file = folder.appending(path: "picture.png")
            try canvas.write(to: file)
            let read = try PNGImage(contentsOf: file)
            #expect(read == canvas.image)
            #expect(read.format == .rgb)
            #expect(read.samples.map { UInt8($0) } == canvas.bytes)
        }
    }
}
