import Imaging
import Report
import Testing

@Suite struct ContactSheetTests {
    let grid = Geometry(width: 40, height: 40, depth: 9, spacing: Spacing(1.5, 1.5, 10))

    private func disc(_ slices: ClosedRange<Int>) -> LabelMap {
        labels(grid) { x, y, z in
            slices.contains(z) && (x - 20) * (x - 20) + (y - 20) * (y - 20) < 36 ? 3 : 0
        }
    }

    private func sheet(_ reference: LabelMap?, _ prediction: LabelMap, columns: Int = 3) -> ContactSheet {
        ContactSheet(
            title: "patient001", of: volume(grid) { x, y, _ in Float(x * y) }, reference: reference,
            prediction: prediction, structures: heart, columns: columns, cellWidth: 60)
    }

    @Test func slicesAreSpreadOverTheHeart() {
        #expect(sheet(disc(2...6), disc(3...7)).slices == [2, 5, 7])
        #expect(sheet(nil, disc(3...4)).slices == [3, 4])
        #expect(sheet(nil, disc(2...6), columns: 1).slices == [4])
        let nothing = labels(grid) { _, _, _ in 0 }
        #expect(sheet(nil, nothing, columns: 9).slices == Array(0...8))
    }

    @Test func aSinglePictureKeepsItsPixels() {
        let grid = Geometry(pixels: 512, 400)
        let sheet = ContactSheet.contours(
            title: "cells", of: volume(grid) { x, y, _ in Float(x + y) },
            prediction: labels(grid) { x, _, _ in x % 9 == 0 ? 3 : 0 }, structures: heart)
        #expect(sheet.cellWidth == sheet.rows[0].overlay.region.width && sheet.cellWidth > 500)
        let heartSheet = ContactSheet.contours(
            title: "heart", of: volume(self.grid) { x, y, _ in Float(x * y) }, prediction: disc(2...6),
            structures: heart)
        #expect(heartSheet.cellWidth == 260)
    }

    @Test(arguments: [1, 2, 6, 7, 10, 18, 20, 36, 37, 1000])
    func everySliceIsDrawnInALegibleGrid(depth: Int) {
        let grid = Geometry(width: 12, height: 12, depth: depth, spacing: Spacing(1.5, 1.5, 10))
        // Nothing is labeled at the base and the apex.
        let sheet = ContactSheet.contours(
            title: "heart", of: volume(grid) { x, y, _ in Float(x * y) },
            prediction: labels(grid) { x, _, z in z == depth / 2 && (3...8).contains(x) ? 3 : 0 },
            structures: heart)
        #expect(sheet.slices == Array(0..<depth))
        #expect(sheet.title == (depth == 1 ? "heart" : "heart: all \(depth) slices"))
        let lines = (depth + sheet.columns - 1) / sheet.columns
        #expect(sheet.columns * lines - depth < lines, "lines have about the same length")
        if depth <= 36 {
            #expect(sheet.columns <= 6 && sheet.cellWidth >= 260)
        } else {
            #expect(sheet.columns * sheet.cellWidth <= 8192 && lines <= sheet.columns)
        }
    }

    @Test func slicesFollowBelow() {
        let whole = sheet(disc(2...6), disc(2...6), columns: 9)
        let wrapped = ContactSheet(
            title: "patient001", rows: whole.rows, slices: [2, 3, 4, 5, 6], columns: 2, cellWidth: 60)
        let picture = wrapped.picture()
        let line = Canvas.lineHeight() + 4 + 3 * 64 + 4
        for (number, slice) in wrapped.slices.enumerated() {
            let cell = wrapped.rows[2].overlay.picture(
                slice: slice, scale: 60 / Double(wrapped.rows[2].overlay.region.width))
            // Margin, captions and margin; then the title, the caption, and two rows of pictures.
            let x = 32 + Canvas.width(of: "prediction") + number % 2 * 64
            let y = 20 + 2 * Canvas.lineHeight() + Canvas.lineHeight() + 4 + 2 * 64 + number / 2 * line
            #expect((0..<60).allSatisfy { picture[x + $0, y + $0] == cell[$0, $0] }, "slice \(slice)")
        }
    }

    @Test func spacingThatNoScannerHasGivesNoTower() {
        let odd = Geometry(width: 40, height: 40, depth: 3, spacing: Spacing(1e-3, 50, 10))
        let sheet = ContactSheet.contours(
            title: "odd", of: volume(odd) { x, y, _ in Float(x * y) },
            prediction: labels(odd) { x, _, _ in x == 3 ? 1 : 0 }, structures: heart)
        #expect(sheet.picture().height < 5 * sheet.cellWidth)
    }

    @Test func aSheetOfSomeSlicesSaysSo() {
        #expect(sheet(disc(2...6), disc(3...7)).title == "patient001: 3 of 9 slices")
        let nothing = labels(grid) { _, _, _ in 0 }
        #expect(sheet(nil, nothing, columns: 9).title == "patient001: 9 of 9 slices")
    }

    @Test func rowsAreTheViewsThatThereAre() {
        #expect(sheet(disc(2...6), disc(2...6)).rows.map(\.caption) == ["image", "reference", "prediction"])
        #expect(sheet(nil, disc(2...6)).rows.map(\.caption) == ["image", "prediction"])
    }

    @Test func pictureHoldsEveryCell() {
        let reference = disc(2...6), prediction = disc(2...6)
        let sheet = sheet(reference, prediction)
        let picture = sheet.picture()
        #expect(picture.width > 3 * 60)
        let cell = sheet.rows[2].overlay.picture(
            slice: sheet.slices[2], scale: 60 / Double(sheet.rows[2].overlay.region.width))
        let places = (0..<picture.height - cell.height).flatMap { y in
            (0..<picture.width - cell.width).map { (x: $0, y: y) }
        }
        let found = places.filter { place in
            // The diagonal is enough to know a cell by.
            (0..<60).allSatisfy { picture[place.x + $0, place.y + $0] == cell[$0, $0] }
        }
        // Reference and prediction are the same here, in three slices.
        #expect(found.count == 6)
    }
}
