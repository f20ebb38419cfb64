import Datasets
import Foundation

/// The scan parameters of a synthetic patient: the grid, the heart's place in it, and the scanner's effect on the
/// signal.
struct PhantomScanner: Sendable {
    var geometry: (width: Int, height: Int, depth: Int)
    /// mm in plane and between slices.
    var inPlane: Double
    var sliceSpacing: Double
    /// Height in mm of the first slice above (negative) or below the end-diastolic valve plane.
    var firstSlice: Double
    /// Where the long axis meets the picture at the heart's middle, in pixels.
    var center: (x: Double, y: Double)
    /// Rotation of the whole picture, radians.
    var rotation: Double
    var storage: Storage
    /// Standard deviation of the noise in each channel, relative to blood.
    var noise: Double
    /// Standard deviation of the blur in pixels.
    var blur: Double
    /// Receive coils: position in mm from the heart, strength, reach in mm.
    var coils: [(x: Double, y: Double, strength: Double, reach: Double)]
    /// Strength of the ghost that moving blood leaves along the phase-encoding axis, and its shift in pixels.
    var ghost: (strength: Double, shift: Int)
    /// The pattern of rings from frequency offsets at the picture's far corner; nil for none.
    var rings: (x: Double, y: Double, radius: Double, pitch: Double)?

    /// The storage of values in ACDC's files.
    enum Storage: Sendable {
        /// Raw values of the scanner as 16-bit integers; `gain` is the value of blood.
        case int16(gain: Double)
        /// Values scaled to 0…255 with an offset, whole numbers stored as floats.
        case float32(gain: Double, offset: Double)
        /// Values 0…255 in a byte.
        case uint8(gain: Double, offset: Double)
    }

    private static let grids: [(width: Int, height: Int, inPlane: ClosedRange<Double>)] = [
        (216, 256, 1.37...1.56), (216, 256, 1.37...1.64), (232, 256, 1.60...1.76), (192, 256, 1.45...1.56),
        (240, 256, 1.37...1.68), (154, 224, 1.64...1.80), (256, 216, 1.40...1.56), (174, 208, 1.64...1.76),
        (256, 256, 1.37...1.56), (180, 224, 1.56...1.68), (288, 288, 1.17...1.29),
    ]

    init(heart: PhantomHeart, generator: inout SeededGenerator) {
        let grid = Self.grids[generator.index(below: Self.grids.count)]
        inPlane = (generator.uniform(grid.inPlane) * 64).rounded() / 64
        sliceSpacing = [10, 10, 10, 10, 10, 10, 8, 5][generator.index(below: 8)]
        let long = heart.length[.ed]
        firstSlice = generator.uniform(-1...sliceSpacing * 0.95)
        let beyond = generator.chance(0.15) ? 1 : 0
        let depth = Int(((0.9 * long - firstSlice) / sliceSpacing).rounded(.down)) + 1 + beyond
        geometry = (grid.width, grid.height, depth)
        let wide = grid.width > grid.height
        rotation = (wide ? 1.3 : 0) + 0.16 * generator.normal()
        if !wide, generator.chance(0.1) { rotation += generator.uniform(0.4...1.3) }
        center = (
            Double(grid.width) * generator.uniform(0.39...0.48),
            Double(grid.height) * generator.uniform(0.44...0.54)
        )
        let offset = generator.uniform(0...30)
        switch generator.uniform() {
        case ..<0.45: storage = .int16(gain: generator.uniform(140...300))
        case ..<0.93: storage = .float32(gain: generator.uniform(95...135), offset: offset)
        default: storage = .uint8(gain: generator.uniform(95...135), offset: offset)
        }
        noise = generator.uniform(0.014...0.036)
        blur = generator.uniform(0.35...0.62)
        coils = [
            (-100, generator.uniform(-60...20), generator.uniform(0.4...1.3), generator.uniform(45...85)),
            (130, generator.uniform(-40...60), generator.uniform(0.3...0.9), generator.uniform(50...90)),
            (generator.uniform(-60...60), 150, generator.uniform(-0.1...0.5), generator.uniform(60...100)),
        ]
        ghost = (
            generator.chance(0.4) ? generator.uniform(0.02...0.07) : 0, Int(generator.uniform(30...80))
        )
        rings =
            generator.chance(0.5)
            ? (
                generator.uniform(95...150), generator.uniform(110...160), generator.uniform(25...55),
                generator.uniform(900...2000)
            ) : nil
    }

    /// Returns the receive coils' sensitivity at a point given in mm from the heart, about 1 at the heart, times the
    /// rings.
    func gain(_ x: Double, _ y: Double) -> Double {
        let sensitivity = coils.reduce(0.75) { sum, coil in
            let dx = (x - coil.x) / coil.reach, dy = (y - coil.y) / coil.reach
            return sum + coil.strength * exp(-0.5 * (dx * dx + dy * dy))
        }
        guard let rings else { return sensitivity }
        let dx = x - rings.x, dy = y - rings.y
        let squared = dx * dx + dy * dy
        let near = exp(-squared / (2 * rings.radius * rings.radius))
        return sensitivity * (1 - 0.65 * near * (0.5 + 0.5 * cos(2 * .pi * squared / rings.pitch)))
    }
}

/// Smooth random values in space: a periodic lattice of 32³ random numbers in −1…1, interpolated in between. It gives
/// tissue its texture and organs their irregular outlines, similar in neighboring slices.
struct NoiseField: Sendable {
    private let lattice: [Float]

    init(generator: inout SeededGenerator) {
        lattice = (0..<32768).map { _ in Float(generator.uniform(-1...1)) }
    }

    func withSampler<Result>(_ body: (Sampler) throws -> Result) rethrows -> Result {
        try lattice.withUnsafeBufferPointer { try body(Sampler(lattice: $0.baseAddress!)) }
    }

    /// Reads the field without bounds checks; valid only inside `withSampler`.
    struct Sampler {
        let lattice: UnsafePointer<Float>

        /// Returns the value at a point given in lattice cells, about −1…1, with continuous slope.
        @inline(__always)
        func callAsFunction(_ x: Float, _ y: Float, _ z: Float) -> Float {
            let cellX = Self.floored(x), cellY = Self.floored(y), cellZ = Self.floored(z)
            let a = Self.eased(x - Float(cellX)), b = Self.eased(y - Float(cellY)),
                c = Self.eased(z - Float(cellZ))
            let x0 = cellX & 31, y0 = (cellY & 31) << 5, z0 = (cellZ & 31) << 10
            let x1 = (x0 + 1) & 31, y1 = (y0 + 32) & 1023, z1 = (z0 + 1024) & 32767
            let near = Self.mixed(
                Self.mixed(lattice[x0 | y0 | z0], lattice[x1 | y0 | z0], a),
                Self.mixed(lattice[x0 | y1 | z0], lattice[x1 | y1 | z0], a), b)
            let far = Self.mixed(
                Self.mixed(lattice[x0 | y0 | z1], lattice[x1 | y0 | z1], a),
                Self.mixed(lattice[x0 | y1 | z1], lattice[x1 | y1 | z1], a), b)
            return Self.mixed(near, far, c)
        }

        /// Rounds down without a call: x86-64 before SSE 4.1 has no rounding instruction.
        @inline(__always)
        private static func floored(_ value: Float) -> Int {
            let whole = Int(value)
            return value < Float(whole) ? whole - 1 : whole
        }
        @inline(__always)
        private static func eased(_ t: Float) -> Float { t * t * (3 - 2 * t) }
        @inline(__always)
        private static func mixed(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }
    }
}
