"""NOAA ETOPO 2022 on 60 arc-seconds: heights of the ground above the EGM2008 geoid, in metres.

The answers are no time series but fields: a table of level, area and volume, or a coarser map of the ground.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import xarray as xr

from loaders.dataset.contract import QC_ATTRIBUTES
from loaders.errors import NotData, SchemaChanged
from loaders.formats import grid_file
from loaders.geometry import regions
from loaders.geometry.hypsometry import hypsometry
from loaders.tables.items import FieldRow
from loaders.tables.vocabulary import Flag
from loaders.transport import erddap
from loaders.transport.question import Held, Request

DATASET, VARIABLE = "ETOPO_2022_v1_60s", "z"
METRES = ("m", "meters", "metres")
SHARE_KNOWN = 0.99
# Of a map: two minutes of arc are 2.5 to 3.7 km here, and a screen shows no less.
CELL = 1 / 30
HALF = 0.5


def requests(rows: Sequence[FieldRow], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One map of each sea; the ground does not change, so the answer is nearly always "unchanged"."""
    seas = dict.fromkeys(_box(row) for row in rows)
    return [_request(box, [row for row in rows if _box(row) == box]) for box in seas]


def probe(rows: Sequence[FieldRow], *, today: date) -> Request:
    """The first sea's map: its table is derived from all of it."""
    return requests(rows, today=today, held={})[0]


def parse(raw: bytes, row: FieldRow) -> xr.Dataset:
    """The table or the map of ``row``, as ``loaders.dataset.fields`` has them.

    Raises SchemaChanged where the field is not of heights in metres, NotData where it has holes in the sea.
    """
    ground = grid_file.field(raw, VARIABLE)
    if ground.dims != ("latitude", "longitude") or str(ground.attrs["units"]) not in METRES:
        raise SchemaChanged("not a map of heights in metres")
    outline = regions.outlines()[row.place]
    share = regions.fractions(outline, ground["latitude"].values, ground["longitude"].values)
    known = float((share * np.isfinite(ground.values)).sum() / max(share.sum(), 1e-9))
    if known < SHARE_KNOWN:
        raise NotData(f"heights for {known:.0%} of {outline.label} only")
    return _table(ground, outline, row) if row.form == "levels" else _map(ground, share > 0, row)


def _table(ground: xr.DataArray, outline: regions.Outline, row: FieldRow) -> xr.Dataset:
    """Flags say where the area is none that the sea ever had, or none that it had lately."""
    lowest, highest = row.heights
    table = hypsometry(ground, outline, lowest=lowest, highest=highest)
    area = table["area"].values
    usual = (float(row.provider["suspect_below"]), float(row.provider["suspect_above"]))
    flags = np.where((area < usual[0]) | (area > usual[1]), Flag.SUSPECT, Flag.PASS)
    flags = np.where((area < row.area_km2[0]) | (area > row.area_km2[1]), Flag.FAIL, flags)
    return table.assign(qc=("level", flags.astype("int8"), QC_ATTRIBUTES))


def _map(ground: xr.DataArray, sea: np.ndarray, row: FieldRow) -> xr.Dataset:
    """The low ground that hangs together with the sea: a dry hollow elsewhere holds no water of it."""
    from scipy import ndimage

    highest = row.heights[1]
    low = ground.values <= highest
    parts, _ = ndimage.label(low)
    kept = ground.where(low & np.isin(parts, np.unique(parts[low & sea])))
    step = max(1, round(CELL / float(np.diff(ground["latitude"].values).mean())))
    cells = kept.coarsen(latitude=step, longitude=step, boundary="trim")
    heights = cells.mean().where(cells.count() >= HALF * step**2).astype("float32")
    heights.attrs = {"units": "m", "long_name": "height of the ground", "standard_name": "surface_altitude"}
    words = {
        "coarsened": f"means of {step} by {step} cells of the source",
        "left_out": f"ground above {highest:g} m, and hollows that do not hang together with the sea",
    }
    return xr.Dataset({"height": heights}, attrs=words)


def _box(row: FieldRow) -> regions.Box:
    south, north, west, east = (float(row.provider[side]) for side in ("south", "north", "west", "east"))
    return regions.Box(south, north, west, east)


def _request(box: regions.Box, rows: Sequence[FieldRow]) -> Request:
    return erddap.request(DATASET, VARIABLE, [], box, [row.id for row in rows], northwards=True)
