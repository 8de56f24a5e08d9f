"""Which bed of a shrunken sea lies dry at a level, and where its map shows water instead of ground (pure).

A model of the land takes a lake for a flat plane at the height of its water. Such a plane is no ground: its
bed may be dry or under water at any level, so it is counted for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from dashboard.terrain.flood import LAND, WET, Ground, connected

DRY, FLAT = 1, 2
# Means of one height are alike but for rounding; from cell to cell of common ground the step is larger.
ALIKE_M = 0.02
# A dozen cells of the map: in a smaller patch ground may be level by chance.
LEAST_KM2 = 100.0


@dataclass(frozen=True)
class Basin:
    """What hangs together below an old ``shore`` (m), and which cells of it are flat water."""

    ground: Ground
    shore: float
    inside: np.ndarray
    flat: np.ndarray


@dataclass(frozen=True)
class Bed:
    """A basin at a level: ``state`` of each cell, ``depth`` in m (0 where not WET), and areas in km2.

    LAND lies outside the old shore. Of the rest FLAT is water of the survey over a bed not known, DRY is bed
    at or above the level, WET is bed below it, in a hollow too. ``below`` is all three together.
    """

    state: np.ndarray
    depth: np.ndarray
    below: float
    dry: float
    water: float
    flat: float

    @property
    def share(self) -> float:
        """The dry bed as a share of all below the old shore, 0 to 1."""
        return self.dry / self.below


def basin(ground: Ground, shore: float) -> Basin:
    inside = connected(ground, shore)
    return Basin(ground, shore, inside, flats(ground) & inside)


def flats(ground: Ground, alike: float = ALIKE_M, least: float = LEAST_KM2) -> np.ndarray:
    """Cells of water surfaces: ``least`` km2 or more that hang together at one height.

    Neighbours differ by less than ``alike`` m, and so does each cell from the middle one of its patch: steps
    of a gentle slope do not add up to a lake.
    """
    patches = _patches(ground.height, alike)
    found = np.zeros(patches.shape, dtype=bool)
    sizes = np.bincount(patches.ravel(), weights=ground.area.ravel())
    for patch in 1 + np.flatnonzero(sizes[1:] >= least):
        cells = patches == patch
        cells &= np.abs(ground.height - np.median(ground.height[cells])) < alike
        if ground.area[cells].sum() >= least:
            found |= cells
    return found


def bed(basin: Basin, level: float) -> Bed:
    height, area = basin.ground.height, basin.ground.area
    known = basin.inside & ~basin.flat
    wet = known & (height < level)
    state = np.full(height.shape, LAND, dtype="uint8")
    for kind, cells in ((DRY, known & ~wet), (WET, wet), (FLAT, basin.flat)):
        state[cells] = kind
    areas = (float(area[cells].sum()) for cells in (basin.inside, known & ~wet, wet, basin.flat))
    return Bed(state, np.where(wet, level - height, 0.0), *areas)


def _patches(height: np.ndarray, alike: float) -> np.ndarray:
    """A number for each patch of cells whose neighbours are alike; 0 where no height is given.

    Cells stand at the even places of a grid of twice the size, and between two of them their likeness.
    """
    rows, columns = height.shape
    joined = np.zeros((2 * rows - 1, 2 * columns - 1), dtype=bool)
    joined[::2, ::2] = np.isfinite(height)
    joined[1::2, ::2] = np.abs(np.diff(height, axis=0)) < alike
    joined[::2, 1::2] = np.abs(np.diff(height, axis=1)) < alike
    return np.asarray(ndimage.label(joined)[0])[::2, ::2]
