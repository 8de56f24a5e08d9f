"""From heights of the ground to a table of level, area and volume (pure): derived, not observed.

Cells below a level count as wet, whether or not water could reach them. The ground of a shallow flat shore
is known to a metre or so, which at the north of the Caspian is tens of kilometres.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from loaders.errors import NoData
from loaders.geometry import regions
from loaders.geometry.regions import Outline

STEP = 0.1
DERIVED = "Derived, not observed: cells of ground below each level inside the outline."


def hypsometry(
    ground: xr.DataArray, outline: Outline, *, lowest: float, highest: float, step: float = STEP
) -> xr.Dataset:
    """``area(level)`` in km2, ``volume(level)`` in km3 and ``cells(level)``, the number of wet cells.

    ``ground`` has dims latitude, longitude, in metres above the zero that the levels count from. With a the
    area of a cell inside the outline and z its ground: area = sum of a, volume = sum of a (level - z) / 1000,
    both over the cells with z < level. Cells without a height are dry; land outside is cut off, so above the
    shore that the outline draws the area no longer grows.
    """
    areas = regions.fractions(outline, ground["latitude"].values, ground["longitude"].values)
    areas *= regions.cell_areas(ground["latitude"].values, ground["longitude"].values)
    heights = ground.transpose("latitude", "longitude").values
    inside = (areas > 0) & np.isfinite(heights)
    order = np.argsort(heights[inside], kind="stable")
    z, a = heights[inside][order], areas[inside][order]
    count = round((highest - lowest) / step) + 1
    levels = np.round(lowest + step * np.arange(count), 6)
    wet = np.searchsorted(z, levels, side="left")
    area, moment = (np.concatenate([[0.0], np.cumsum(part)])[wet] for part in (a, a * z))
    return xr.Dataset(
        {
            "area": ("level", area, {"units": "km2"}),
            "volume": ("level", (levels * area - moment) / 1000, {"units": "km3"}),
            "cells": ("level", wet.astype("int32")),
        },
        coords={"level": ("level", levels, {"units": "m"})},
        attrs={"caveat": DERIVED, "outline": outline.id, "outline_as_of": outline.as_of},
    )


def at_level(table: xr.Dataset, level: float, name: str = "area") -> float:
    """``name`` at ``level`` on the straight line between two rows. Raises NoData outside the table."""
    levels = table["level"].values
    if not levels[0] <= level <= levels[-1]:
        raise NoData(f"level {level:g} m is outside the table, {levels[0]:g} to {levels[-1]:g} m")
    return float(np.interp(level, levels, table[name].values))


def area_at(field: xr.Dataset, level: float) -> float:
    """The area in km2 below ``level``: by the row of a table, or of the cells of a map of ``height``."""
    if "level" in field.dims:
        return at_level(field, level)
    wet = field["height"].transpose("latitude", "longitude").values < level
    return float(regions.cell_areas(field["latitude"].values, field["longitude"].values)[wet].sum())
