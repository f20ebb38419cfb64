import Datasets
import Foundation
import Runs

/// Progress and warnings, on standard error; results go to standard output.
struct Console {
    /// Whether standard error is a terminal, where a line can be drawn over.
    let isTerminal = isatty(STDERR_FILENO) == 1

    /// A line of its own.
    func say(_ text: String) {
        clearLine()
        write(text + "\n")
    }

    /// A warning, as a line of its own.
    func warn(_ text: String) { say("warning: \(text)") }

    /// What was odd in a dataset: notes as they are, the rest as warnings.
    func show(_ issues: [DatasetIssue]) {
        for issue in issues { issue.isNote ? say(issue.description) : warn(issue.description) }
    }

    /// Draws over the current line; nothing where there is no terminal.
    func draw(_ text: String) {
        guard isTerminal else { return }
        write("\r\u{1B}[2K\(text)")
    }

    /// Empties the line that `draw` left.
    func clearLine() {
        if isTerminal { write("\r\u{1B}[2K") }
    }

    /// A failure to write is ignored: it is no reason to stop the work.
    private func write(_ text: String) { _ = Descriptor.errors.write(Data(text.utf8)) }
}

/// How far a count has come, with its rate and the time that is left.
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

    /// Draws that `done` of the total is done; `note` follows.
    func show(_ done: Int, note: String = "") {
        // A count that was wrong is no reason to end the work.
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
