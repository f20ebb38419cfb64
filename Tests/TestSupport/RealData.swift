import Foundation

/// Real data for tests that can use it. It is never part of the project; `ACDC_ROOT` says where it is.
public enum RealData {
    /// The folder that holds `training/patient001…`, or nil where `ACDC_ROOT` is not set.
    public static var acdc: URL? {
        ProcessInfo.processInfo.environment["ACDC_ROOT"].map {
            URL(filePath: $0, directoryHint: .isDirectory)
        }
    }
}
