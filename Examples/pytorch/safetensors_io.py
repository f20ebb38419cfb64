"""Reading and writing safetensors with nothing but numpy."""

import json
import struct
from pathlib import Path

import numpy as np

TYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64, "I32": np.int32, "U8": np.uint8}
NAMES = {np.dtype(kind): name for name, kind in TYPES.items()}


def read(path: str | Path) -> dict[str, np.ndarray]:
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    values = memoryview(data)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = np.dtype(TYPES[entry["dtype"]]).newbyteorder("<")
        tensors[name] = np.frombuffer(values[begin:end], kind).reshape(entry["shape"]).copy()
    return tensors


def metadata(path: str | Path) -> dict[str, str]:
    """The texts beside the tensors."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length)).get("__metadata__", {})


def write(path: str | Path, tensors: dict[str, np.ndarray], texts: dict[str, str] | None = None) -> None:
    """Writes `tensors`, and `texts` beside them."""
    header, parts, offset = {"__metadata__": texts} if texts else {}, [], 0
    for name, tensor in tensors.items():
        part = tensor.astype(tensor.dtype.newbyteorder("<")).tobytes()
        header[name] = {
            "dtype": NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(part)],
        }
        parts.append(part)
        offset += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))
