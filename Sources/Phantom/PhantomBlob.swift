import Foundation

/// An ellipsoid of tissue.
struct PhantomBlob: Sendable {
    var x: Float, y: Float, z: Float
    var radiusX: Float, radiusY: Float, radiusZ: Float
    var angle: Float
    var signal: Float
    /// Strength of its inner pattern, and of the dark line between water and fat around it.
    var texture: Float
    var ink: Float
}

/// An ellipsoid cut at one height.
struct PhantomDisc {
    let x: Float, y: Float, radiusX: Float, radiusY: Float
    let cosine: Float, sine: Float
    let signal: Float, texture: Float, ink: Float
    let reachSquared: Float

    init?(_ blob: PhantomBlob, z: Float) {
        let height = (z - blob.z) / blob.radiusZ
        guard height * height < 0.98 else { return nil }
        let size = (1 - height * height).squareRoot()
        x = blob.x
        y = blob.y
        radiusX = blob.radiusX * size
        radiusY = blob.radiusY * size
        cosine = cos(blob.angle)
        sine = sin(blob.angle)
        signal = blob.signal
        texture = blob.texture
        ink = blob.ink
        let reach = max(radiusX, radiusY) + 4
        reachSquared = reach * reach
    }

    /// About the distance in mm from the outline; negative inside. nil far outside.
    @inline(__always)
    func distance(_ px: Float, _ py: Float) -> Float? {
        let dx = px - x, dy = py - y
        guard dx * dx + dy * dy < reachSquared else { return nil }
        let u = (dx * cosine + dy * sine) / radiusX, v = (dy * cosine - dx * sine) / radiusY
        return ((u * u + v * v).squareRoot() - 1) * min(radiusX, radiusY)
    }
}
