import Imaging
import Scoring
import Testing

@Suite struct EvaluationTextTests {
    @Test func csv() throws {
        let rows = try ExampleEvaluation.evaluation().csv().split(separator: "\r\n").map(String.init)
        #expect(rows.count == 1 + 5 * 3)
        #expect(
            rows[0]
                == "case,patient,phase,structure,outcome,dice,iou,hausdorff_mm,hd95_mm,assd_mm,volume_ml,"
                + "reference_volume_ml,cross_entropy,dice_loss")
        #expect(rows[4] == "patient101_frame12,patient101,ES,RV,missed,0.0,0.0,,,,0.0,1.0,,")
        #expect(rows[13] == "\"mine, frame 3\",,,RV,no reference,,,,,,1.0,,,")
        #expect(
            rows[1].hasPrefix(
                "patient101_frame01,patient101,ED,RV,scored,1.0,1.0,0.0,0.0,0.0,2.0,2.0,1.386294,"))
    }

    @Test func distancesAndSizesOfPicturesArePixels() throws {
        let cell = [Structure(name: "cell", label: 1)]
        let grid = Geometry(pixels: 8, 1)
        let item = try Evaluation.Case(
            name: "0", prediction: LabelMap(geometry: grid, labels: [1, 1, 1, 0, 0, 0, 0, 0]),
            reference: LabelMap(geometry: grid, labels: [1, 1, 1, 1, 1, 1, 1, 0]), structures: cell)
        let rows = Evaluation(structures: cell, cases: [item], distanceUnit: .pixel).csv()
            .split(separator: "\r\n")
        #expect(rows[0].contains(",hausdorff_px,hd95_px,assd_px,area_px,reference_area_px,"))
        #expect(rows[1].hasPrefix("0,,,cell,scored,0.6,"))
        #expect(rows[1].hasSuffix(",3.0,7.0,,"))
    }

    @Test func table() throws {
        #expect(try ExampleEvaluation.evaluation().table() == Self.expected)
    }

    private static let expected = """
        All cases            Dice            IoU        HD mm      HD95 mm      ASSD mm  scored  missed  spurious  absent
        RV          0.333 ± 0.577  0.333 ± 0.577          0.0          0.0         0.00       1       1         1       1
        MYO         0.867 ± 0.163  0.792 ± 0.250  12.5 ± 18.9  11.0 ± 17.1  3.83 ± 6.40       4       0         0       0
        LV          1.000 ± 0.000  1.000 ± 0.000    0.0 ± 0.0    0.0 ± 0.0  0.00 ± 0.00       3       0         0       1
        foreground          0.733          0.708

        ED                   Dice            IoU        HD mm      HD95 mm      ASSD mm  scored  missed  spurious  absent
        RV          0.500 ± 0.707  0.500 ± 0.707          0.0          0.0         0.00       1       0         1       0
        MYO         0.833 ± 0.236  0.750 ± 0.354  20.0 ± 28.3  18.0 ± 25.5  6.67 ± 9.43       2       0         0       0
        LV          1.000 ± 0.000  1.000 ± 0.000    0.0 ± 0.0    0.0 ± 0.0  0.00 ± 0.00       2       0         0       0
        foreground          0.778          0.750

        ES                   Dice            IoU      HD mm    HD95 mm      ASSD mm  scored  missed  spurious  absent
        RV                  0.000          0.000          –          –            –       0       1         0       1
        MYO         0.900 ± 0.141  0.833 ± 0.236  5.0 ± 7.1  4.0 ± 5.7  1.00 ± 1.41       2       0         0       0
        LV                  1.000          1.000        0.0        0.0         0.00       1       0         0       1
        foreground          0.633          0.611

        Loss: cross-entropy 1.3863, Dice loss 0.5944

        Clinical      n  bias   SD  95 % limits   MAE      r
        LV EDV (ml)   2   0.0  0.0   0.0 to 0.0   0.0  1.000
        LV ESV (ml)   2   0.0  0.0   0.0 to 0.0   0.0  1.000
        LV SV (ml)    2   0.0  0.0   0.0 to 0.0   0.0  1.000
        LV EF (%)     2   0.0  0.0   0.0 to 0.0   0.0  1.000
        RV EDV (ml)   2   0.5  0.7  -0.9 to 1.9   0.5  1.000
        RV ESV (ml)   2  -0.5  0.7  -1.9 to 0.9   0.5      –
        RV SV (ml)    2   1.0  0.0   1.0 to 1.0   1.0  1.000
        RV EF (%)     1  50.0    –            –  50.0      –
        MYO mass (g)  2  -0.5  0.7  -2.0 to 0.9   0.5      –

        Case                phase  RV Dice  MYO Dice  LV Dice  foreground      CE  Dice loss  remarks
        patient101_frame01  ED       1.000     0.667    1.000       0.889  1.3863     0.5944
        patient101_frame12  ES       0.000     0.800    1.000       0.600       –          –  RV missed
        patient102_frame01  ED       0.000     1.000    1.000       0.667       –          –  RV spurious
        patient102_frame09  ES           –     1.000        –       1.000       –          –  RV absent, LV absent
        mine, frame 3       –            –         –        –           –       –          –  no reference

        """
}
