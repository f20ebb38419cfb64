import Datasets
import Foundation
import Runs

/// Progress and warnings on standard error; results go to standard output.
struct Console {
    /// Whether standard error is a terminal, where a line can be overwritten.
    let isTerminal = isatty(STDERR_FILENO) == 1

    /// Writes a line.
    func say(_ text: String) {
        clearLine()
        write(text + "\n")
    }

    /// Writes a warning as a line.
    func warn(_ text: String) { say("warning: \(text)") }

    /// Writes the issues of a dataset: notes as they are, the rest as warnings.
    func show(_ issues: [DatasetIssue]) {
        for issue in issues { issue.isNote ? say(issue.description) : warn(issue.description) }
    }

    /// Overwrites the current line if there is a terminal.
    func draw(_ text: String) {
        guard isTerminal else { return }
        write("\r\u{1B}[2K\(text)")
    }

    /// Clears the line that `draw` left.
    func clearLine() {
        if isTerminal { write("\r\u{1B}[2K") }
    }

    /// A failure to write is ignored, since it is no reason to stop the work.
    private func write(_ text: String) { _ = Descriptor.errors.write(Data(text.utf8)) }
}

/// A progress meter with the rate and the time left.
struct ProgressMeter {
    private let console: Console
    private let label: String
    private let unit: String
    private let total: Int
    private let start = ContinuousClock.now

    init(_ label: String, total: Int, unit: String, console: Console) {
        self.console = console
        self.label = label
        self.unit = unit
        self.total = total
    }

    /// Shows that `done` of the total are done, followed by `note`.
    func show(_ done: Int, note: String = "") {
        // A wrong count is no reason to stop the work.
        let done = max(0, min(done, total))
        let passed = (ContinuousClock.now - start) / .seconds(1)
        let rate = passed > 0 ? Double(done) / passed : 0
        let left = rate > 0 ? Double(total - done) / rate : 0
        let width = 24
        let filled = total > 0 ? done * width / total : width
        let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
        let figures = String(format: "%.1f %@/s", rate, unit)
        console.draw("\(label) \(bar) \(done)/\(total)  \(figures)  \(TimeSpan(seconds: left)) left  \(note)")
    }

    /// Ends the line.
    func end() { console.clearLine() }
}
