import Imaging

/// Enlarged pictures of slices with labels drawn over them.
///
/// The scan's columns run to the right and its rows downward, as stored. Rows and columns keep their true proportions
/// if their spacing differs.
public struct Overlay: Sendable {
    /// The scan.
    public var volume: Volume
    /// The label maps, drawn in this order.
    public var layers: [OverlayLayer]
    /// The structures whose labels are drawn, in this order; others are not drawn.
    public var structures: [Structure]
    /// The color of each label.
    public var colors: [UInt8: Color]
    /// The part of every slice to show.
    public var region: SliceRegion
    /// The intensities of black and white; if nil, percentiles (0.5 to 99.5 %) of the shown part of each slice.
    public var window: GrayWindow?

    /// Creates pictures of `volume` with `layers` over it. Colors are those of `Palette`, in the order of `structures`;
    /// the whole slice is shown unless `region` is given.
    ///
    /// - Throws: `PictureError.gridsDiffer` if a layer lies on a different grid than the volume.
    public init(
        of volume: Volume, layers: [OverlayLayer] = [], structures: [Structure], region: SliceRegion? = nil,
        window: GrayWindow? = nil
    ) throws(PictureError) {
        for layer in layers where layer.labels.geometry != volume.geometry {
            throw .gridsDiffer(expected: volume.geometry, found: layer.labels.geometry)
        }
        self.volume = volume
        self.layers = layers
        self.structures = structures
        self.colors = Palette.colors(for: structures)
        self.region = region ?? SliceRegion(of: volume.geometry)
        self.window = window
    }

    /// Returns a picture of slice `slice`, counted from 0, with each pixel of the scan `scale` pixels wide.
    public func picture(slice: Int, scale: Double = 3) -> Canvas {
        let raster = raster(scale: scale)
        var canvas = scan(slice: slice, on: raster)
        for layer in layers {
            for structure in structures {
                draw(structure, of: layer, slice: slice, on: raster, into: &canvas)
            }
        }
        return canvas
    }

    /// Returns the raster of a picture in which a pixel of the scan is `scale` pixels wide.
    func raster(scale: Double) -> Raster {
        Raster(region: region, spacing: volume.geometry.spacing, scale: scale)
    }

    private func scan(slice: Int, on raster: Raster) -> Canvas {
        let geometry = volume.geometry
        let window = window ?? GrayWindow(of: volume, slice: slice, region: region)
        let start = slice * geometry.sliceCount
        let plane = volume.voxels[start..<start + geometry.sliceCount].map { Float(window.level($0)) }
        let gray = CubicEnlargement(values: plane, width: geometry.width, height: geometry.height)
        var canvas = Canvas(width: raster.width, height: raster.height)
        for row in 0..<raster.height {
            for column in 0..<raster.width {
                let level = gray.value(x: raster.x(column), y: raster.y(row))
                canvas[column, row] = .gray(UInt8(min(max(level, 0), 255).rounded()))
            }
        }
        return canvas
    }

    private func draw(
        _ structure: Structure, of layer: OverlayLayer, slice: Int, on raster: Raster,
        into canvas: inout Canvas
    ) {
        let geometry = volume.geometry
        let start = slice * geometry.sliceCount
        guard layer.labels.labels[start..<start + geometry.sliceCount].contains(structure.label),
            let color = colors[structure.label]
        else { return }
        let field = SmoothField(width: geometry.width, height: geometry.height) { column, row in
            layer.labels.labels[start + column + row * geometry.width] == structure.label ? 1 : 0
        }
        let mask = Outline(of: field, on: raster)
        switch layer.style {
        case .contour(let width):
            mask.stroke(color, width: Float(width), into: &canvas)
        case .pale(let width):
            mask.stroke(color.mixed(with: .white, 0.65), width: Float(width), into: &canvas)
        case .filled(let opacity, let width):
            mask.fill(color, opacity: Float(opacity), into: &canvas)
            mask.stroke(color, width: Float(width), into: &canvas)
        }
    }
}

/// A label map drawn over a scan.
public struct OverlayLayer: Sendable {
    /// A style of drawing labels.
    public enum Style: Sendable, Equatable {
        /// Outlines, `width` pixels of the picture wide.
        case contour(width: Double = 2)
        /// Outlines over a tint of the area with an opacity of 0 to 1.
        case filled(opacity: Double = 0.4, width: Double = 2)
        /// Outlines in a paler shade, `width` pixels wide: a reference beside a prediction.
        case pale(width: Double = 2)
    }

    /// The labels, on the scan's grid.
    public var labels: LabelMap
    /// The style of drawing.
    public var style: Style

    /// Creates a layer of `labels`.
    public init(_ labels: LabelMap, style: Style = .contour()) {
        self.labels = labels
        self.style = style
    }
}
