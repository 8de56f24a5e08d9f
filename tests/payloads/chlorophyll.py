"""Writes monthly fields as ``noaacwNPPVIIRSchlaMonthly`` serves them: an altitude, latitudes descending."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import erddap

# Coarser than the true 0.0375 degrees, to keep tests small.
LATITUDES = np.arange(45.5, 36.4, -0.15)
LONGITUDES = np.arange(47.2, 54.2, 0.15)


def fields(months: Sequence[str], values: Sequence[np.ndarray | float], **changes) -> bytes:
    """One field, or one number, for each month, at noon of its 16th day."""
    shape = (len(LATITUDES), len(LONGITUDES))
    cube = np.stack([np.broadcast_to(np.asarray(value, "float64"), shape) for value in values])
    form = {"latitudes": LATITUDES, "longitudes": LONGITUDES, "units": "mg m^-3", "fill": np.nan}
    times = [f"{month}-16T12:00:00" for month in months]
    variable = changes.pop("variable", "chlor_a")
    return erddap.grid(variable, cube, times=times, **(form | {"depth": "altitude"} | changes))
