import Foundation

/// Real data for tests that can use it. It is not part of the project; `ACDC_ROOT` is its path.
public enum RealData {
    /// The folder that contains `training/patient001…`, or nil if `ACDC_ROOT` is not set.
    public static var acdc: URL? {
        ProcessInfo.processInfo.environment["ACDC_ROOT"].map {
            URL(filePath: $0, directoryHint: .isDirectory)
        }
    }
}
