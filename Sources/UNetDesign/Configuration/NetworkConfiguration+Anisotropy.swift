extension NetworkConfiguration {
    /// Poolings and kernels of a 3D network that follow the spacing: thick slices are neither pooled nor convolved
    /// across until the plane has become about as coarse as they are.
    ///
    /// A level's kernel is 1 along z until the slices' spacing is below twice the finest in-plane spacing there, and 3
    /// from that level on. z is pooled only where that holds, and only while at least 4 slices are left (the rule of
    /// nnU-Net, Isensee et al. 2021, doi:10.1038/s41592-020-01008-z). The plane is pooled at every level.
    ///
    /// - Parameters:
    ///   - spacing: mm along z, y and x.
    ///   - size: voxels of a patch or volume along z, y and x.
    ///   - depth: number of poolings.
    /// - Returns: `poolings`, `depth` of them, and `kernels`, one more, each for z, y and x.
    public static func anisotropic(spacing: [Double], size: [Int], depth: Int) -> (
        poolings: [[Int]], kernels: [[Int]]
    ) {
        precondition(spacing.count == 3 && size.count == 3, "z, y and x")
        precondition(spacing.allSatisfy { $0 > 0 && $0.isFinite }, "spacings are positive")
        var (thickness, pixel, slices) = (spacing[0], min(spacing[1], spacing[2]), size[0])
        var poolings: [[Int]] = []
        var kernels: [[Int]] = []
        var depthwise = 1
        for _ in 0..<depth {
            let isComparable = thickness < 2 * pixel
            if isComparable { depthwise = 3 }
            let step = isComparable && slices / 2 >= 4 ? 2 : 1
            kernels.append([depthwise, 3, 3])
            poolings.append([step, 2, 2])
            thickness *= Double(step)
            pixel *= 2
            slices /= step
        }
        if thickness < 2 * pixel { depthwise = 3 }
        kernels.append([depthwise, 3, 3])
        return (poolings, kernels)
    }
}
