"""NOAA VIIRS chlorophyll-a, monthly on 0.0375 degrees, as the median of a part of the Caspian.

Algorithms of the open ocean read the shallow turbid north too high: only the Middle and South are made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import xarray as xr

from loaders.errors import NotData, SchemaChanged
from loaders.formats import grid_file
from loaders.geometry import regions
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport import erddap
from loaders.transport.question import Held, Request

DATASET, VARIABLE = "noaacwNPPVIIRSchlaMonthly", "chlor_a"
SINCE = date(2018, 2, 1)
# What a month usually holds is told by a year of them.
FIRST_MONTHS, OVERLAP = 12, 11
SHARE_OF_CELLS = 0.2
MARGIN = 0.1


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """The newest year, then one year further back in each run; one call serves all parts of the sea."""
    asked = erddap.months(rows, held, since=SINCE, overlap=OVERLAP)
    if not asked:
        return [_request(rows, erddap.newest(FIRST_MONTHS))]
    return [_request(rows, erddap.span(_middle(first), _middle(last))) for first, last in asked]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The two newest months."""
    return _request(rows, erddap.newest(2))


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Monthly ``value(time)``, the median of the cells with a value, and their number ``n_cells(time)``.

    A month with less than a fifth of the cells that the fullest month of the answer has is suspect; one
    without any is left out. Raises NotData where no month has one, SchemaChanged for another field.
    """
    field = grid_file.field(raw, VARIABLE)
    if "time" not in field.dims:
        raise SchemaChanged("a field without times")
    outline = regions.outlines()[row.place]
    inside = regions.sea_weights(outline, field["latitude"].values, field["longitude"].values) > 0
    cells = field.values[:, inside]
    counts = np.isfinite(cells).sum(axis=1)
    known = counts > 0
    if not known.any():
        raise NotData(f"no value over {outline.label}")
    values = np.nanmedian(cells[known], axis=1)
    if not values.any():
        raise NotData("noughts only: no data over this part of the sea")
    few = counts[known] < SHARE_OF_CELLS * counts.max()
    months = field["time"].values[known].astype("datetime64[M]")
    return xr.Dataset(
        {
            "value": ("time", np.round(values, 5), {"units": str(field.attrs["units"])}),
            "qc": ("time", np.where(few, Flag.SUSPECT, Flag.PASS).astype("int8")),
            "n_cells": ("time", counts[known].astype("int32")),
            "note": ("time", np.array([f"median of {count} cells" for count in counts[known]])),
        },
        coords={"time": months.astype("datetime64[ns]")},
    )


def _request(rows: Sequence[Series], times: str) -> Request:
    boxes = [regions.box(regions.outlines()[row.place]) for row in rows]
    area = regions.Box(
        round(min(box.south for box in boxes) - MARGIN, 3),
        round(max(box.north for box in boxes) + MARGIN, 3),
        round(min(box.west for box in boxes) - MARGIN, 3),
        round(max(box.east for box in boxes) + MARGIN, 3),
    )
    names = [row.id for row in rows]
    return erddap.request(DATASET, VARIABLE, [times, erddap.span("0.0")], area, names, northwards=False)


def _middle(day: date | None) -> str:
    """A month stands at its middle."""
    return f"{day:%Y-%m}-15T12:00:00Z" if day else "last"
