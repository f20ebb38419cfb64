import Imaging

extension ProbabilityMap {
    /// The label map that these probabilities mean under `plan`: the likeliest class of each voxel, as label value.
    package func labelMap(_ plan: Plan) -> LabelMap {
        var map = channels == 1 ? thresholded() : argmax()
        let values = plan.labelOfClass
        for index in map.labels.indices { map.labels[index] = values[Int(map.labels[index])] }
        return map
    }
}
