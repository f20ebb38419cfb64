extension PNGImage {
    /// Intensities, row 0 first: one channel for gray and palette pictures (see `intensities`), or red, green and blue,
    /// each from 0 to `maximum`. Opacity is left out.
    public var channels: [[Float]] {
        switch format {
        case .grey, .greyAlpha, .palette: [intensities]
        case .rgb, .rgba:
            (0..<3).map { channel in
                [Float](unsafeUninitializedCapacity: width * height) { output, count in
                    let step = format.channels
                    for pixel in 0..<width * height {
                        output.initializeElement(at: pixel, to: Float(samples[pixel * step + channel]))
                    }
                    count = width * height
                }
            }
        }
    }

    /// The values of a label picture, row 0 first: gray levels or palette indices as stored. Of a color picture whose
    /// red, green and blue are equal, that value; nil where they differ.
    public var labelValues: [UInt16]? {
        let step = format.channels
        switch format {
        case .grey, .palette: return samples
        case .greyAlpha: return stride(from: 0, to: samples.count, by: step).map { samples[$0] }
        case .rgb, .rgba:
            var values = [UInt16](repeating: 0, count: width * height)
            for pixel in values.indices {
                let value = samples[pixel * step]
                guard samples[pixel * step + 1] == value, samples[pixel * step + 2] == value else {
                    return nil
                }
                values[pixel] = value
            }
            return values
        }
    }

    /// A label map of one slice as 8-bit gray: the samples are its labels.
    public init(labels map: LabelMap) {
        precondition(map.geometry.depth == 1, "a picture has one slice")
        self.init(width: map.geometry.width, height: map.geometry.height, format: .grey, bytes: map.labels)
    }
}
