"""Writes daily fields as ``dhw_5km`` serves them with a stride of five: no depth, latitudes descending."""

from __future__ import annotations

from datetime import date

import numpy as np

from . import erddap

LATITUDES = np.arange(47.375, 36.25, -0.25)
LONGITUDES = np.arange(46.375, 54.5, 0.25)


def fields(first: date, last: date, values: np.ndarray | float = 15.0, **changes) -> bytes:
    """Every day from ``first`` to ``last``; one field, or one number, for all days."""
    times = erddap.days(first, last)
    shape = len(changes.get("latitudes", LATITUDES)), len(changes.get("longitudes", LONGITUDES))
    one = np.broadcast_to(np.asarray(values, "float64"), shape)
    cube = np.broadcast_to(one, (len(times), *one.shape))
    form = {"latitudes": LATITUDES, "longitudes": LONGITUDES, "units": "degree_C", "fill": -32768.0}
    return erddap.grid("CRW_SST", cube, times=times, **(form | changes))
