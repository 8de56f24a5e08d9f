"""Drawn shores of the two seas beside the published areas of their years (pure).

A drawing for maps of small scale is no survey: its area is that of the drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from loaders.geometry import regions
from loaders.geometry.regions import Outline


@dataclass(frozen=True)
class Published:
    """A published area (km2) of one year, and the series that holds it."""

    series: str
    year: int
    area: float


@dataclass(frozen=True)
class Drawn:
    """Shores drawn together as one date: ``area`` in km2, and published areas to set beside it."""

    key: str
    parts: tuple[Outline, ...]
    area: float
    published: tuple[Published, ...]


# What the drawing of the 2000s stands between: UNESCO's areas of the first and the last year of the decade.
BESIDE = {
    "aral-1960": (("aral",), (("aral-area-table", (1960,)),)),
    "aral-2000s": (("north-aral", "south-aral"), (("aral-area-unesco", (2000, 2009)),)),
    "caspian": (("caspian",), (("caspian-area-published", (2006, 2024)),)),
}
SEAS = {"aral": ("aral-1960", "aral-2000s"), "caspian": ("caspian",)}


def drawn(key: str, series: Mapping[str, xr.Dataset]) -> Drawn:
    """One dated drawing, with the published areas that are in the cache."""
    places, beside = BESIDE[key]
    parts = tuple(regions.outlines()[place] for place in places)
    published = [
        Published(name, year, area)
        for name, years in beside
        if name in series
        for year in years
        if (area := _in_year(series[name], year)) is not None
    ]
    return Drawn(key, parts, sum(map(regions.area_km2, parts)), tuple(published))


def nearest(area: float, dataset: xr.Dataset) -> Published:
    """The year whose published area comes nearest to that of a drawing."""
    at = int(np.argmin(np.abs(dataset["value"].values - area)))
    year = int(dataset["time"].values[at].astype("datetime64[Y]").astype(int)) + 1970
    return Published(dataset.attrs["series_id"], year, float(dataset["value"].values[at]))


def _in_year(dataset: xr.Dataset, year: int) -> float | None:
    """The value of a year with flag 1."""
    years = dataset["time"].values.astype("datetime64[Y]").astype(int) + 1970
    found = dataset["value"].values[(years == year) & (dataset["qc"].values == 1)]
    return float(found[0]) if found.size else None
