"""Writes answers as ERDDAP servers send them: NetCDF-3 grids, error blocks, and web pages around errors."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import xarray as xr


def grid(
    variable: str,
    values: np.ndarray,
    *,
    times: Sequence[str] | None,
    latitudes: np.ndarray,
    longitudes: np.ndarray,
    units: str,
    fill: float = -9999999.0,
    depth: str | None = None,
    dtype: str = "float32",
    time_units: str = "seconds since 1970-01-01T00:00:00Z",
) -> bytes:
    """One variable over (time,) latitude, longitude; NaN is written as ``fill``, ``depth`` adds an axis.

    ``times`` are ISO instants; the axis of latitudes keeps the order it is given in.
    """
    dims, shape = ["latitude", "longitude"], np.array(values, dtype="float64")
    coords: dict = {
        "latitude": ("latitude", np.asarray(latitudes, "float64"), {"units": "degrees_north", "axis": "Y"}),
        "longitude": ("longitude", np.asarray(longitudes, "float64"), {"units": "degrees_east", "axis": "X"}),
    }
    if depth:
        dims.insert(0, depth)
        shape = np.expand_dims(shape, -3)
        coords[depth] = (depth, np.zeros(1), {"units": "m", "axis": "Z"})
    if times is not None:
        dims.insert(0, "time")
        seconds = np.array(times, dtype="datetime64[s]").astype("int64").astype("float64")
        coords["time"] = ("time", seconds, {"units": time_units, "axis": "T"})
    filled = np.where(np.isnan(shape), fill, shape).astype(dtype)
    kind = np.dtype(dtype).type
    given = {"_FillValue": kind(fill), "missing_value": kind(fill), "units": units, "long_name": variable}
    dataset = xr.Dataset({variable: (dims, filled, given)}, coords=coords, attrs={"cdm_data_type": "Grid"})
    plain = {name: {"_FillValue": None} for name in coords}
    return bytes(dataset.to_netcdf(engine="scipy", format="NETCDF3_CLASSIC", encoding=plain))


def days(first: date, last: date) -> list[str]:
    """Noon of every day."""
    return [f"{first + timedelta(days=number)}T12:00:00" for number in range((last - first).days + 1)]


def error(code: int, message: str) -> bytes:
    escaped = message.replace('"', '\\"')
    return f'Error {{\n    code={code};\n    message="{escaped}";\n}}\n'.encode()


def page(code: int, title: str, message: str) -> bytes:
    """The page that Tomcat puts around the same message."""
    head = f"HTTP Status {code} – {title}"
    return (
        f'<!doctype html><html lang="en"><head><title>{head}</title></head><body><h1>{head}</h1>'
        f'<hr class="line" /><p><b>Type</b> Status Report</p><p><b>Message</b> {html.escape(message)}</p>'
        "<p><b>Description</b> The server encountered an unexpected condition.</p></body></html>"
    ).encode()
