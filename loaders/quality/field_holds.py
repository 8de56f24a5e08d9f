"""When a changed field must not replace the stored one unseen, and how far it changed."""

from __future__ import annotations

import numpy as np
import xarray as xr

from loaders.geometry import hypsometry
from loaders.quality.holds import Difference

MAX_CHANGE = 0.02


def reason(old: xr.Dataset | None, new: xr.Dataset) -> str | None:
    """Why ``new`` must not replace ``old`` unseen: another area of water on the same level."""
    if old is None:
        return None
    level = float(new.attrs["reference_level"])
    before, after = hypsometry.area_at(old, level), hypsometry.area_at(new, level)
    if abs(after - before) <= MAX_CHANGE * before:
        return None
    return f"area at {level:g} m went from {before:,.0f} to {after:,.0f} km2"


def difference(old: xr.Dataset | None, new: xr.Dataset) -> Difference:
    """Rows or cells of ``new`` that ``old`` has not, or has with another value; of the latter no measure."""
    name = "height" if "height" in new else "area"
    there = int(np.sum(~np.isnan(new[name].values)))
    if old is None or old[name].shape != new[name].shape:
        return Difference(there, 0, 0 if old is None else int(np.sum(~np.isnan(old[name].values))), None)
    before, after = old[name].values, new[name].values
    changed = ~((before == after) | (np.isnan(before) & np.isnan(after)))
    added, removed = changed & np.isnan(before), changed & np.isnan(after)
    return Difference(int(added.sum()), int((changed & ~added & ~removed).sum()), int(removed.sum()), None)
