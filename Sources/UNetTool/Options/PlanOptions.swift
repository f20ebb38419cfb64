import ArgumentParser
import Datasets
import Foundation
import Runs

/// An option for every setting of a plan that can be given on the command line.
///
/// The parser finds options among the children of a mirror, where properties would be: `PlanSetting.all` says which there
/// are. Those not given have the plan's defaults, or on --resume the run's own.
struct PlanOptions: ParsableArguments, CustomReflectable {
    /// The settings that were given.
    private(set) var overrides = PlanOverrides()
    /// The plan in a file, to begin with.
    private(set) var file: URL?
    /// An option and the flag of older command lines for the same setting, where both were given.
    private var conflict: (option: String, flag: String)?

    private static let settings = PlanSetting.all.filter {
        if case .fileOnly = $0.form { false } else { true }
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for setting in Self.settings {
            let value = try Self.value(of: setting, in: container)
            if let value { overrides.add(setting, value) }
            guard let former = setting.formerFlag,
                try container.decode(Flag<Bool>.self, forKey: Key(stringValue: former.key)).wrappedValue
            else { continue }
            if value != nil { conflict = (setting.flag ?? setting.name, former.flag) }
            overrides.add(setting, former.value)
        }
        file = try container.decode(Self.FileOption.self, forKey: Key(stringValue: "plan")).wrappedValue?.url
    }

    var customMirror: Mirror {
        let settings = Self.settings.map { (label: String?.some("_\($0.key)"), value: Self.option($0)) }
        let file: Any = Self.FileOption(
            name: .customLong("plan"),
            help: ArgumentHelp(
                "Start from the plan in this file, such as the plan.json of another run; options given beside it override its settings.",
                valueName: "plan.json"))
        let former = Self.settings.compactMap(\.formerFlag).map { flag -> (label: String?, value: Any) in
            let help = ArgumentHelp(visibility: .hidden)
            return ("_\(flag.key)", Flag(wrappedValue: false, name: .customLong(flag.optionName), help: help))
        }
        return Mirror(self, children: [(label: "_plan", value: file)] + settings + former)
    }

    func validate() throws {
        if let (option, flag) = conflict {
            throw ValidationError("\(option) and \(flag) cannot be combined; use one of them")
        }
        if overrides.contains(\.training.fold), overrides.contains(\.training.holdOut) {
            throw ValidationError("--hold-out and --fold cannot be combined; use one of them")
        }
        let optimizer = overrides.value(at: \.training.optimizer, as: OptimizerChoice.self)
        if file == nil { try checkMomentum(of: optimizer ?? .adamW) }
        if file != nil, overrides.contains(\.network.dimensions) {
            throw ValidationError(
                "--plan and --dimensions cannot be combined; remove one of them")
        }
    }

    /// Checks what was given, as far as that can be done before the data are read.
    ///
    /// - Throws: `SegmentationError.badSetting` and its like; of a plan in a file also `.unreadable`.
    func check() throws {
        guard let file else { return try overrides.check() }
        _ = try plan(in: file)
    }

    /// The plan that the file, the options and the defaults make for `dataset`.
    func makePlan(_ dataset: Dataset) throws -> Plan {
        guard let file else {
            return try overrides.plan(for: dataset, threads: ProcessInfo.processInfo.activeProcessorCount)
        }
        let plan = try plan(in: file)
        try plan.check(fits: dataset, path: file.relativePath)
        return plan
    }

    private func plan(in file: URL) throws -> Plan {
        var plan = try GivenFile(file).plan()
        try overrides.apply(to: &plan)
        try plan.validate()
        try checkMomentum(of: plan.training.optimizer)
        return plan
    }

    private func checkMomentum(of optimizer: OptimizerChoice) throws {
        if overrides.contains(\.training.momentum), optimizer != .sgd {
            throw ValidationError("--momentum requires --optimizer sgd")
        }
    }
}

extension PlanOptions {
    private typealias FileOption = Option<PathArgument?>

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    /// The option or flag of a setting.
    private static func option(_ setting: PlanSetting) -> Any {
        func option<Value: PlanValue>(_: Value.Type, _ placeholder: String?) -> Any {
            Option<SettingArgument<Value>?>(name: setting.longName, help: setting.argumentHelp(placeholder))
        }
        switch setting.form {
        case .value(let type, let placeholder): return option(type, placeholder)
        case .flag: return Flag(wrappedValue: false, name: setting.longName, help: setting.argumentHelp(nil))
        case .names(let placeholder):
            return Option<[String]>(
                wrappedValue: [], name: setting.longName, parsing: .upToNextOption,
                help: setting.argumentHelp(placeholder))
        case .fileOnly: preconditionFailure("\(setting.path) is no option")
        }
    }

    /// The value that was given; nil where none was.
    private static func value(of setting: PlanSetting, in container: KeyedDecodingContainer<Key>) throws
        -> (any PlanValue)?
    {
        let key = Key(stringValue: setting.key)
        func value<Value: PlanValue>(_: Value.Type) throws -> (any PlanValue)? {
            try container.decode(Option<SettingArgument<Value>?>.self, forKey: key).wrappedValue?.value
        }
        switch setting.form {
        case .value(let type, _): return try value(type)
        case .flag: return try container.decode(Flag<Bool>.self, forKey: key).wrappedValue ? true : nil
        case .names:
            let names = try container.decode(Option<[String]>.self, forKey: key).wrappedValue
            return names.isEmpty ? nil : names
        case .fileOnly: return nil
        }
    }
}

/// A setting's value as an argument.
struct SettingArgument<Value: PlanValue>: ExpressibleByArgument {
    let value: Value

    init?(argument: String) {
        guard let value = Value.planValue(of: argument) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { Value.planTexts }
}

extension Option {
    /// An option for `setting`, with its name and its help.
    init<Argument: ExpressibleByArgument>(_ setting: PlanSetting) where Value == Argument? {
        self.init(name: setting.longName, help: setting.argumentHelp(nil))
    }
}

extension Flag where Value == Bool {
    /// A flag for `setting`, with its name and its help.
    init(wrappedValue: Bool, _ setting: PlanSetting) {
        self.init(wrappedValue: wrappedValue, name: setting.longName, help: setting.argumentHelp(nil))
    }
}

extension PlanSetting.FormerFlag {
    fileprivate var optionName: String { name.replacing(" ", with: "-") }

    /// The flag as it is typed.
    fileprivate var flag: String { "--\(optionName)" }

    /// What the parser keeps it under.
    fileprivate var key: String { name.replacing(" ", with: "_") }
}

extension PlanSetting {
    /// What the parser keeps the option under.
    fileprivate var key: String { path.replacing(".", with: "_") }

    fileprivate var longName: NameSpecification { .customLong(optionName ?? name) }

    /// The help and, where it is not evident, the default.
    fileprivate func argumentHelp(_ placeholder: String?) -> ArgumentHelp {
        ArgumentHelp(help + (usual.map { " (default: \($0))" } ?? ""), valueName: placeholder)
    }
}
