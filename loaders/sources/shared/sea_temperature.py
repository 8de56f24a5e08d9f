"""From daily fields of surface temperature on an ERDDAP server to monthly means of the sea, for all products.

The mean weighs each cell with its area inside the outline. A day counts from nine tenths of the usual cells
on, a month from four fifths of its days on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import xarray as xr

from loaders.errors import NotData, SchemaChanged
from loaders.formats import grid_file
from loaders.geometry import regions
from loaders.sources.shared import daily
from loaders.tables.items import Series
from loaders.transport import erddap
from loaders.transport.question import Held, Request
from loaders.transport.spans import whole_month

FIRST_DAYS = 365
OVERLAP = 1
SHARE_OF_CELLS = 0.9
SHARE_OF_DAYS = 0.8
# Half of the 0.25 degrees between the points asked for.
MARGIN = 0.125


@dataclass(frozen=True)
class Product:
    """How one product is asked for: ``depth`` is the span of an axis between time and latitude, if any."""

    dataset: str
    variable: str
    since: date
    northwards: bool
    depth: str = ""
    stride: int = 1


def requests(product: Product, rows: Sequence[Series], held: Mapping[str, Held]) -> list[Request]:
    """The newest year at first; then the newest months, and one year before what is stored, in each run."""
    asked = erddap.months(rows, held, since=product.since, overlap=OVERLAP)
    if not asked:
        return [_request(product, rows, erddap.newest(FIRST_DAYS))]
    return [_request(product, rows, _days(first, last)) for first, last in asked]


def probe(product: Product, rows: Sequence[Series], today: date) -> Request:
    """One whole month."""
    return _request(product, rows[:1], _days(*whole_month(today)))


def parse(product: Product, raw: bytes, row: Series) -> xr.Dataset:
    """Monthly ``value(time)`` at the first day of the month in the stated unit, and ``n_cells(time)``.

    ``n_cells`` is the smallest number of cells of a day that counts; ``note`` says it in words. Raises
    NotData where the sea has no temperature, SchemaChanged where the field does not cover it.
    """
    field = grid_file.field(raw, product.variable)
    if "time" not in field.dims:
        raise SchemaChanged("a field without times")
    weights = _weights(field, row)
    means, counts = regions.weighted_mean(field.values, weights)
    needed = SHARE_OF_CELLS * float(row.provider["cells"])
    if counts.max(initial=0) < needed:
        raise NotData(
            f"at most {counts.max(initial=0)} of the usual {row.provider['cells']} cells have a value"
        )
    means[counts < needed] = np.nan
    daily.require_values(means)
    days = field["time"].values.astype("datetime64[D]")
    found = daily.monthly(days, means, str(field.attrs["units"]), share=SHARE_OF_DAYS)
    used = [_used(days, means, counts, month) for month in found["time"].values.astype("datetime64[M]")]
    return found.assign(
        n_cells=("time", np.array([cells for cells, _ in used], dtype="int32")),
        note=("time", np.array([f"{cells} cells on {number} days" for cells, number in used])),
    )


def _request(product: Product, rows: Sequence[Series], times: str) -> Request:
    return erddap.request(
        product.dataset,
        product.variable,
        [times, product.depth],
        _around(rows[0]),
        [row.id for row in rows],
        northwards=product.northwards,
        stride=product.stride,
    )


def _around(row: Series) -> regions.Box:
    """The box of the sea, drawn out to the centres of a grid of 0.25 degrees around it."""
    box = regions.box(regions.outlines()[row.place])
    south, west = (np.floor(edge * 4) / 4 - MARGIN for edge in (box.south, box.west))
    north, east = (np.ceil(edge * 4) / 4 + MARGIN for edge in (box.north, box.east))
    return regions.Box(float(south), float(north), float(west), float(east))


def _days(first: date, last: date | None) -> str:
    return erddap.span(f"{first}T12:00:00Z", f"{last}T12:00:00Z" if last else "last")


def _weights(field: xr.DataArray, row: Series) -> np.ndarray:
    latitudes, longitudes = field["latitude"].values, field["longitude"].values
    outline = regions.outlines()[row.place]
    box, edges = regions.box(outline), (regions.cell_edges(latitudes), regions.cell_edges(longitudes))
    south, north, west, east = edges[0][0], edges[0][-1], edges[1][0], edges[1][-1]
    if south > box.south or north < box.north or west > box.west or east < box.east:
        raise SchemaChanged(
            f"the field of {south:.2f}-{north:.2f} N {west:.2f}-{east:.2f} E is not the sea's"
        )
    return regions.sea_weights(outline, latitudes, longitudes)


def _used(days: np.ndarray, means: np.ndarray, counts: np.ndarray, month: np.datetime64) -> tuple[int, int]:
    """The smallest number of cells, and the number of days, that a month rests on."""
    inside = counts[(days.astype("datetime64[M]") == month) & np.isfinite(means)]
    return int(inside.min()), inside.size
