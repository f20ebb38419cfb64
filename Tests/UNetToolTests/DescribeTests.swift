import Foundation
import TestSupport
import Testing

@Suite struct DescribeTests {
    private func run(_ arguments: String...) throws -> Program.Result {
        try withTemporaryDirectory { try Program.run(arguments, in: $0) }
    }

    @Test func theClassicNetworkAsInThePaper() throws {
        let result = try run("describe", "--architecture", "classic", "--classes", "2")
        #expect(result.status == 0 && result.errors.isEmpty)
        try Snapshot.check(result.output, "describe-classic")
    }

    @Test func volumesFollowTheSpacing() throws {
        let result = try run(
            "describe", "--dimensions", "3d", "--depth", "3", "--filters", "8", "--input", "8x48x48",
            "--deep-supervision", "--norm", "instance", "--architecture", "residual")
        #expect(result.status == 0 && result.errors.isEmpty)
        try Snapshot.check(result.output, "describe-volume")
        let isotropic = try run(
            "describe", "--dimensions", "3d", "--depth", "2", "--filters", "8", "--input", "16x16x16",
            "--spacing",
            "1x1x1")
        #expect(isotropic.output.contains("max-pool 2x2x2") && !isotropic.output.contains("1x2x2"))
    }

    @Test(arguments: [
        (
            ["--architecture", "classic", "--input", "500x572"],
            "an input of 500x572 does not fit the classic network with 4 poolings; the nearest that fits has height 492 or 508"
        ),
        (["--dimensions", "3d", "--input", "64x64"], "--input must be DxHxW for 3d networks"),
        (["--input", "8x64x64"], "--input must be HxW for 2d networks"),
        (["--spacing", "10x1x1"], "--spacing requires --dimensions 3d"),
        (["--filters", "0"], "--filters must be from 1 to 65536"),
        (["--depth", "13"], "--depth must be from 1 to 12"),
        (
            ["--model", "run", "--norm", "batch"],
            "--model determines the network; remove --norm"
        ),
    ])
    func whatMakesNoSenseIsSaidInOneSentence(arguments: [String], text: String) throws {
        let result = try withTemporaryDirectory { try Program.run(["describe"] + arguments, in: $0) }
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: \(text)\n"), "\(result.errors)")
    }

    @Test func aBenchmarkKnowsTheSameNetworks() throws {
        let result = try run(
            "benchmark", "train", "--architecture", "classic", "--dimensions", "3d", "--input", "2x60x76",
            "--depth", "2", "--filters", "1", "--runs", "1", "--threads", "1", "--deep-supervision", "--json")
        #expect(result.status == 0 && result.errors.isEmpty)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let fields = try #require(object as? [String: Any])
        #expect(fields["input"] as? String == "2x60x76" && fields["dimensions"] as? String == "3d")
        #expect(fields["architecture"] as? String == "classic" && fields["depth"] as? Int == 2)
        #expect(fields["norm"] as? String == "none" && fields["deep_supervision"] as? Bool == true)
        let misfit = try run("benchmark", "predict", "--input", "100x100")
        #expect(
            misfit.errors.hasPrefix(
                "Error: an input of 100x100 does not fit the padded network with 4 poolings; the nearest that fits has height 96 or 112, width 96 or 112\n"
            ))
    }

    @Test func aBenchmarkDrawsSamples() throws {
        let result = try run(
            "benchmark", "augment", "--input", "41x33", "--augmentation", "strong", "--samples", "24",
            "--runs", "2", "--json")
        #expect(result.status == 0 && result.errors.isEmpty)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let fields = try #require(object as? [String: Any])
        #expect(fields["input"] as? String == "41x33" && fields["augmentation"] as? String == "strong")
        #expect(fields["samples"] as? Int == 24 && fields["runs"] as? Int == 2)
        let (low, high) = (fields["min_seconds"] as? Double ?? 0, fields["max_seconds"] as? Double ?? 0)
        #expect(low > 0 && high >= low)
        for (arguments, text) in [
            (["augment", "--filters", "8"], "--filters is for networks, not for augment"),
            (["augment", "--architecture", "classic"], "--architecture is for networks, not for augment"),
            (["train", "--samples", "8"], "--samples is for augment, not for train"),
        ] {
            let refused = try withTemporaryDirectory { try Program.run(["benchmark"] + arguments, in: $0) }
            #expect(refused.status == 64 && refused.errors.hasPrefix("Error: \(text)\n"))
        }
    }
}
