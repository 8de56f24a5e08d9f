"""Which ground of a sea lies under water at a level, and which has fallen dry (pure).

Heights and levels count from one zero, that of the map. Cells are the map's, of a few kilometres: a channel
narrower than that is not seen, and a shore is no finer than a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy import ndimage

from loaders.geometry import regions
from loaders.geometry.regions import Outline

LAND, DRY, DRIES, WET = range(4)


@dataclass(frozen=True)
class Ground:
    """``height`` in m, NaN where none is given, and ``area`` of cells in km2; dims latitude, longitude."""

    latitude: np.ndarray
    longitude: np.ndarray
    height: np.ndarray
    area: np.ndarray

    def north_of(self, parallel: float) -> slice:
        """The rows north of a parallel."""
        return slice(int(np.searchsorted(self.latitude, parallel)), None)

    @property
    def cell_km(self) -> float:
        """The side of a square as large as the middle cell."""
        return float(np.sqrt(np.median(self.area)))


@dataclass(frozen=True)
class Shore:
    """A sea at a level: ``state`` of each cell, ``depth`` in m (0 where dry), and areas in km2.

    LAND was dry at the reference level too, DRY has fallen dry since and is dry at today's level, DRIES is
    under water today and dry at the level looked at, WET is under water at that level.
    """

    state: np.ndarray
    depth: np.ndarray
    reference: float
    water: float
    dry: float
    dries: float

    @property
    def share(self) -> float:
        """What has fallen dry of the area at the reference level, 0 to 1."""
        return (self.dry + self.dries) / self.reference


def ground(field: xr.Dataset, without: Outline | None = None) -> Ground:
    """The map of a field; a bay with a level of its own is left out."""
    latitude, longitude = field["latitude"].values, field["longitude"].values
    heights = field["height"].transpose("latitude", "longitude").values.astype("float64")
    if without:
        bay = regions.contains(without, latitude[:, None], longitude[None, :])
        heights = np.where(bay, np.nan, heights)
    return Ground(latitude, longitude, heights, regions.cell_areas(latitude, longitude))


def connected(found: Ground, level: float) -> np.ndarray:
    """The largest water that hangs together at a level: low ground elsewhere stays land."""
    parts, count = ndimage.label(found.height < level)
    if not count:
        return np.zeros(found.height.shape, dtype=bool)
    sizes = np.bincount(parts.ravel(), weights=found.area.ravel())
    return parts == 1 + int(np.argmax(sizes[1:]))


def shore(found: Ground, level: float, today: float, reference: float) -> Shore:
    """The sea at ``level``, beside what it was at ``reference`` and is ``today``.

    A hollow of the bed counts as water while its ground is lower than the level, also where the falling sea
    has left it behind.
    """
    sea = connected(found, max(level, today, reference))
    wet, before = sea & (found.height < level), sea & (found.height < reference)
    dry = before & ~wet
    already = dry & (found.height >= today)
    state = np.full(sea.shape, LAND, dtype="uint8")
    for kind, cells in ((DRY, already), (DRIES, dry & ~already), (WET, wet)):
        state[cells] = kind
    areas = (float(found.area[cells].sum()) for cells in (before, wet, already, dry & ~already))
    return Shore(state, np.where(wet, level - found.height, 0.0), *areas)
