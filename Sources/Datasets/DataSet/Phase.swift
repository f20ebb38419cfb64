/// The moment of the heart beat that a frame shows.
public enum Phase: String, Codable, Sendable, CaseIterable {
    /// End-diastole: the ventricles are fullest.
    case ed = "ED"
    /// End-systole: the ventricles are emptiest.
    case es = "ES"
}

/// Which phases take part in training or scoring.
public enum PhaseSelection: String, CaseIterable, Codable, Sendable {
    /// End-diastole only.
    case ed
    /// End-systole only.
    case es
    /// All frames, also those whose phase is not known.
    case both

    /// Whether a frame of `phase` takes part; nil is a frame whose phase is not known, which only `both` takes.
    public func includes(_ phase: Phase?) -> Bool {
        switch self {
        case .ed: phase == .ed
        case .es: phase == .es
        case .both: true
        }
    }
}
