"""A made-up ground of the Aral on the grid of ETOPO 2022: its shore of 1960, terraces, water in the lows.

The bed falls from the drawn shore, which stands at 53 m, in terraces of 4 m: each a gentle tread and a steep
riser. Water fills it up to 42 m in the north and to 29 m in the south, as a flat plane; so small waves of the
ground that no two cells of it are alike by the run of the shore.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import distance_transform_edt

from loaders.geometry import regions

from . import erddap

SHORE, NORTH, SOUTH = 53.0, 42.0, 29.0
PARTING = 46.05  # latitude
TREAD, RISE = 4.0, 0.3  # m of a terrace, and how much of it its tread takes
STEEP, FLAT, PLAIN = 1.6, 0.4, 0.25  # metres a kilometre: in the north, in the south, outside


def axes(step: float = 1 / 60) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(43.0, 47.5 + step / 2, step), np.arange(57.5, 62.5 + step / 2, step)


def bed(latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """The ground without its water, m above EGM2008, dims latitude, longitude."""
    north_km = 111.2 * float(latitudes[1] - latitudes[0])
    east_km = north_km * np.cos(np.radians(45.0))
    wet = regions.contains(regions.outlines()["aral"], latitudes[:, None], longitudes[None, :])
    inside = distance_transform_edt(wet, sampling=(north_km, east_km))
    outside = distance_transform_edt(~wet, sampling=(north_km, east_km))
    fall = inside * np.where(latitudes > PARTING, STEEP, FLAT)[:, None] / TREAD
    part = fall % 1
    shaped = np.where(part < 0.7, part / 0.7 * RISE, RISE + (part - 0.7) / 0.3 * (1 - RISE))
    waves = 0.3 * np.sin(40 * latitudes)[:, None] * np.sin(31 * longitudes)[None, :]
    return np.where(wet, SHORE - 0.4 - TREAD * (fall - part + shaped) + waves, SHORE + PLAIN * outside)


def heights(latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """The ground as the model shows it: nothing below the water's surface."""
    return np.maximum(bed(latitudes, longitudes), np.where(latitudes > PARTING, NORTH, SOUTH)[:, None])


def body(step: float = 1 / 60) -> bytes:
    """The answer of the server."""
    latitudes, longitudes = axes(step)
    form = {"latitudes": latitudes, "longitudes": longitudes, "units": "m", "fill": -99999.0}
    return erddap.grid("z", heights(latitudes, longitudes), times=None, **form)
