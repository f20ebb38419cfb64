import Runs

extension TrainingLog {
    /// Loss above, Dice below: `curves.svg` of a run.
    public func curves(title: String) -> Curves {
        let loss = LineChart(
            title: "Training loss", xLabel: "epoch", series: [Series("loss", rows.map(\.trainingLoss))])
        guard rows.contains(where: { !$0.validationDice.isEmpty }) else {
            return Curves(title: title, charts: [loss])
        }
        let structureSeries = structures.indices.map { index in
            Series(
                structures[index],
                rows.map { index < $0.validationDice.count ? $0.validationDice[index] ?? .nan : .nan })
        }
        let dice = LineChart(
            title: "Dice on the held-out patients", xLabel: "epoch",
            series: structureSeries + [Series("mean", rows.map { $0.meanDice ?? .nan })], yRange: 0...1)
        return Curves(title: title, charts: [loss, dice])
    }
}
