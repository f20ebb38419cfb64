import UNetDesign

/// A setting of a plan: what it is called and does, which values it takes, and where a plan keeps it.
///
/// All there is to say of a setting is said once, in `PlanSetting.all`. From it come the options of `unet train`, what
/// they change in a plan, which of them a run that goes on refuses, the limits, how `plan.json` is read, and
/// `docs/Settings.md`.
public struct PlanSetting: Sendable {
    /// How a value is given.
    public enum Form: Sendable {
        /// By one value of this type; `placeholder` stands for it in help.
        case value(any PlanValue.Type, placeholder: String? = nil)
        /// By being named.
        case flag
        /// By one or more names.
        case names(placeholder: String)
        /// In a file only.
        case fileOnly
    }

    /// Where `plan.json` keeps it, such as `training.learningRate`.
    public let path: String
    /// Its name in plain words, such as `learning rate`.
    public let name: String
    /// How it is given.
    public let form: Form
    /// What it does, in a sentence.
    public let help: String
    /// The value that a plan has for it where none is given, in words; nil where there is nothing to say.
    public let usual: String?
    /// Which numbers it takes; nil where it is no number, or any will do.
    public let limits: NumberLimits?
    /// A flag that command lines of before there were values give one of them by; nil for none.
    public let formerFlag: FormerFlag?
    /// Whether a run may go on with another value than it was started with.
    public let mayChange: Bool

    /// A name that stands for one value of a setting.
    public struct FormerFlag: Sendable {
        /// In plain words, such as `no augmentation`.
        public let name: String
        /// The value.
        public let value: any PlanValue
    }

    let place: PartialKeyPath<Plan> & Sendable
    let write: @Sendable (any PlanValue, inout Plan) -> Void
    /// Reads the setting from a file; nil where something larger is read as a whole.
    let decode: (@Sendable (PlanDecoder, inout Plan) throws -> Void)?
    private let read: @Sendable (Plan) -> (text: String?, number: Double?)

    /// The setting that is kept at `place`.
    ///
    /// - Precondition: there is one.
    public static func of(_ place: PartialKeyPath<Plan>) -> PlanSetting {
        guard let setting = all.first(where: { $0.place == place }) else {
            preconditionFailure("\(place) is not declared as a setting")
        }
        return setting
    }

    /// The value that `plan` has, as text; `none` where it has none.
    public func text(in plan: Plan) -> String { read(plan).text ?? "none" }

    /// Refuses a number of `plan` that lies outside the limits.
    ///
    /// - Throws: `SegmentationError.badSetting`.
    func check(_ plan: Plan) throws(SegmentationError) {
        let (text, number) = read(plan)
        if let limits, let text, let number, !limits.contains(number) {
            throw .badSetting(self, value: text, rule: .limits(limits))
        }
    }
}

extension PlanSetting {
    /// Refuses a number that was given and lies outside the limits.
    ///
    /// - Throws: `SegmentationError.badSetting`.
    func check(_ value: any PlanValue) throws(SegmentationError) {
        if let limits, let number = Self.number(value), !limits.contains(number) {
            throw .badSetting(self, value: value.planText, rule: .limits(limits))
        }
    }
}

extension PlanSetting: Equatable {
    /// Whether both are the same setting.
    public static func == (one: PlanSetting, other: PlanSetting) -> Bool { one.path == other.path }
}

extension PlanSetting {
    /// A setting with a value in every plan.
    ///
    /// - Parameters:
    ///   - older: the value that plans have which say nothing of it, since they are older than it; nil for a setting that
    ///     no plan lacks.
    ///   - formerFlag: a flag of older command lines for one of its values.
    ///   - write: puts a value that was given into a plan; nil stores it.
    ///   - then: what a plan changes along with it, called with the plan before and after.
    init<Value: Codable & Equatable & Sendable>(
        _ place: WritableKeyPath<Plan, Value> & Sendable, _ path: String, _ name: String, _ form: Form,
        limits: NumberLimits? = nil, older: Value? = nil, help: String, usual: String? = nil,
        formerFlag: FormerFlag? = nil, mayChange: Bool = false, text: (@Sendable (Value) -> String)? = nil,
        write: (@Sendable (any PlanValue, inout Plan) -> Void)? = nil,
        then: (@Sendable (_ before: Plan, inout Plan) -> Void)? = nil
    ) {
        self.init(
            place: place, path: path, name: name, form: form, help: help, usual: usual, limits: limits,
            formerFlag: formerFlag, mayChange: mayChange,
            write: Self.following(place, then) { value, plan in
                if let write { return write(value, &plan) }
                Self.store(value, at: place, in: &plan)
            },
            decode: { decoder, plan in
                if let older {
                    plan[keyPath: place] = try decoder.decodeIfPresent(Value.self, at: path) ?? older
                } else {
                    plan[keyPath: place] = try decoder.decode(Value.self, at: path)
                }
            },
            read: { plan in
                let value = plan[keyPath: place]
                return (text?(value) ?? Self.text(value), Self.number(value))
            })
    }

    /// A setting that a plan may have no value for; see the other initializer.
    init<Value: Codable & Equatable & Sendable>(
        optional place: WritableKeyPath<Plan, Value?> & Sendable, _ path: String, _ name: String,
        _ form: Form,
        limits: NumberLimits? = nil, help: String, usual: String? = nil,
        text: (@Sendable (Value?) -> String?)? = nil,
        write: (@Sendable (any PlanValue, inout Plan) -> Void)? = nil,
        then: (@Sendable (_ before: Plan, inout Plan) -> Void)? = nil
    ) {
        self.init(
            place: place, path: path, name: name, form: form, help: help, usual: usual, limits: limits,
            formerFlag: nil, mayChange: false,
            write: Self.following(place, then) { value, plan in
                if let write { return write(value, &plan) }
                Self.store(value, at: place, in: &plan)
            },
            decode: { decoder, plan in
                plan[keyPath: place] = try decoder.decodeIfPresent(Value.self, at: path)
            },
            read: { plan in
                let value = plan[keyPath: place]
                return (text.map { $0(value) } ?? value.map(Self.text), value.flatMap(Self.number))
            })
    }

    private init(
        place: PartialKeyPath<Plan> & Sendable, path: String, name: String, form: Form, help: String,
        usual: String?, limits: NumberLimits?, formerFlag: FormerFlag?, mayChange: Bool,
        write: @escaping @Sendable (any PlanValue, inout Plan) -> Void,
        decode: @escaping @Sendable (PlanDecoder, inout Plan) throws -> Void,
        read: @escaping @Sendable (Plan) -> (text: String?, number: Double?)
    ) {
        (self.place, self.path, self.name, self.form) = (place, path, name, form)
        (self.help, self.usual, self.limits) = (help, usual, limits)
        (self.formerFlag, self.mayChange) = (formerFlag, mayChange)
        // These are read as a whole, before all settings.
        let isOfWhole = ["network.", "structures", "formatVersion"].contains { path.hasPrefix($0) }
        self.decode = isOfWhole || path == "training.augmentation" ? nil : decode
        (self.write, self.read) = (write, read)
    }

    /// Puts `value` into `plan`, where it is what is kept at `place`.
    private static func store<Value>(
        _ value: any PlanValue, at place: WritableKeyPath<Plan, Value>, in plan: inout Plan
    ) {
        if let value = value as? Value { plan[keyPath: place] = value }
    }

    /// `write`, after which a plan whose value has changed is changed as `then` says.
    private static func following<Value: Equatable & Sendable>(
        _ place: WritableKeyPath<Plan, Value> & Sendable, _ then: (@Sendable (Plan, inout Plan) -> Void)?,
        _ write: @escaping @Sendable (any PlanValue, inout Plan) -> Void
    ) -> @Sendable (any PlanValue, inout Plan) -> Void {
        guard let then else { return write }
        return { value, plan in
            let before = plan
            write(value, &plan)
            if plan[keyPath: place] != before[keyPath: place] { then(before, &plan) }
        }
    }

    private static func text(_ value: some Sendable) -> String {
        (value as? any PlanValue)?.planText ?? String(describing: value)
    }

    private static func number(_ value: some Sendable) -> Double? {
        switch value {
        case let value as Int: Double(value)
        case let value as Double: value
        default: nil
        }
    }
}
