/// A part of a network, with parameters, buffers, and other modules found by the names of its stored properties.
///
/// Names are dotted and in snake case, as in PyTorch: the property `runningMean` of the module in the property `norm`
/// of element 2 of the array `encoders` is `encoders.2.norm.running_mean`. Subclasses hold `Parameter`s, `Buffer`s,
/// `Module`s, and arrays of modules in stored properties, and define `callAsFunction`. Modules in a `NamedModules` have
/// the names that it gives them.
@TensorActor
open class Module {
    /// Whether batch norm and dropout behave as in training. Set it with `train(_:)`, which applies to every child.
    public private(set) var isTraining = true

    /// Creates a module in training mode.
    public init() {}

    /// Turns training behavior on or off in this module and every child.
    public func train(_ on: Bool = true) {
        isTraining = on
        for (_, child) in children { child.train(on) }
    }

    /// The direct child modules with their names, in the order of declaration.
    public var children: [(name: String, module: Module)] {
        members.flatMap { Module.modules(in: $0.value, called: $0.name) }
    }

    /// The trained tensors of this module and every child, with dotted names, in the order of declaration.
    public var parameters: [(name: String, tensor: Tensor)] {
        collect { ($0 as? Parameter)?.tensor }
    }

    /// The tensors of this module and every child that are saved but not trained, such as running statistics.
    public var buffers: [(name: String, tensor: Tensor)] {
        collect { ($0 as? Buffer)?.tensor }
    }

    /// The parameters and buffers, which are the contents of a weights file.
    public var state: [(name: String, tensor: Tensor)] {
        collect { ($0 as? Parameter)?.tensor ?? ($0 as? Buffer)?.tensor }
    }

    /// Moves every parameter and buffer to `device`.
    ///
    /// - Precondition: no optimizer holds the parameters yet.
    public func move(to device: Device) throws(TorchError) {
        for (_, value) in members {
            if let parameter = value as? Parameter { try parameter.move(to: device) }
            if let buffer = value as? Buffer { try buffer.move(to: device) }
        }
        for (_, child) in children { try child.move(to: device) }
    }

    private func collect(_ pick: (Any) -> Tensor?) -> [(name: String, tensor: Tensor)] {
        members.flatMap { name, value -> [(name: String, tensor: Tensor)] in
            if let tensor = pick(value) { return [(name, tensor)] }
            return Module.modules(in: value, called: name).flatMap { name, module in
                module.collect(pick).map { ("\(name).\($0.name)", $0.tensor) }
            }
        }
    }

    /// Returns the modules in the value of a stored property.
    private static func modules(in value: Any, called name: String) -> [(name: String, module: Module)] {
        switch value {
        case let module as Module: [(name, module)]
        case let modules as [Module]: modules.enumerated().map { ("\(name).\($0.offset)", $0.element) }
        case let modules as NamedModules: modules.modules
        default: []
        }
    }

    /// The stored properties of this class and its superclasses, superclasses first.
    private var members: [(name: String, value: Any)] {
        var mirrors = [Mirror(reflecting: self)]
        while let parent = mirrors.last?.superclassMirror { mirrors.append(parent) }
        return mirrors.reversed().flatMap { $0.children }.compactMap { child in
            child.label.map { (snakeCase($0), Module.unwrapped(child.value)) }
        }
    }

    /// Returns the value inside an optional, if there is one.
    private static func unwrapped(_ value: Any) -> Any {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional, let inner = mirror.children.first else { return value }
        return inner.value
    }
}

/// Modules with explicit names, for a module whose parts are not separate properties.
public struct NamedModules {
    /// The modules with their dotted names, in order.
    public let modules: [(name: String, module: Module)]

    /// Creates a list of modules with unique names.
    public init(_ modules: [(name: String, module: Module)]) { self.modules = modules }
}

/// A tensor that is trained.
@TensorActor
public final class Parameter {
    /// The values, on which gradients accumulate.
    public private(set) var tensor: Tensor

    /// Creates a parameter from `tensor`, a leaf.
    public init(_ tensor: Tensor) throws(TorchError) { self.tensor = try tensor.requiringGradient() }

    fileprivate func move(to device: Device) throws(TorchError) {
        tensor = try tensor.detached().to(device).requiringGradient()
    }
}

/// A tensor of a network's state that is not trained.
@TensorActor
public final class Buffer {
    /// The values.
    public private(set) var tensor: Tensor

    /// Creates a buffer from `tensor`.
    public init(_ tensor: Tensor) { self.tensor = tensor }

    fileprivate func move(to device: Device) throws(TorchError) { tensor = try tensor.to(device) }
}

private func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, character in
        if character.isUppercase { text += "_" }
        text += character.lowercased()
    }
}
