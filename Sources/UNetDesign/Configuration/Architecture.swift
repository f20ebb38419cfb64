/// The family a network belongs to.
public enum Architecture: String, Sendable, Codable, CaseIterable {
    /// The batch-norm U-Net of the lecture notes: convolutions padded to keep the size.
    case padded
    /// The original of 2015: convolutions without padding in the plane, so that the output is smaller than the input,
    /// and no norm (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28).
    case classic
    /// The padded U-Net with residual blocks in the encoder (He et al. 2016, doi:10.1109/CVPR.2016.90; for U-Nets
    /// Isensee et al. 2024, arXiv:2404.09556).
    case residual

    /// The norm of the family's original.
    public var defaultNorm: Norm { self == .classic ? .none : .batch }

    /// The drop-out of the family's original.
    public var defaultDropout: Double { self == .classic ? 0.5 : 0 }
}

/// Whether a network sees slices or volumes.
public enum Dimensions: String, Sendable, Codable, CaseIterable {
    /// Slice by slice: (N, C, H, W).
    case two = "2d"
    /// Volumes: (N, C, D, H, W).
    case three = "3d"

    /// Number of spatial axes.
    public var rank: Int { self == .two ? 2 : 3 }
}

/// What follows each convolution of a block, before the ReLU.
public enum Norm: String, Sendable, Codable, CaseIterable {
    /// Batch norm (Ioffe and Szegedy 2015).
    case batch
    /// Instance norm (Ulyanov et al. 2016).
    case instance
    /// Nothing.
    case none
}
