/// A part of a network: parameters, buffers and other modules, found by the names of the stored properties.
///
/// Names are dotted and in snake case, as PyTorch's are: a property `runningMean` of the module in the property
/// `norm` of element 2 of the array `encoders` is `encoders.2.norm.running_mean`. Subclasses hold `Parameter`s,
/// `Buffer`s, `Module`s and arrays of modules in stored properties, and define `callAsFunction`. Modules in a
/// `NamedModules` have the names that it gives them.
@TensorActor
open class Module {
    /// Whether batch norm and drop-out behave as in training. Set it with `train(_:)`, which reaches every child.
    public private(set) var isTraining = true

    /// A module in training mode.
    public init() {}

    /// Turns training behavior on or off, here and in every child.
    public func train(_ on: Bool = true) {
        isTraining = on
        for (_, child) in children { child.train(on) }
    }

    /// Modules held directly, in the order of declaration, with their names.
    public var children: [(name: String, module: Module)] {
        members.flatMap { Module.modules(in: $0.value, called: $0.name) }
    }

    /// Tensors that are trained, here and in every child, with dotted names, in the order of declaration.
    public var parameters: [(name: String, tensor: Tensor)] {
        collect { ($0 as? Parameter)?.tensor }
    }

    /// Tensors that are kept but not trained, such as running statistics, here and in every child.
    public var buffers: [(name: String, tensor: Tensor)] {
        collect { ($0 as? Buffer)?.tensor }
    }

    /// Parameters and buffers: all that a weights file holds.
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

    /// The modules that a stored property holds.
    private static func modules(in value: Any, called name: String) -> [(name: String, module: Module)] {
        switch value {
        case let module as Module: [(name, module)]
        case let modules as [Module]: modules.enumerated().map { ("\(name).\($0.offset)", $0.element) }
        case let modules as NamedModules: modules.modules
        default: []
        }
    }

    /// Stored properties of this class and its superclasses, superclasses first.
    private var members: [(name: String, value: Any)] {
        var mirrors = [Mirror(reflecting: self)]
        while let parent = mirrors.last?.superclassMirror { mirrors.append(parent) }
        return mirrors.reversed().flatMap { $0.children }.compactMap { child in
            child.label.map { (snakeCase($0), Module.unwrapped(child.value)) }
        }
    }

    /// The value inside an optional, so that an absent module is nothing and a present one itself.
    private static func unwrapped(_ value: Any) -> Any {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional, let inner = mirror.children.first else { return value }
        return inner.value
    }
}

/// Modules with names of their own, for a module whose parts are not one property each.
public struct NamedModules {
    /// The modules with their dotted names, in order.
    public let modules: [(name: String, module: Module)]

    /// `modules`, each with a name that no other has.
    public init(_ modules: [(name: String, module: Module)]) { self.modules = modules }
}

/// A tensor that is trained.
@TensorActor
public final class Parameter {
    /// The values; gradients gather here.
    public private(set) var tensor: Tensor

    /// Trains `tensor`, a leaf.
    public init(_ tensor: Tensor) throws(TorchError) { self.tensor = try tensor.requiringGradient() }

    fileprivate func move(to device: Device) throws(TorchError) {
        tensor = try tensor.detached().to(device).requiringGradient()
    }
}

/// A tensor that belongs to a network's state but is not trained.
@TensorActor
public final class Buffer {
    /// The values.
    public private(set) var tensor: Tensor

    /// Keeps `tensor`.
    public init(_ tensor: Tensor) { self.tensor = tensor }

    fileprivate func move(to device: Device) throws(TorchError) { tensor = try tensor.to(device) }
}

private func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, character in
        if character.isUppercase { text += "_" }
        text += character.lowercased()
    }
}
