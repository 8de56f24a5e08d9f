"""Writes daily fields as ``ncdcOisst21Agg_LonPM180`` serves them: an axis ``zlev``, latitudes ascending."""

from __future__ import annotations

from datetime import date

import numpy as np

from . import erddap

LATITUDES = np.arange(36.375, 47.5, 0.25)
LONGITUDES = np.arange(46.375, 54.5, 0.25)


def fields(first: date, last: date, values: np.ndarray | float = 15.0, *, without=(), **changes) -> bytes:
    """Every day from ``first`` to ``last`` but those ``without``; one field, or one number, for all days."""
    times = [day for day in erddap.days(first, last) if date.fromisoformat(day[:10]) not in without]
    shape = len(changes.get("latitudes", LATITUDES)), len(changes.get("longitudes", LONGITUDES))
    one = np.broadcast_to(np.asarray(values, "float64"), shape)
    form = {
        "latitudes": LATITUDES,
        "longitudes": LONGITUDES,
        "units": "degree_C",
        "fill": -9.99,
        "depth": "zlev",
    }
    cube = changes.pop("cube", np.broadcast_to(one, (len(times), *one.shape)))
    return erddap.grid(changes.pop("variable", "sst"), cube, times=times, **(form | changes))
