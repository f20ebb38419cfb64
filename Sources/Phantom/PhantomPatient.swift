import Datasets
import Foundation
import Imaging

/// One synthetic patient: a beating heart in a chest, scanned in short-axis slices at end-diastole and end-systole.
///
/// Everything follows from the seed and the number. Labels are ACDC's: 1 right ventricle's cavity, 2 myocardium,
/// 3 left ventricle's cavity with its papillary muscles and trabeculae.
public struct PhantomPatient: Sendable {
    /// Number from 1, as in `patient001`.
    public let number: Int
    /// Diagnostic group.
    public let group: PhantomGroup
    /// Body height in cm, as in `Info.cfg`.
    public let heightCM: Double
    /// Body weight in kg.
    public let weightKG: Double
    /// Frames of the cine series from which the two phases come.
    public let frameCount: Int

    let systole: Int
    let seed: UInt64
    let heart: PhantomHeart
    let scanner: PhantomScanner
    let body: PhantomBody
    let interior: PhantomInterior

    /// Creates patient `number` of the dataset with `seed`; groups take turns.
    public init(number: Int, seed: UInt64) {
        let group = PhantomGroup.allCases[(number - 1) % PhantomGroup.allCases.count]
        var generator = SeededGenerator(seed: seed, stream: UInt64(number))
        self.number = number
        self.group = group
        self.seed = seed
        heightCM = generator.uniform(152...192).rounded()
        weightKG = (pow(heightCM / 100, 2) * generator.uniform(19...33)).rounded()
        frameCount = 12 + generator.index(below: 24)
        systole = max(3, Int(Double(frameCount) * generator.uniform(0.3...0.45)))
        heart = PhantomHeart(group: group, generator: &generator)
        scanner = PhantomScanner(heart: heart, generator: &generator)
        interior = PhantomInterior(depth: scanner.geometry.depth, generator: &generator)
        body = PhantomBody(heart: heart, generator: &generator)
    }

    /// The folder's name, such as `patient001`.
    public var name: String {
        let digits = String(number)
        return "patient" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    /// Returns the number of the phase's frame in the cine series, from 1.
    public func frame(_ phase: Phase) -> Int { phase == .ed ? 1 : systole }

    /// The grid of both phases.
    public var geometry: Geometry {
        Geometry(
            width: scanner.geometry.width, height: scanner.geometry.height, depth: scanner.geometry.depth,
            spacing: Spacing(scanner.inPlane, scanner.inPlane, scanner.sliceSpacing))
    }

    /// Returns the true volumes: the area that each structure's outline encloses in every slice, times the distance
    /// between slices (the summation of disks, by which volumes are measured in real scans). No pixel is counted.
    public func volumes(_ phase: Phase) -> PhantomVolumes {
        var sum = PhantomVolumes(rv: 0, myo: 0, lv: 0)
        for slice in 0..<scanner.geometry.depth {
            let areas = outline(phase, z: height(of: slice)).areas
            sum.rv += areas.right * scanner.sliceSpacing / 1000
            sum.myo += areas.muscle * scanner.sliceSpacing / 1000
            sum.lv += areas.left * scanner.sliceSpacing / 1000
        }
        return sum
    }

    func height(of slice: Int) -> Double { scanner.firstSlice + Double(slice) * scanner.sliceSpacing }

    func outline(_ phase: Phase, z: Double) -> PhantomOutline {
        PhantomOutline(
            heart: heart, phase: phase, z: z, septalAngle: interior.septalAngle + interior.septalTwist * z)
    }
}

/// Volumes in ml of the three structures at one phase.
public struct PhantomVolumes: Codable, Sendable, Equatable {
    /// Right ventricle's cavity.
    public var rv: Double
    /// Left ventricle's myocardium.
    public var myo: Double
    /// Left ventricle's cavity.
    public var lv: Double

    enum CodingKeys: String, CodingKey {
        case rv = "RV"
        case myo = "MYO"
        case lv = "LV"
    }
}
