import Datasets
import Foundation
import Imaging

extension PhantomPatient {
    /// Returns the scans of both phases with their labels. Intensities are whole numbers, as in the scanner's file.
    public func scans() -> [Phase: PhantomScan] {
        let geometry = geometry
        var scans: [Phase: PhantomScan] = [:]
        for phase in Phase.allCases {
            scans[phase] = PhantomScan(
                volume: Volume(geometry: geometry, voxels: [Float](repeating: 0, count: geometry.count)),
                labels: LabelMap(geometry: geometry, labels: [UInt8](repeating: 0, count: geometry.count)))
        }
        let gain = gain()
        body.noise.withSampler { noise in
            for slice in 0..<geometry.depth {
                let background = background(slice: slice, noise: noise)
                for phase in Phase.allCases {
                    var labels = [UInt8](repeating: 0, count: geometry.sliceCount)
                    var signal = background
                    draw(phase, slice: slice, into: &signal, labels: &labels, noise: noise)
                    acquire(phase, slice: slice, gain: gain, &signal)
                    let range = slice * geometry.sliceCount..<(slice + 1) * geometry.sliceCount
                    scans[phase]!.volume.voxels.replaceSubrange(range, with: signal)
                    scans[phase]!.labels.labels.replaceSubrange(range, with: labels)
                }
            }
        }
        return scans
    }

    /// A map from pixels to mm in the body: x toward the back, y toward the feet, from the heart's middle.
    private struct Frame {
        let cosine: Float, sine: Float, pixel: Float, centerX: Float, centerY: Float

        init(_ scanner: PhantomScanner) {
            cosine = Float(cos(scanner.rotation))
            sine = Float(sin(scanner.rotation))
            pixel = Float(scanner.inPlane)
            centerX = Float(scanner.center.x)
            centerY = Float(scanner.center.y)
        }

        @inline(__always)
        func point(_ column: Int, _ row: Int) -> (x: Float, y: Float) {
            let dx = (Float(column) - centerX) * pixel, dy = (Float(row) - centerY) * pixel
            return (dx * cosine + dy * sine, dy * cosine - dx * sine)
        }
    }

    /// Returns the slice without the heart; both phases share it.
    private func background(slice: Int, noise: NoiseField.Sampler) -> [Float] {
        let (width, height, _) = scanner.geometry
        let frame = Frame(scanner)
        return body.withSection(z: self.height(of: slice)) { section in
            [Float](unsafeUninitializedCapacity: width * height) { pixels, count in
                for row in 0..<height {
                    for column in 0..<width {
                        let (x, y) = frame.point(column, row)
                        pixels[row * width + column] = section.signal(x, y, pixel: frame.pixel, noise: noise)
                    }
                }
                count = width * height
            }
        }
    }

    /// Draws the heart over `signal`: the mean of three cuts through the slice's thickness, which blurs walls that
    /// run obliquely as real slices do. Labels are those of the middle cut.
    private func draw(
        _ phase: Phase, slice: Int, into signal: inout [Float], labels: inout [UInt8],
        noise: NoiseField.Sampler
    ) {
        let (width, height, _) = scanner.geometry
        let frame = Frame(scanner)
        let z = self.height(of: slice)
        let shift = interior.shifts[slice]
        let thickness = min(8, scanner.sliceSpacing)
        let middle = heart.length[.ed] / 2
        let heights = [z, z - thickness / 3, z + thickness / 3]
        let outlines = heights.map { outline(phase, z: $0) }
        let center = (interior.lean.x * (z - middle) + shift.x, interior.lean.y * (z - middle) + shift.y)
        let count = PhantomOutline.angles + 1
        outlines.flatMap(\.radii).withUnsafeBufferPointer { radii in
            func section(_ cut: Int) -> PhantomHeartSection {
                PhantomHeartSection(
                    outline: outlines[cut], radii: radii.baseAddress! + cut * count, interior: interior,
                    signal: body.chest.signal, center: center, z: heights[cut])
            }
            let (middle, upper, lower) = (section(0), section(1), section(2))
            for row in 0..<height {
                for column in 0..<width {
                    let (x, y) = frame.point(column, row)
                    guard x * x + y * y < 130 * 130 else { continue }
                    let index = row * width + column
                    let behind = signal[index]
                    let central = middle.signal(x, y, behind: behind, pixel: frame.pixel, noise: noise)
                    let above = upper.signal(x, y, behind: behind, pixel: frame.pixel, noise: noise).value
                    let below = lower.signal(x, y, behind: behind, pixel: frame.pixel, noise: noise).value
                    signal[index] = (central.value + above + below) / 3
                    labels[index] = central.label
                }
            }
        }
    }

    /// Turns signal into the numbers of a file: ghosts, coils, blur, noise, and rounding.
    private func acquire(_ phase: Phase, slice: Int, gain: [Float], _ signal: inout [Float]) {
        let (width, height, _) = scanner.geometry
        let frame = Frame(scanner)
        let (ghost, shift) = (Float(scanner.ghost.strength), scanner.ghost.shift)
        if ghost > 0 {
            let still = signal
            for row in 0..<height {
                for column in 0..<width {
                    let (x, y) = frame.point(column, row)
                    guard x * x + y * y < 55 * 55 else { continue }
                    for target in [row - shift, row + shift] where 0..<height ~= target {
                        signal[target * width + column] += ghost * max(0, still[row * width + column] - 0.3)
                    }
                }
            }
        }
        var generator = SeededGenerator(
            seed: seed, stream: UInt64(number), phase == .ed ? 1 : 2, UInt64(slice))
        var imaginary = [Float](repeating: 0, count: signal.count)
        for index in signal.indices {
            let (first, second) = generator.normalPair()
            signal[index] = signal[index] * gain[index] + Float(scanner.noise * first)
            imaginary[index] = Float(scanner.noise * second)
        }
        blur(&signal)
        blur(&imaginary)
        for index in signal.indices {
            let magnitude = (signal[index] * signal[index] + imaginary[index] * imaginary[index]).squareRoot()
            signal[index] = scanner.storage.stored(magnitude)
        }
    }

    /// Returns the gain of the coils and the rings at every pixel of a slice.
    private func gain() -> [Float] {
        let (width, height, _) = scanner.geometry
        let frame = Frame(scanner)
        return (0..<width * height).map { index in
            let (x, y) = frame.point(index % width, index / width)
            return Float(scanner.gain(Double(x), Double(y)))
        }
    }

    /// Blurs `pixels` with a Gaussian of five points along both axes, repeating the edges.
    private func blur(_ pixels: inout [Float]) {
        let (width, height, _) = scanner.geometry
        let weights = (0...2).map { Float(exp(-Double($0 * $0) / (2 * scanner.blur * scanner.blur))) }
        let sum = weights[0] + 2 * weights[1] + 2 * weights[2]
        let (a, b, c) = (weights[0] / sum, weights[1] / sum, weights[2] / sum)
        var passed = pixels
        pixels.withUnsafeMutableBufferPointer { pixels in
            passed.withUnsafeMutableBufferPointer { passed in
                for row in 0..<height {
                    let line = row * width
                    for column in 0..<width {
                        let left = line + max(0, column - 1), farLeft = line + max(0, column - 2)
                        let right = line + min(width - 1, column + 1),
                            farRight = line + min(width - 1, column + 2)
                        passed[line + column] =
                            a * pixels[line + column] + b * (pixels[left] + pixels[right])
                            + c * (pixels[farLeft] + pixels[farRight])
                    }
                }
                for row in 0..<height {
                    let up = max(0, row - 1) * width, farUp = max(0, row - 2) * width
                    let down = min(height - 1, row + 1) * width, farDown = min(height - 1, row + 2) * width
                    for column in 0..<width {
                        pixels[row * width + column] =
                            a * passed[row * width + column] + b
                            * (passed[up + column] + passed[down + column])
                            + c * (passed[farUp + column] + passed[farDown + column])
                    }
                }
            }
        }
    }
}

/// One phase of a synthetic patient.
public struct PhantomScan: Sendable {
    /// Intensities, whole numbers of 0 or more.
    public var volume: Volume
    /// 0 background, 1 right ventricle, 2 myocardium, 3 left ventricle.
    public var labels: LabelMap
}

extension PhantomScanner.Storage {
    /// Returns the number that a file stores for `signal`, which is about 1 in blood.
    func stored(_ signal: Float) -> Float {
        switch self {
        case .int16(let gain): min(32767, (signal * Float(gain)).rounded())
        case .float32(let gain, let offset), .uint8(let gain, let offset):
            min(255, (Float(offset) + signal * Float(gain)).rounded())
        }
    }
}
