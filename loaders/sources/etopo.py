"""NOAA ETOPO 2022 on 60 arc-seconds: heights of the ground, made into the Caspian's level-area-volume table.

Heights count from the EGM2008 geoid. The answer is no time series: ``parse`` gives a table by ``level``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import xarray as xr

from loaders import erddap, grid_file, regions
from loaders.errors import NotData, SchemaChanged
from loaders.hypsometry import at_level, hypsometry
from loaders.model import Flag, Held, Request, Series

DATASET, VARIABLE = "ETOPO_2022_v1_60s", "z"
AREA = regions.Box(36.0, 47.5, 46.0, 55.0)
LOWEST, HIGHEST = -40.0, -25.0
# Areas of the whole sea in km2: what no year of the record came near, and what no recent one did.
FAIL, SUSPECT = (300_000.0, 430_000.0), (340_000.0, 395_000.0)
# The level of the years after 2020, which every curve must be able to tell.
TODAY = -28.3
SHARE_KNOWN = 0.99


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """The ground does not change: asked once."""
    return [_request(rows)] if any(row.id not in held for row in rows) else []


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The same field: there is no smaller table."""
    return _request(rows)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """``area(level)`` km2, ``volume(level)`` km3 and ``qc(level)`` from -40 to -25 m above EGM2008, by 0.1 m.

    Raises SchemaChanged where the field is not the sea's ground in metres, NotData where it has holes.
    """
    field = grid_file.field(raw, VARIABLE)
    if field.dims != ("latitude", "longitude") or str(field.attrs["units"]) not in ("m", "meters", "metres"):
        raise SchemaChanged("not a map of heights in metres")
    outline = regions.outlines()[row.place]
    share = regions.fractions(outline, field["latitude"].values, field["longitude"].values)
    known = float((share * np.isfinite(field.values)).sum() / max(share.sum(), 1e-9))
    if known < SHARE_KNOWN:
        raise NotData(f"heights for {known:.0%} of {outline.label} only")
    table = hypsometry(field, outline, lowest=LOWEST, highest=HIGHEST)
    area, usual = table["area"].values, at_level(table, TODAY)
    if not FAIL[0] <= usual <= FAIL[1]:
        raise SchemaChanged(f"at {TODAY} m this ground would hold a sea of {usual:,.0f} km2")
    flags = np.where((area < SUSPECT[0]) | (area > SUSPECT[1]), Flag.SUSPECT, Flag.PASS)
    flags = np.where((area < FAIL[0]) | (area > FAIL[1]), Flag.FAIL, flags).astype("int8")
    table.attrs |= {"datum_note": "metres above the EGM2008 geoid", "kind": "derived"}
    return table.assign(qc=("level", flags))


def _request(rows: Sequence[Series]) -> Request:
    return erddap.request(DATASET, VARIABLE, [], AREA, [row.id for row in rows], northwards=True)
