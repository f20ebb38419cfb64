/// The family a network belongs to.
public enum Architecture: String, Sendable, Codable, CaseIterable {
    /// The batch-norm U-Net of the lecture notes: convolutions padded to keep the size.
    case padded
}

/// Whether a network sees slices or volumes.
public enum Dimensions: String, Sendable, Codable, CaseIterable {
    /// Slice by slice: (N, C, H, W).
    case two = "2d"
}
