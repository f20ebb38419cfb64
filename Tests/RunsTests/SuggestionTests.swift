import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import TestSupport
import Testing
import UNetDesign

@Suite struct SuggestionTests {
    private func scans(_ folder: URL, slices: [Int], spacing: [Double]) throws -> Dataset {
        for (number, count) in slices.enumerated() {
            let dimensions = [40, 30, count]
            let size = dimensions.reduce(1, *)
            try NIfTIImage(
                voxels: [Int16](repeating: 3, count: size), dimensions: dimensions, spacing: spacing
            )
            .write(to: folder.appending(path: "p\(number).nii"))
            try NIfTIImage(
                voxels: [UInt8](repeating: 1, count: size), dimensions: dimensions, spacing: spacing
            )
            .write(to: folder.appending(path: "p\(number)_gt.nii"))
        }
        return try Dataset(contentsOf: folder)
    }

    @Test func slicesOfTheHeartAreAsTheyWere() throws {
        try withTemporaryDirectory { folder in
            let plan = try Plan.suggested(for: scans(folder, slices: [8, 9, 11], spacing: [1.4, 1.4, 10]))
            #expect(plan.preparation == Preparation())
            #expect(plan.training == TrainingPlan())
            #expect(plan.network == NetworkConfiguration(outputChannels: 1, filters: 16))
            try plan.validate()
        }
    }

    @Test func volumesFollowTheSpacing() throws {
        try withTemporaryDirectory { folder in
            let data = try scans(folder, slices: [8, 9, 11], spacing: [1.4, 1.4, 10])
            let plan = try Plan.suggested(for: data, dimensions: .three)
            // 10 mm slices and 1.5 mm pixels: planes at 1.5 and 3 mm, volumes from 6 mm on, and one pooling of 9 slices.
            #expect(plan.network.kernels == [[1, 3, 3], [1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]])
            #expect(plan.network.poolings == [[1, 2, 2], [1, 2, 2], [2, 2, 2], [1, 2, 2]])
            #expect(plan.training.patch == PatchSize(width: 160, height: 160, depth: 10))
            #expect(plan.window == plan.training.patch)
            #expect(plan.network.norm == .instance)
            #expect(plan.training.batchSize == 1)
            try plan.validate()
            let fine = try Plan.suggested(for: data, dimensions: .three, spacing: 8)
            #expect(fine.network.kernels == Array(repeating: [3, 3, 3], count: 5))
        }
    }

    @Test func patchesOfLargeVolumesAreShrunk() throws {
        var patch = PatchSize(width: 224, height: 224, depth: 155)
        patch.shrink(to: 1 << 20, spacing: Spacing(1, 1, 1))
        #expect(patch == PatchSize(width: 112, height: 112, depth: 78))
        var thin = PatchSize(width: 224, height: 224, depth: 10)
        thin.shrink(to: 1 << 20, spacing: Spacing(1.5, 1.5, 10))
        #expect(thin == PatchSize(width: 224, height: 224, depth: 10))
    }

    @Test func unpaddedNetworksReadMore() throws {
        try withTemporaryDirectory { folder in
            let data = try scans(folder, slices: [8], spacing: [1.4, 1.4, 10])
            let plan = try Plan.suggested(for: data, architecture: .classic)
            #expect(plan.training.patch == PatchSize(width: 348, height: 348))
            #expect(plan.network.outputSize(of: [348, 348]) == [164, 164])
            #expect(plan.preparation.border == .mirror)
            let volumes = try Plan.suggested(for: data, architecture: .classic, dimensions: .three)
            #expect(volumes.training.patch == PatchSize(width: 348, height: 348, depth: 8))
            try volumes.validate()
        }
    }

    @Test func picturesKeepTheirPixels() throws {
        try withTemporaryDirectory { folder in
            let data = try Pictures.write(folder, count: 3, side: 72)
            let plan = try Plan.suggested(for: data)
            #expect(plan.preparation.spacing == nil)
            #expect(plan.preparation.border == .mirror)
            #expect(plan.training.patch == PatchSize(width: 80, height: 80))
            #expect(plan.training.augmentation.rotation == 180)
            #expect(plan.network.outputChannels == 1)
            try plan.validate()
        }
    }
}
