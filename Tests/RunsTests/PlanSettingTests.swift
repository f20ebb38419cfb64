import Datasets
import Foundation
import Imaging
import RunFixtures
import Runs
import TestSupport
import Testing
import UNetDesign

@Suite struct PlanSettingTests {
    /// The entries of the plan's JSON, by their paths.
    private func entries(_ plan: Plan) throws -> [String: String] {
        func flatten(_ value: Any, _ path: String, into entries: inout [String: String]) {
            guard let object = value as? [String: Any] else {
                entries[path] = "\(value)"
                return
            }
            for (key, value) in object {
                flatten(value, path.isEmpty ? key : "\(path).\(key)", into: &entries)
            }
        }
        var entries: [String: String] = [:]
        flatten(try JSONSerialization.jsonObject(with: JSONEncoder().encode(plan)), "", into: &entries)
        return entries
    }

    /// A plan in which everything has another value than the default.
    private var other: Plan {
        var plan = Blobs.plan()
        plan.network.inputChannels = 2
        plan.network.deepSupervision = true
        plan.preparation = Preparation(
            spacing: 1.25, clip: .init(low: 1, high: 99), border: .mirror, scaling: .slice)
        plan.window = PatchSize(width: 64, height: 48)
        plan.training.augmentation.rotation = 1
        plan.training.augmentation.scale = 1.5
        plan.training.augmentation.overhang = 2
        plan.training.augmentation.flipProbability = 0.3
        plan.training.augmentation.brightness = 0.4
        plan.training.augmentation.contrast = 1.75
        plan.training.augmentation.noise = 0.6
        plan.training.augmentation.elastic = 7
        plan.training.augmentation.rotationProbability = 0.32
        plan.training.augmentation.scaleProbability = 0.34
        plan.training.augmentation.shear = 5
        plan.training.augmentation.shearProbability = 0.36
        plan.training.augmentation.elasticProbability = 0.38
        plan.training.augmentation.sliceShift = 7
        plan.training.augmentation.sliceShiftProbability = 0.4
        plan.training.augmentation.biasField = 0.75
        plan.training.augmentation.biasFieldProbability = 0.42
        plan.training.augmentation.blur = 2
        plan.training.augmentation.blurProbability = 0.44
        plan.training.augmentation.brightnessProbability = 0.46
        plan.training.augmentation.contrastProbability = 0.48
        plan.training.augmentation.sampleContrast = 1.75
        plan.training.augmentation.sampleContrastProbability = 0.5
        plan.training.augmentation.lowResolution = 0.25
        plan.training.augmentation.lowResolutionProbability = 0.52
        plan.training.augmentation.gamma = 2.5
        plan.training.augmentation.gammaProbability = 0.54
        plan.training.augmentation.invertedGammaProbability = 0.56
        plan.training.augmentation.noiseProbability = 0.58
        plan.training.foregroundShare = 0.35
        plan.training.stepsPerEpoch = 9
        plan.training.loss = .dice
        plan.training.optimizer = .sgd
        plan.training.weightDecay = 0.5
        plan.training.momentum = 0.25
        plan.training.borderWeights = BorderWeights(strength: 3, sigma: 2)
        plan.training.instances = true
        plan.training.allowsMisplaced = true
        plan.training.phases = .es
        plan.training.fold = 3
        plan.training.foldCount = 4
        plan.training.holdOut = ["p1"]
        plan.training.seed = 12
        plan.training.threads = 3
        plan.training.kernels = .libtorch
        return plan
    }

    @Test func everythingInAPlanIsASetting() throws {
        let paths = PlanSetting.all.map(\.path)
        #expect(Set(paths).count == paths.count)
        #expect(Set(PlanSetting.all.map(\.name)).count == paths.count)
        for entry in try entries(other).keys {
            #expect(paths.contains { entry == $0 || entry.hasPrefix("\($0).") }, "\(entry) is not declared")
        }
        for setting in PlanSetting.all { #expect(!setting.help.isEmpty) }
    }

    @Test func everySettingIsReadFromAFile() throws {
        let back = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(other))
        #expect(back == other)
    }

    /// Which settings plans may lack, since they are older than those, and what they then mean.
    @Test func olderPlansKeepTheirMeaning() throws {
        var fields = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(Blobs.plan())) as? [String: Any])
        func remove(_ keys: [String], from part: String) throws {
            var inner = try #require(fields[part] as? [String: Any])
            for key in keys { inner[key] = nil }
            fields[part] = inner
        }
        try remove(
            [
                "optimizer", "momentum", "allowsMisplaced", "holdOut", "instances", "borderWeights",
                "foregroundShare",
            ],
            from: "training")
        try remove(["border", "scaling"], from: "preparation")
        var training = try #require(fields["training"] as? [String: Any])
        var augmentation = try #require(training["augmentation"] as? [String: Any])
        for key in [
            "elastic", "rotationProbability", "scaleProbability", "shear", "shearProbability",
            "elasticProbability", "sliceShift", "sliceShiftProbability", "biasField", "biasFieldProbability",
            "blur", "blurProbability", "brightnessProbability", "contrastProbability", "sampleContrast",
            "sampleContrastProbability", "lowResolution", "lowResolutionProbability", "gamma",
            "gammaProbability", "invertedGammaProbability", "noiseProbability",
        ] { augmentation[key] = nil }
        training["augmentation"] = augmentation
        fields["training"] = training
        let old = try JSONDecoder().decode(Plan.self, from: JSONSerialization.data(withJSONObject: fields))
        var expected = Blobs.plan()
        expected.training.allowsMisplaced = true
        #expect(old == expected)
        #expect(old.training.optimizer == .adamW && old.training.momentum == 0.99)
    }

    @Test(arguments: ["training.epochs", "training.augmentation.rotation", "preparation.clip", "structures"])
    func whatEveryPlanHasMustBeThere(_ path: String) throws {
        let keys = path.split(separator: ".").map(String.init)
        func without(_ keys: ArraySlice<String>, _ value: Any) throws -> Any {
            var object = try #require(value as? [String: Any])
            let key = try #require(keys.first)
            object[key] = keys.count == 1 ? nil : try without(keys.dropFirst(), #require(object[key]))
            return object
        }
        let whole = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Blobs.plan()))
        let data = try JSONSerialization.data(withJSONObject: without(keys[...], whole))
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "plan.json")
            try data.write(to: file)
            let error = #expect(throws: SegmentationError.self) { try Plan(contentsOf: file) }
            #expect(error?.description.contains("(“\(path)” is missing)") == true)
        }
    }

    @Test func overridesTakeThePlaceOfSettings() throws {
        var overrides = PlanOverrides()
        overrides.add(.of(\.training.learningRate), 0.25)
        overrides.add(.of(\.training.optimizer), OptimizerChoice.sgd)
        overrides.add(.of(\.training.fold), FoldChoice.one(2))
        overrides.add(.of(\.training.patch), try #require(PatchSides.planValue(of: "64x48")))
        overrides.add(.of(\.training.augmentation.elastic), 6.0)
        overrides.add(.of(\.training.augmentation), AugmentationPreset.none)
        var plan = Blobs.plan()
        plan.training.holdOut = ["p1"]
        try overrides.apply(to: &plan)
        // What an optimizer usually has is for those who do not say otherwise, whatever was given first.
        #expect(plan.training.optimizer == .sgd && plan.training.learningRate == 0.25)
        #expect(plan.training.weightDecay == 0)
        #expect(plan.training.fold == 2 && plan.training.holdOut.isEmpty)
        #expect(plan.training.patch == PatchSize(width: 48, height: 64))
        #expect(plan.training.augmentation.elastic == 6 && plan.training.augmentation.rotation == 0)
    }

    @Test func aNumberOutsideItsLimitsIsRefusedBeforeItIsUsed() throws {
        var overrides = PlanOverrides()
        overrides.add(.of(\.network.depth), Int.max)
        let error = #expect(throws: SegmentationError.self) { try overrides.check() }
        #expect(error?.description == "depth \(Int.max) is not valid; it must be from 1 to 12")
    }

    @Test func aRunGoesOnWithItsOwnSettings() throws {
        let plan = Blobs.plan(epochs: 4)
        func check(_ place: PartialKeyPath<Plan>, _ value: any PlanValue) throws {
            var overrides = PlanOverrides()
            overrides.add(.of(place), value)
            try overrides.check(against: plan, path: "run")
        }
        try check(\.training.epochs, 4)
        try check(\.training.fold, FoldChoice.all)
        try check(\.training.threads, 7)
        try check(\.training.patch, try #require(PatchSides.planValue(of: "32")))
        #expect(
            throws: SegmentationError.planDiffers(
                path: "run", setting: .of(\.training.epochs), planned: "4", given: "5")
        ) { try check(\.training.epochs, 5) }
        #expect(
            throws: SegmentationError.planDiffers(
                path: "run", setting: .of(\.training.fold), planned: "all", given: "0")
        ) { try check(\.training.fold, FoldChoice.one(0)) }
        #expect(
            throws: SegmentationError.planDiffers(
                path: "run", setting: .of(\.training.holdOut), planned: "none", given: "p1 p2")
        ) { try check(\.training.holdOut, ["p1", "p2"]) }
        try check(\.training.augmentation, AugmentationPreset.light)
        #expect(
            throws: SegmentationError.planDiffers(
                path: "run", setting: .of(\.training.augmentation), planned: "light", given: "none")
        ) { try check(\.training.augmentation, AugmentationPreset.none) }
        #expect(throws: SegmentationError.self) { try check(\.training.threads, 0) }
    }

    @Test func splitsMustBeThoseOfTheData() throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 3)
            func problem(_ training: [String], _ validation: [String]) -> SplitsProblem? {
                let splits = Splits(training: training, validation: validation)
                do { try splits.check(fits: data, path: "splits.json") } catch {
                    if case .badSplits("splits.json", let problem) = error { return problem }
                    Issue.record(error)
                }
                return nil
            }
            #expect(problem(["p0", "p2"], ["p1"]) == nil)
            #expect(
                problem(["p0", "q2"], ["p1"])
                    == .unknown(
                        names: ["q2"], dataset: data.root.plainPath, nearest: ["p2", "p0", "p1"]))
            #expect(problem(["p0"], ["p0"]) == .repeated(name: "p0"))
            #expect(problem([], ["p0"]) == .nobody)
        }
    }

    @Test func aPlanOfOtherDataIsRefused() throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2)
            try Blobs.plan().check(fits: data, path: "plan.json")
            let heart = [Structure(name: "LV", label: 3)]
            let error = #expect(throws: SegmentationError.self) {
                try Blobs.plan(structures: heart).check(fits: data, path: "plan.json")
            }
            #expect(
                error?.description
                    == "plan.json: the plan has structures LV=3, but the dataset has CORE=1 RING=2; use the plan of a run on such data"
            )
        }
    }

    /// `docs/Settings.md` is made from the declarations; `UNET_RECORD=1` writes it anew.
    @Test func theDocumentedSettingsAreThese() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/Settings.md")
        let text = PlanSetting.documentation
        if ProcessInfo.processInfo.environment["UNET_RECORD"] == "1" { try Data(text.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
}

extension PlanSetting {
    /// All settings as a page of Markdown.
    fileprivate static var documentation: String {
        var lines = [
            "# Settings of a plan", "",
            "Made from the declarations in `Sources/Runs/Settings/PlanSetting+All.swift`; edit those.", "",
            "`plan.json` of a run has all of them. `unet train` takes most as options, and with `--plan plan.json` the rest",
            "too, from a file: options given beside it take the place of what it says. A run that goes on keeps its settings;",
            "only those marked † may be given anew.", "",
            "| Setting | Option | Values | Default | In `plan.json` | What it does |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for setting in all {
            let cells = [
                setting.name + (setting.mayChange ? " †" : ""), setting.documentedOption,
                setting.documentedValues, setting.usual ?? "", "`\(setting.path)`", setting.help,
            ]
            lines.append("| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var documentedOption: String {
        if case .fileOnly = form { return "" }
        return "`--\(name.replacing(" ", with: "-"))`"
    }

    private var documentedValues: String {
        if let limits { return limits.description }
        guard case .value(let type, _) = form else { return "" }
        return type.planTexts.joined(separator: ", ")
    }
}
