"""Reads NetCDF-3 files in a process of its own, with a limit to its memory; ``worker`` starts it and asks.

A question is a file behind its length, an answer the arrays of the file behind theirs; a file that cannot be
read is an answer of no bytes. It is run by its path and imports nothing of this package.
"""

from __future__ import annotations

import io
import json
import struct
import sys
from contextlib import suppress

import numpy as np
from scipy.io import netcdf_file

MEMORY = 2 * 1024**3
# What the reader raises on damaged files.
DAMAGE = (
    ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, OSError, RuntimeError,
    MemoryError, ZeroDivisionError, AssertionError, struct.error,
)  # fmt: skip


def arrays(raw: bytes) -> bytes:
    """Every variable of the file as an npz archive; ``about`` is JSON of their names, axes and attributes."""
    with netcdf_file(io.BytesIO(raw), mmap=False, version=raw[3]) as opened:
        found = list(opened.variables.items())
        about = [
            {"name": name, "dims": part.dimensions, "attrs": _attributes(part._attributes)}
            for name, part in found
        ]
        values = {str(place): np.array(part.data) for place, (_, part) in enumerate(found)}
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, about=np.array(json.dumps(about)), **values)
    return out.getvalue()


def _attributes(given: dict) -> dict:
    return {
        name: value.decode("utf-8", "replace") if isinstance(value, bytes) else np.asarray(value).tolist()
        for name, value in given.items()
    }


def answer(raw: bytes) -> bytes:
    try:
        return arrays(raw)
    except DAMAGE:
        return b""


def main() -> None:
    with suppress(ImportError):  # a system without these limits still has the limit of time
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    while len(head := asked.read(8)) == 8:
        found = answer(asked.read(int.from_bytes(head, "big")))
        told.write(len(found).to_bytes(8, "big") + found)
        told.flush()


if __name__ == "__main__":
    main()
