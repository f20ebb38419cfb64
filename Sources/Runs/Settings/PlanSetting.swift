import UNetDesign

/// A setting of a plan: its name, purpose, valid values, and place in the plan.
///
/// Each setting is declared once, in `PlanSetting.all`. The options of `unet train`, their effect on a plan, the
/// settings that cannot change when a run is resumed, the limits, the decoding of `plan.json`, and `docs/Settings.md`
/// all derive from it.
public struct PlanSetting: Sendable {
    /// The form in which a value is given.
    public enum Form: Sendable {
        /// A value of this type; `placeholder` stands for it in help.
        case value(any PlanValue.Type, placeholder: String? = nil)
        /// The name of the setting alone.
        case flag
        /// One or more names.
        case names(placeholder: String)
        /// An entry of a file only.
        case fileOnly
    }

    /// The path of its entry in `plan.json`, such as `training.learningRate`.
    public let path: String
    /// Its name in plain words, such as `learning rate`.
    public let name: String
    /// The form in which it is given.
    public let form: Form
    /// A sentence on what it does.
    public let help: String
    /// The default value, in words; nil if it needs no mention.
    public let usual: String?
    /// The numbers that it allows; nil if it is not a number or allows any.
    public let limits: NumberLimits?
    /// A flag of older command lines that gives one of its values; nil for none.
    public let formerFlag: FormerFlag?
    /// Whether a run can be resumed with a different value.
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
    /// Decodes the setting; nil if it is decoded as part of something larger.
    let decode: (@Sendable (PlanDecoder, inout Plan) throws -> Void)?
    private let read: @Sendable (Plan) -> (text: String?, number: Double?)

    /// Returns the setting at `place`.
    ///
    /// - Precondition: there is a setting at `place`.
    public static func of(_ place: PartialKeyPath<Plan>) -> PlanSetting {
        guard let setting = all.first(where: { $0.place == place }) else {
            preconditionFailure("\(place) is not declared as a setting")
        }
        return setting
    }

    /// Returns the value of `plan` as text; `none` if it has none.
    public func text(in plan: Plan) -> String { read(plan).text ?? "none" }

    /// Checks that the number in `plan` lies within the limits.
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
    /// Checks that a given number lies within the limits.
    ///
    /// - Throws: `SegmentationError.badSetting`.
    func check(_ value: any PlanValue) throws(SegmentationError) {
        if let limits, let number = Self.number(value), !limits.contains(number) {
            throw .badSetting(self, value: value.planText, rule: .limits(limits))
        }
    }
}

extension PlanSetting: Equatable {
    /// Returns whether both are the same setting.
    public static func == (one: PlanSetting, other: PlanSetting) -> Bool { one.path == other.path }
}

extension PlanSetting {
    /// Creates a setting with a value in every plan.
    ///
    /// - Parameters:
    ///   - older: the value for plans that are older than the setting and lack it; nil if no plan lacks it.
    ///   - formerFlag: a flag of older command lines for one of its values.
    ///   - write: applies a given value to a plan; nil to store it as it is.
    ///   - then: makes the accompanying changes to the plan, called with the plan before and after.
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

    /// Creates a setting for which a plan need not have a value; see the other initializer.
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
        // These are decoded as a whole, before all settings.
        let isOfWhole = ["network.", "structures", "formatVersion"].contains { path.hasPrefix($0) }
        self.decode = isOfWhole || path == "training.augmentation" ? nil : decode
        (self.write, self.read) = (write, read)
    }

    /// Stores `value` in `plan` if it has the type of the setting at `place`.
    private static func store<Value>(
        _ value: any PlanValue, at place: WritableKeyPath<Plan, Value>, in plan: inout Plan
    ) {
        if let value = value as? Value { plan[keyPath: place] = value }
    }

    /// Returns `write` followed by `then` if the value has changed.
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
