"""Writes a map of heights as ``ETOPO_2022_v1_60s`` serves it: no time, no depth, latitudes ascending."""

from __future__ import annotations

import numpy as np

from . import erddap

# Coarser than the true 60 seconds, to keep tests small.
LATITUDES = np.arange(36.0, 47.51, 0.1)
LONGITUDES = np.arange(46.0, 55.01, 0.1)


def ground(heights: np.ndarray | float, **changes) -> bytes:
    form = {"latitudes": LATITUDES, "longitudes": LONGITUDES, "units": "m", "fill": -99999.0} | changes
    shape = (len(form["latitudes"]), len(form["longitudes"]))
    field = np.broadcast_to(np.asarray(heights, "float64"), shape)
    return erddap.grid(form.pop("variable", "z"), field, times=None, **form)
