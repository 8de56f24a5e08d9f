"""Gridded fields out of NetCDF classic bytes, whose header is walked before a reader opens them.

The format has no checksum, and a header of a few hundred bytes can declare any size or lay many variables
over the same bytes. HDF5 is refused by its first bytes: such a file can name other files of this computer.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass
from itertools import pairwise
from math import prod

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged, TooLarge, UnsafeFile
from loaders.formats import worker

HDF5 = b"\x89HDF\r\n\x1a\n"
HDF5_PLACES = (0, 512, 1024, 2048, 4096, 8192, 16_384, 32_768)
MAX_DECODED = 256_000_000
MAX_DIMENSIONS, MAX_VARIABLES, MAX_ATTRIBUTES = 64, 256, 1024
DIMENSION, VARIABLE, ATTRIBUTE = 10, 11, 12
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8}
SECONDS = "seconds since 1970-01-01T00:00:00Z"
FARTHEST = 8e9  # seconds; the year 2223
CALENDARS = ("", "gregorian", "standard", "proleptic_gregorian")
AXES = ("time", "latitude", "longitude")
# What xarray raises on attributes that make no sense.
DAMAGE = (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, OSError, RuntimeError)


def field(raw: bytes, variable: str) -> xr.DataArray:
    """``variable`` with dims (``time``,) ``latitude``, ``longitude``, both ascending; fills are NaN.

    Axes of one step, such as a depth, are dropped. ``attrs["units"]`` is the provider's word. Raises NotData,
    UnsafeFile, TooLarge, BadFormat, or SchemaChanged for another variable, axis, unit or calendar.
    """
    dataset = read(raw)
    if variable not in dataset.data_vars:
        raise SchemaChanged(f"no variable {variable!r} in the file")
    found = dataset[variable]
    other = [str(name) for name in found.dims if name not in AXES]
    if any(found.sizes[name] != 1 for name in other):
        raise SchemaChanged(f"{variable} has a further axis {other[0]!r}")
    found = found.isel(dict.fromkeys(other, 0), drop=True)
    if not found.attrs.get("units"):
        raise SchemaChanged(f"{variable} has no unit")
    found = found.copy(data=numbers(found))
    for name in ("latitude", "longitude"):
        found = _ascending(found, name)
    if "time" in found.dims:
        _require_times(found["time"].values)
    return found.transpose(*(name for name in AXES if name in found.dims))


def read(raw: bytes) -> xr.Dataset:
    """The whole file, loaded; packed numbers are unpacked. Times are in the one unit of an ERDDAP server."""
    dataset = plain(raw)
    if "time" not in dataset.coords:
        return dataset
    said, seconds = dataset["time"].attrs, numbers(dataset["time"])
    if str(said.get("units")) != SECONDS or str(said.get("calendar", "")).lower() not in CALENDARS:
        raise SchemaChanged(f"times in {str(said.get('units'))[:40]!r} or of another calendar")
    if dataset["time"].dims != ("time",) or not np.all(np.abs(seconds) < FARTHEST):
        raise BadFormat("times that are none")
    times = np.datetime64(0, "s") + np.round(seconds).astype("timedelta64[s]")
    return dataset.assign_coords(time=("time", times.astype("datetime64[ns]")))


def numbers(found: xr.DataArray) -> np.ndarray:
    """Its values as float64. Raises BadFormat where they are no numbers."""
    if found.dtype.kind not in "fiu":
        raise BadFormat(f"{found.name} holds no numbers")
    return found.values.astype("float64")


def plain(raw: bytes) -> xr.Dataset:
    """The whole file as the reader's process found it; packed numbers are unpacked, times are not decoded.

    Raises NotData, UnsafeFile, TooLarge or BadFormat.
    """
    require_plain(raw)
    with np.load(io.BytesIO(worker.arrays(raw)), allow_pickle=False) as found:
        about = json.loads(str(found["about"]))
        parts = {
            item["name"]: (item["dims"], found[str(place)], item["attrs"]) for place, item in enumerate(about)
        }
    try:
        return xr.decode_cf(xr.Dataset(parts), decode_times=False).load()
    except DAMAGE:
        raise BadFormat("a NetCDF file that cannot be read") from None


def require_plain(raw: bytes, *, max_decoded: int = MAX_DECODED) -> None:
    """Raise unless ``raw`` is a whole NetCDF-3 file whose variables lie apart and fit in ``max_decoded``."""
    if not raw.strip():
        raise NotData("empty file")
    if any(raw[place : place + 8] == HDF5 for place in HDF5_PLACES):
        raise UnsafeFile("sent netCDF-4/HDF5; this version reads NetCDF-3 only: ask for .nc or CSV")
    if raw[:4] == b"CDF\x05":
        raise BadFormat("sent CDF-5; this version reads NetCDF-3 only: ask for .nc or CSV")
    if raw[:4] not in (b"CDF\x01", b"CDF\x02"):
        raise BadFormat("not a NetCDF-3 file")
    _require_sizes(_Header(raw), max_decoded)


@dataclass(frozen=True)
class _Variable:
    name: bytes
    values: int
    bytes: int
    begin: int
    record: bool


class _Header:
    """The header of a classic file, read step by step; any step outside the file is a damaged file."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at, self.attributes = raw, 4, 0
        self.wide = raw[3] == 2
        self.records = self._number()
        self.lengths = [self._dimension() for _ in range(self._count(DIMENSION, MAX_DIMENSIONS))]
        self._attributes()
        self.variables = [self._variable() for _ in range(self._count(VARIABLE, MAX_VARIABLES))]

    def _number(self, form: str = ">I") -> int:
        try:
            (found,) = struct.unpack_from(form, self.raw, self.at)
        except struct.error:
            raise BadFormat("a NetCDF file that ends within its header") from None
        self.at += struct.calcsize(form)
        return int(found)

    def _text(self) -> bytes:
        length = self._number()
        start, self.at = self.at, self.at + (length + 3) // 4 * 4
        if self.at > len(self.raw):
            raise BadFormat("a NetCDF file that ends within its header")
        return self.raw[start : start + length]

    def _count(self, tag: int, most: int) -> int:
        given, count = self._number(), self._number()
        if (given, count) != (0, 0) and given != tag:
            raise BadFormat("a NetCDF file with a damaged header")
        if count > most:
            raise TooLarge(f"a NetCDF header that declares {count:,} entries of one kind")
        return count

    def _dimension(self) -> int:
        self._text()
        return self._number()

    def _attributes(self) -> None:
        count = self._count(ATTRIBUTE, MAX_ATTRIBUTES)
        self.attributes += count
        if self.attributes > MAX_ATTRIBUTES:
            raise TooLarge(f"a NetCDF header with more than {MAX_ATTRIBUTES:,} attributes")
        for _ in range(count):
            self._text()
            size = self._size()
            length = self._number() * size
            self.at += (length + 3) // 4 * 4
            if self.at > len(self.raw):
                raise BadFormat("a NetCDF file that ends within its header")

    def _size(self) -> int:
        kind = self._number()
        if kind not in SIZES:
            raise BadFormat("a NetCDF file with a damaged header")
        return SIZES[kind]

    def _variable(self) -> _Variable:
        name = self._text()
        rank = self._number()
        if rank > MAX_DIMENSIONS:
            raise TooLarge(f"a NetCDF header with a variable of {rank:,} dimensions")
        axes = [self._number() for _ in range(rank)]
        if any(axis >= len(self.lengths) for axis in axes):
            raise BadFormat("a NetCDF file with a damaged header")
        self._attributes()
        size = self._size()
        self._number()  # the stated size is redundant, and wrong in large files
        begin = self._number(">Q" if self.wide else ">I")
        record = bool(axes) and self.lengths[axes[0]] == 0
        values = prod(self.lengths[axis] for axis in (axes[1:] if record else axes))
        return _Variable(name, values, values * size, begin, record)


def _require_sizes(header: _Header, max_decoded: int) -> None:
    """Raise TooLarge for what would not fit, BadFormat for what is not in the file or lies twice."""
    variables = header.variables
    total = sum(item.values * (header.records if item.record else 1) for item in variables) * 8
    if total > max_decoded:
        raise TooLarge(f"a NetCDF file that declares {total:,} bytes, more than the {max_decoded:,} allowed")
    if len({item.name for item in variables}) != len(variables):
        raise BadFormat("a NetCDF file with a variable that stands twice")
    # Record variables lie interleaved: one step of each after the other, step after step.
    steps = [(item.begin, item.begin + item.bytes) for item in variables if item.record and header.records]
    spans = [(item.begin, item.begin + item.bytes) for item in variables if not item.record and item.bytes]
    if steps:
        padded = sum((end - begin + 3) // 4 * 4 for begin, end in steps)
        step = padded if len(steps) > 1 else steps[0][1] - steps[0][0]
        spans.append((min(steps)[0], max(steps)[1] + step * (header.records - 1)))
    spans.append((0, header.at))
    if max(end for _, end in spans) > len(header.raw):
        raise BadFormat("a NetCDF file that is shorter than its header says")
    for group in (sorted(spans), sorted(steps)):
        if any(after[0] < before[1] for before, after in pairwise(group)):
            raise BadFormat("a NetCDF file whose variables lie over one another")


def _ascending(found: xr.DataArray, name: str) -> xr.DataArray:
    """The field with this axis from south to north, or west to east, whichever way it was sent."""
    if name not in found.dims or name not in found.coords:
        raise SchemaChanged(f"no axis {name!r} in the file")
    values = numbers(found[name])
    limit = 90 if name == "latitude" else 360
    steps = np.diff(values)
    if found[name].dims != (name,):
        raise BadFormat(f"{name} is an axis of another kind")
    if values.size < 2 or not np.all(np.abs(values) <= limit) or not (np.all(steps > 0) or np.all(steps < 0)):
        raise BadFormat(f"{name} is no axis of degrees")
    return found if steps[0] > 0 else found.isel({name: slice(None, None, -1)})


def _require_times(times: np.ndarray) -> None:
    if times.dtype.kind != "M":
        raise SchemaChanged("no axis 'time' in the file")
    if np.any(np.isnat(times)) or np.any(np.diff(times) <= np.timedelta64(0, "ns")):
        raise BadFormat("times that do not follow one another")
