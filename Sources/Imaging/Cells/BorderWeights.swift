import Foundation

/// Loss weights of the pixels of an image that make narrow gaps between cells count.
///
/// Ronneberger, Fischer, Brox, "U-Net", MICCAI 2015, equation 2: w(x) = w_c(x) + w0 · exp(−(d1(x) + d2(x))² / (2σ²)),
/// with d1 and d2 the distances in pixels to the nearest cell and to the nearest other cell, exact and Euclidean, from
/// pixel center to pixel center. The second term applies only to pixels between cells, and is 0 if there are fewer than
/// two cells. Beyond 15 σ, where it is below any Float, it is not computed.
///
/// The paper gives no formula for w_c, which balances the classes. Here w_c = N / (K · N_c) for N pixels, N_c of them
/// of the pixel's class, and K classes that occur: every class has the same total weight, and the mean over the image
/// is 1.
public struct BorderWeights: Sendable, Hashable, Codable {
    /// The largest additional weight, w0.
    public var strength: Double
    /// The width of its falloff in pixels.
    public var sigma: Double

    /// Creates weights, with the paper's numbers by default.
    public init(strength: Double = 10, sigma: Double = 5) {
        precondition(strength >= 0 && strength.isFinite, "a finite weight")
        precondition(sigma > 0 && sigma <= 1000, "a width from 0 to 1000 pixels")
        self.strength = strength
        self.sigma = sigma
    }

    /// Returns the weight of every pixel, x fastest.
    ///
    /// - Parameters:
    ///   - cells: the cells of one image.
    ///   - classes: the class of every pixel, x fastest.
    ///   - balance: w_c of every class, to balance a whole dataset; nil balances this image.
    public func map(of cells: CellMap, classes: [UInt8], balance: [Float]? = nil) -> [Float] {
        precondition(classes.count == cells.size.count, "a class for every pixel")
        let balance = balance ?? ClassBalance(of: [classes]).weights
        precondition(balance.count > Int(classes.max() ?? 0), "a weight for every class")
        var weights = classes.map { balance[Int($0)] }
        weights.withUnsafeMutableBufferPointer { weights in
            TwoNearestCells.forEachGap(in: cells, reach: Int((15 * sigma).rounded(.up))) { index, pair in
                guard pair.second.cell != 0 else { return }
                let sum =
                    Double(pair.first.squared).squareRoot() + Double(pair.second.squared).squareRoot()
                weights[index] += Float(strength * exp(-sum * sum / (2 * sigma * sigma)))
            }
        }
        return weights
    }

    /// Returns the weight of every pixel for the classes cell (1) and no cell (0).
    public func map(of cells: CellMap) -> [Float] {
        map(of: cells, classes: cells.ids.map { $0 == 0 ? 0 : 1 })
    }
}

/// Weights that make rare classes count as much in total as common ones: N / (K · N_c) for a class with N_c of N pixels
/// if K classes occur. The mean over all pixels is 1. A class that does not occur has weight 0.
public struct ClassBalance: Sendable, Hashable {
    /// The weight of every class from 0 to the largest that occurs.
    public let weights: [Float]

    /// Creates weights that balance all of `images` together.
    public init(of images: [[UInt8]]) {
        var counts = [Int](repeating: 0, count: 256)
        for image in images { for label in image { counts[Int(label)] += 1 } }
        let pixels = Double(counts.reduce(0, +))
        let classes = Double(counts.count { $0 > 0 })
        let last = counts.lastIndex { $0 > 0 } ?? 0
        weights = counts[...last].map { $0 == 0 ? 0 : Float(pixels / (classes * Double($0))) }
    }
}
