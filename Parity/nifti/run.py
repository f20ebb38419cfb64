"""NIfTI files written by nibabel read the same in Swift, and files written in Swift the same in nibabel.

Writes a file of every datatype, byte order, version and kind with nibabel, with and without slope and intercept,
with extensions, qform and sform, 2D to 4D. The suite ParityTests of NIfTITests compares stored voxels, float32
voxels (bit for bit), geometry and extensions, and writes each image again, labels and channels like it, and new
images; nibabel then reads those.

    python3 Parity/nifti/run.py [further arguments of `swift test`]
"""

import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import nibabel
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = ["swift", "test", "-c", "release", "--disable-testable-imports", "--no-parallel"]
DATATYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]
CLASSES = {
    (1, True): nibabel.Nifti1Image, (1, False): nibabel.Nifti1Pair,
    (2, True): nibabel.Nifti2Image, (2, False): nibabel.Nifti2Pair,
}
SHAPES = [(5, 4), (5, 4, 3), (5, 4, 3, 2)]
SCALINGS = [(1, 0), (0.1, -3), (2.5, 1000)]
# A turn about all three axes with steps of its own and a mirrored z, so that no term of the affine is missed.
ANGLES = (0.3, -0.2, 1.1)
STEPS = (1.5, 1.25, 8)


def affine(mirror):
    (cx, cy, cz), (sx, sy, sz) = np.cos(ANGLES), np.sin(ANGLES)
    turn = (
        np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
        @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    )
    result = np.eye(4)
    result[:3, :3] = turn * (STEPS[0], STEPS[1], -STEPS[2] if mirror else STEPS[2])
    result[:3, 3] = 10, -20, 30.5
    return result


def voxels(datatype, shape, generator):
    count = int(np.prod(shape))
    if np.issubdtype(datatype, np.integer):
        limits = np.iinfo(datatype)
        values = generator.integers(limits.min, limits.max, count, dtype=datatype, endpoint=True)
        values[:2] = limits.min, limits.max
    else:
        values = (generator.standard_normal(count) * 1e4).astype(datatype)
    return values.reshape(shape, order="F")


def write_case(folder, index, datatype, order, version, ending, generator):
    # Drawn, so that shapes, scalings and forms meet every layout in turn.
    shape, (slope, intercept) = SHAPES[generator.integers(3)], SCALINGS[generator.integers(3)]
    has_qform, has_sform, mirror, has_extensions = generator.integers(2, size=4).astype(bool)
    kind = CLASSES[version, ending.startswith("nii")]
    values = voxels(np.dtype(datatype), shape, generator)
    header = kind.header_class(endianness=order)
    header.set_data_dtype(np.dtype(datatype).newbyteorder(order))
    image = kind(values, None, header)
    if has_qform:
        image.set_qform(affine(mirror), code=1)
    if has_sform:
        image.set_sform(affine(mirror=True) @ np.diag((2, 2, 2, 1)), code=2)
    image.header.set_zooms((STEPS + (0.5,))[: len(shape)])
    image.header.set_xyzt_units("mm", "sec" if len(shape) > 3 else "unknown")
    image.header["descrip"] = f"case {index}".encode()
    image.header.set_slope_inter(slope, intercept)
    if has_extensions:
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension(6, b"a comment"))
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension(44, bytes(range(40))))
    name = f"{index:03}-{datatype}-{'le' if order == '<' else 'be'}-{version}.{ending}"
    image.to_filename(folder / name)

    # What was written is what was meant, and nibabel's own reading of it is the reference.
    loaded = nibabel.load(folder / name)
    stored = loaded.dataobj.get_unscaled()
    assert loaded.header.endianness == order and np.array_equal(stored, values), name
    scaled = (slope, intercept) != (1, 0)
    reference = (loaded.get_fdata(dtype=np.float64) if scaled else values).astype(np.float32)
    (folder / f"{name}.float32").write_bytes(reference.tobytes(order="F"))
    (folder / f"{name}.stored").write_bytes(values.tobytes(order="F"))
    codes = [int(loaded.header[field]) for field in ("sform_code", "qform_code")]
    if not any(codes):
        # nibabel centers an image that has neither form; nifti1.h's method 1 does not.
        reference_affine = np.diag((*STEPS, 1)) if len(shape) > 2 else np.diag((*STEPS[:2], 1, 1))
    else:
        reference_affine = loaded.affine
    zooms = [float(zoom) for zoom in loaded.header["pixdim"][1:4]]
    return {
        "file": name,
        "datatype": datatype,
        "dimensions": list(shape),
        "spacing": zooms,
        "affine": [float(value) for value in reference_affine.ravel()],
        # The file's own numbers, rounded to its float32; nibabel's header has forgotten them after loading.
        "slope": float(loaded.dataobj.slope),
        "intercept": float(loaded.dataobj.inter),
        "extensions": [extension_record(extension) for extension in loaded.header.extensions],
        "description": f"case {index}",
    }


def raw_content(extension):
    """The bytes in the file, whatever nibabel makes of them."""
    content = extension.get_content()
    return content if isinstance(content, bytes) else extension._mangle(content)


def extension_record(extension):
    content = raw_content(extension)
    return {"code": extension.get_code(), "data": list(content.ljust(extension.get_sizeondisk() - 8, b"\0"))}


def same_geometry(one, other, name, but=()):
    for field in one.dtype.names:
        if field not in but:
            assert np.array_equal(one[field], other[field]) or one[field].tobytes() == other[field].tobytes(), (
                f"{name}: {field} is {other[field]}, not {one[field]}"
            )


def check_swift_files(folder, cases):
    for case in cases:
        name = case["file"]
        before, after = nibabel.load(folder / name), nibabel.load(folder / "swift" / name)
        same_geometry(before.header.structarr, after.header.structarr, name)
        assert (before.dataobj.slope, before.dataobj.inter) == (after.dataobj.slope, after.dataobj.inter), name
        assert before.header.endianness == after.header.endianness, name
        assert np.array_equal(before.dataobj.get_unscaled(), after.dataobj.get_unscaled()), name
        records = [[extension_record(each) for each in image.header.extensions] for image in (before, after)]
        assert records[0] == records[1], name

        grid = tuple((case["dimensions"] + [1])[:3])
        count = int(np.prod(grid))
        contents = {"scl_slope", "scl_inter", "datatype", "bitpix"}
        labels = nibabel.load(folder / "swift" / f"labels-{name}")
        is_series = len(case["dimensions"]) > 3
        same_geometry(
            before.header.structarr, labels.header.structarr, name, contents | ({"dim"} if is_series else set())
        )
        assert labels.shape == (tuple(case["dimensions"][:3])), name
        assert labels.get_data_dtype() == np.uint8 and labels.dataobj.slope == 1, name
        flat = np.asarray(labels.dataobj).ravel(order="F")
        assert np.array_equal(flat, np.arange(count) % 4), name

        channels = nibabel.load(folder / "swift" / f"floats-{name}")
        same_geometry(before.header.structarr, channels.header.structarr, name, contents | {"dim"})
        assert channels.shape == grid + (4,), name
        flat = np.asarray(channels.dataobj).ravel(order="F")
        assert np.array_equal(flat, np.arange(4 * count, dtype=np.float32) / np.float32(3)), name

    for version in (1, 2):
        image = nibabel.load(folder / "swift" / f"new-{version}.nii.gz")
        assert type(image) is CLASSES[version, True]
        assert image.header.get_zooms() == STEPS and image.header.get_xyzt_units() == ("mm", "sec")
        assert np.array_equal(image.affine, np.diag((-1.5, -1.25, 8, 1)))
        assert image.get_data_dtype() == np.int16
        assert np.array_equal(np.asarray(image.dataobj).ravel(order="F"), np.arange(60))


def main():
    generator = np.random.default_rng(1)
    layouts = itertools.product(DATATYPES, "<>", (1, 2), ("nii", "nii.gz", "hdr", "hdr.gz"))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        cases = []
        for index, (datatype, order, version, ending) in enumerate(layouts):
            cases.append(write_case(folder, index, datatype, order, version, ending, generator))
        (folder / "cases.json").write_text(json.dumps(cases))
        subprocess.run(
            [*TEST, *sys.argv[1:], "--filter", "NIfTITests.ParityTests"],
            cwd=ROOT, env=os.environ | {"UNET_PARITY_DIR": name}, check=True,
        )
        check_swift_files(folder, cases)
        print(f"nifti: {len(cases)} files agree in both directions")


if __name__ == "__main__":
    main()
