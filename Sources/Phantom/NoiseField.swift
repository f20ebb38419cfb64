import Datasets

/// Smooth random values in space: a periodic lattice of 32³ random numbers in −1…1, interpolated between.
/// It gives tissue its texture and organs their irregular outlines, alike in neighboring slices.
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

        /// The value at a point given in lattice cells, about −1…1, with continuous slope.
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

        /// Without a call: x86-64 before SSE 4.1 has no rounding instruction.
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
