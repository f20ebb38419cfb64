import Datasets

/// A value at end-diastole and one at end-systole, read without a dictionary's cost.
struct PerPhase<Value: Sendable>: Sendable {
    var ed: Value
    var es: Value

    subscript(phase: Phase) -> Value {
        get { phase == .ed ? ed : es }
        set {
            switch phase {
            case .ed: ed = newValue
            case .es: es = newValue
            }
        }
    }
}
