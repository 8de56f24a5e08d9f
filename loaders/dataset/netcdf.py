"""A series or field as NetCDF classic bytes and back, in memory; the engine is always named.

Other engines crash when several threads open files, and none of them is needed for what is this small.
"""

from __future__ import annotations

import io

import xarray as xr

# NetCDF classic has no 64-bit integers; seconds as float64 are exact for any date a series can hold.
TIME = {"units": "seconds since 1970-01-01", "dtype": "float64", "calendar": "proleptic_gregorian"}


def encode(dataset: xr.Dataset) -> bytes:
    """NetCDF-3 with 64-bit offsets; the same dataset always gives the same bytes."""
    ordered = dataset[sorted(dataset.data_vars, key=str)]
    known: dict[str, dict] = {
        str(name): {"_FillValue": None} for name, part in ordered.variables.items() if part.dtype.kind == "f"
    }
    if "time" in ordered.variables:
        known["time"] = TIME | {"_FillValue": None}
    return bytes(ordered.to_netcdf(engine="scipy", format="NETCDF3_64BIT", encoding=known))


def decode(data: bytes) -> xr.Dataset:
    """The dataset that ``encode`` was given, loaded from memory and not tied to any file."""
    with xr.open_dataset(io.BytesIO(data), engine="scipy") as opened:
        dataset = opened.load()
    for name in dataset.data_vars:
        if dataset[name].dtype == object:
            dataset[name] = ("time", dataset[name].values.astype(str), dataset[name].attrs)
    return dataset.drop_encoding()


def freeze(dataset: xr.Dataset) -> xr.Dataset:
    """The same dataset with arrays that refuse to be written to, so that visitors can share it."""
    for part in dataset.variables.values():
        part.values.flags.writeable = False
    # Before pandas 3 the array behind an index is another than xarray hands out.
    for index in dataset.indexes.values():
        index.values.flags.writeable = False
    return dataset
