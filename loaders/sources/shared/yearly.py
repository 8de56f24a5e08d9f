"""National figures: one value a year, at its 1 January."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import xarray as xr

from loaders.errors import NotData


def dataset(points: Mapping[int, float], unit: str, *, newest: int, what: str) -> xr.Dataset:
    """``value(time)`` in ``unit`` by year; the year ``newest`` is provisional, years without a value are out.

    Raises NotData, naming ``what``, for no value and for noughts alone.
    """
    known = {year: value for year, value in sorted(points.items()) if not math.isnan(value)}
    if not known:
        raise NotData(f"no value of {what}")
    if not any(known.values()):
        raise NotData(f"noughts only: no data of {what}")
    return xr.Dataset(
        {
            "value": ("time", np.array(list(known.values()), dtype="float64"), {"units": unit}),
            "provisional": ("time", np.array([year >= newest for year in known], dtype="int8")),
        },
        coords={"time": np.array([f"{year}-01-01" for year in known], dtype="datetime64[ns]")},
    )
