import Files
import Foundation
import Imaging
import NIfTI

extension NIfTIHeader {
    /// The names of the image's labels, kept in a comment (extension code 6) that other programs ignore:
    /// `{"swift-unet":{"structures":[{"label":1,"name":"RV"},…]}}`. For an image of probabilities, the order is that of
    /// the channels; channel 0 is background.
    ///
    /// Nil if there is no such comment, or its labels are not distinct numbers from 1 to 255 with distinct names.
    /// Setting it leaves other extensions as they are.
    public var structures: [Structure]? {
        get {
            extensions.lazy.compactMap(\.structures).first { structures in
                structures.allSatisfy { $0.label != 0 }
                    && Set(structures.map(\.label)).count == structures.count
                    && Set(structures.map(\.name)).count == structures.count
            }
        }
        set {
            let others = extensions.filter { $0.structures == nil }
            extensions = others + (newValue.map { [NIfTIExtension(structures: $0)] } ?? [])
        }
    }
}

extension NIfTIImage {
    /// Returns the image with the names of its labels, or of its classes, in the header; see `NIfTIHeader.structures`.
    public func naming(_ structures: [Structure]) -> NIfTIImage {
        var image = self
        image.header.structures = structures
        return image
    }
}

extension NIfTIExtension {
    /// The code of comments, which any program can write.
    private static let comment: Int32 = 6

    private struct Content: Codable {
        struct Own: Codable { var structures: [Structure] }
        var own: Own

        enum CodingKeys: String, CodingKey { case own = "swift-unet" }
    }

    /// Creates a comment that names `structures`.
    fileprivate init(structures: [Structure]) {
        // Names and numbers can always be encoded.
        let text = try? Content(own: .init(structures: structures)).jsonText(.line)
        self.init(code: Self.comment, data: Array(text ?? Data()))
    }

    /// The structures that this comment names; nil for other extensions.
    fileprivate var structures: [Structure]? {
        guard code == Self.comment else { return nil }
        return try? JSONDecoder().decode(Content.self, from: Data(data.prefix { $0 != 0 })).own.structures
    }
}
