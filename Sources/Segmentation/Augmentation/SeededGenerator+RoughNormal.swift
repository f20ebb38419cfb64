import Datasets

extension SeededGenerator {
    /// A value of mean 0 and standard deviation 1 that is nearly normal: the sum of four 16-bit draws (Irwin and
    /// Hall). One step of the generator and no logarithm, since noise is drawn for every pixel.
    mutating func roughNormal() -> Float {
        let bits = next()
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
        // Four even draws on [0, 65535]: mean 131,070, standard deviation √(4 · (65536² − 1) / 12) ≈ 37,837.2.
        return (Float(sum) - 131_070) / 37_837.2
    }
}
