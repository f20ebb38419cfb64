import Foundation

/// A smooth uneven gain over a slice, as receive coils and inhomogeneous fields leave it in magnetic resonance images.
///
/// The gain is exp(Σ c_ij · u^i · v^j) for i + j from 1 to 3, with u and v from −1 at the first column and row to 1 at the
/// last: the usual model (Van Leemput et al. 1999; TorchIO's `RandomBiasField`). It is positive everywhere.
public struct BiasField: Sendable, Hashable {
    /// Coefficients of u, u², u³, v, uv, u²v, v², uv², v³.
    public let coefficients: [Double]
    private static let powers: [(u: Int, v: Int)] = [
        (1, 0), (2, 0), (3, 0), (0, 1), (1, 1), (2, 1), (0, 2), (1, 2), (0, 3),
    ]

    /// The field of these nine coefficients.
    public init(coefficients: [Double]) {
        precondition(coefficients.count == Self.powers.count, "a coefficient for each product of powers")
        precondition(coefficients.allSatisfy(\.isFinite), "finite coefficients")
        self.coefficients = coefficients
    }

    /// A field whose coefficients are drawn evenly, then scaled.
    ///
    /// `amplitude`: the largest magnitude of the gain's logarithm on 17 × 17 points over the slice.
    public init(amplitude: Double, using generator: inout some RandomNumberGenerator) {
        precondition(amplitude >= 0 && amplitude.isFinite, "a finite amplitude")
        let drawn = BiasField(
            coefficients: Self.powers.map { _ in Double(generator.next() >> 11) * 0x1p-52 - 1 })
        let points = (0...16).map { Double($0) / 8 - 1 }
        var largest = 0.0
        for v in points {
            for u in points { largest = max(largest, abs(drawn.logarithm(u, v))) }
        }
        let scale = largest > 0 ? amplitude / largest : 0
        self.init(coefficients: drawn.coefficients.map { $0 * scale })
    }

    /// The gain at (u, v), each from −1 to 1.
    public func callAsFunction(_ u: Double, _ v: Double) -> Double { exp(logarithm(u, v)) }

    private func logarithm(_ u: Double, _ v: Double) -> Double {
        let row = polynomial(v)
        return ((row.u3 * u + row.u2) * u + row.u1) * u + row.u0
    }

    /// The polynomial in u of a row.
    private func polynomial(_ v: Double) -> (u0: Double, u1: Double, u2: Double, u3: Double) {
        let c = coefficients
        return (
            ((c[8] * v + c[6]) * v + c[3]) * v, (c[7] * v + c[4]) * v + c[0], c[5] * v + c[1], c[2]
        )
    }

    /// Multiplies each of the slices of `pixels`, which has `size.count` of them, in place.
    ///
    /// The exponential is a polynomial of degree 4 of a 32nd, squared five times: good to 1e-5 for logarithms up to 4.
    ///
    /// `floor`: the intensity of nothing at all, which stays as it is: what is multiplied is the distance from it.
    public func apply(_ pixels: UnsafeMutablePointer<Float>, size: Extent, floor: Float) {
        let width = size.width
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { room in
            let (places, gains) = (room.baseAddress!, room.baseAddress! + width)
            for x in 0..<width { (places + x).initialize(to: Float(Self.place(x, width))) }
            for y in 0..<size.height {
                let row = polynomial(Self.place(y, size.height))
                // A 32nd of the logarithm.
                let (a, b, c, d) = (
                    Float(row.u0 / 32), Float(row.u1 / 32), Float(row.u2 / 32), Float(row.u3 / 32)
                )
                for x in 0..<width {
                    let u = places[x]
                    let t = ((d * u + c) * u + b) * u + a
                    let root = (((t * (1 / 24) + 1 / 6) * t + 0.5) * t + 1) * t + 1
                    let square = root * root
                    let fourth = square * square
                    let eighth = fourth * fourth
                    let sixteenth = eighth * eighth
                    gains[x] = sixteenth * sixteenth
                }
                for z in 0..<size.depth {
                    let line = pixels + z * size.sliceCount + y * width
                    for x in 0..<width { line[x] = floor + (line[x] - floor) * gains[x] }
                }
            }
        }
    }

    /// From −1 at the first of `count` pixels to 1 at the last; 0 where there is one.
    private static func place(_ index: Int, _ count: Int) -> Double {
        count > 1 ? 2 * Double(index) / Double(count - 1) - 1 : 0
    }
}
