"""A made-up ground of the Caspian on the grid of ETOPO 2022: its true outline, a flat north, a deep rest.

Depth grows with the distance from the drawn shore, which stands at -27 m: by 6 cm a kilometre in the north,
whose mean depth of some metres it so gets, and by 4 m a kilometre elsewhere, down to 760 m.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import distance_transform_edt

from loaders.geometry import regions

from . import erddap

SHORE, NORTH, DEEPEST = -27.0, 44.4, -760.0
FLAT, STEEP, PLAIN = 0.06, 4.0, 0.12  # metres a kilometre


def axes(step: float = 1 / 30) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(36.0, 47.5 + step / 2, step), np.arange(46.0, 55.0 + step / 2, step)


def heights(latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """Metres above EGM2008, dims latitude, longitude."""
    north_km = 111.2 * float(latitudes[1] - latitudes[0])
    east_km = north_km * np.cos(np.radians(42.0))
    places = [regions.outlines()[name] for name in ("caspian", "kara-bogaz")]
    wet = np.any([regions.contains(one, latitudes[:, None], longitudes[None, :]) for one in places], axis=0)
    inside = distance_transform_edt(wet, sampling=(north_km, east_km))
    outside = distance_transform_edt(~wet, sampling=(north_km, east_km))
    flat = (latitudes > NORTH)[:, None]
    bed = np.maximum(SHORE - inside * np.where(flat, FLAT, STEEP), DEEPEST)
    return np.where(wet, bed, SHORE + outside * np.where(flat, PLAIN, STEEP))


def body(step: float = 1 / 30) -> bytes:
    """The answer of the server."""
    latitudes, longitudes = axes(step)
    form = {"latitudes": latitudes, "longitudes": longitudes, "units": "m", "fill": -99999.0}
    return erddap.grid("z", heights(latitudes, longitudes), times=None, **form)
