"""Open-Meteo flood: daily discharge of the GloFAS model on a grid of 0.05 degree, made into months here.

A point beside the river answers with noughts or a trickle. Each row names the cell of the channel and the
bracket that its long-term mean must keep; ``channel_cells`` finds the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import xarray as xr

from loaders.errors import NotData, SchemaChanged
from loaders.formats.json_text import read_json
from loaders.sources.shared.daily import location, monthly, points, require_values, values_of
from loaders.tables.items import Series
from loaders.transport.question import Held, Request
from loaders.transport.spans import pieces, whole_month

SINCE = date(1984, 1, 1)
CELL = 0.05
# Half a cell, and the noise of 32-bit coordinates; the next cell is 0.05 degree away.
FARTHEST = 0.04
YEAR = 365
# One season of a river that freezes or floods may be so many times below or above its long-term mean.
SEASON = 10.0
# The reanalysis ends with July 2022.
STITCHED_FROM = np.datetime64("2022-08-01", "ns")
STITCHED = "GloFAS forecasts joined on after the end of the reanalysis in July 2022: a possible break"
# Whole years of the reanalysis; 25 cells of them weigh 522 of the 600 that a minute allows.
SEARCHED = (date(2014, 1, 1), date(2021, 12, 31))


@dataclass(frozen=True)
class Cell:
    """One cell of the grid and its mean discharge in m3/s."""

    latitude: float
    longitude: float
    mean: float


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """The newest months of all rivers, then a piece of the years before what is stored, back to 1984."""
    return [
        _request([_at(row) for row in group], start, end, tuple(row.id for row in group))
        for group, start, end in pieces(rows, today=today, held=held, since=SINCE)
    ]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One river for one whole month."""
    return _request([_at(rows[0])], *whole_month(today), (rows[0].id,))


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Monthly mean ``value(time)`` in m3/s; ``note`` marks the months after the reanalysis.

    Only months with all their days count, and the last one from four fifths of its days on, as provisional.
    Raises NotData for noughts alone and where the mean leaves the row's bracket: a point off the channel.
    """
    point = location(read_json(raw), _at(row), name=f"the channel cell of {row.place}", farthest=FARTHEST)
    days, values, unit = values_of(point, "daily", str(row.provider["variable"]))
    if unit != "m³/s":
        raise SchemaChanged(f"discharge in {unit[:20]!r}, not m³/s")
    require_values(values)
    _require_channel(values, row)
    dataset = monthly(days, values, unit)
    stitched = dataset["time"].values >= STITCHED_FROM
    return dataset.assign(note=("time", np.where(stitched, STITCHED, "")))


def channel_cells(row: Series, ask: Callable[[Request], bytes]) -> list[Cell]:
    """The 5 x 5 cells around the row's point in one call, the largest long-term mean first.

    ``ask`` fetches a request; cells without a value are left out. For maintainers: the first cell goes into
    the row. Raises NotData where no cell has water.
    """
    latitude, longitude = _at(row)
    steps = [round(step * CELL, 3) for step in (-2, -1, 0, 1, 2)]
    around = [(round(latitude + north, 3), round(longitude + east, 3)) for north in steps for east in steps]
    found = []
    for point in points(read_json(ask(_request(around, *SEARCHED, (row.id,))))):
        _, values, _ = values_of(point, "daily", str(row.provider["variable"]))
        if np.isfinite(values).any():
            mean = round(float(np.nanmean(values)), 2)
            found.append(Cell(round(float(point["latitude"]), 3), round(float(point["longitude"]), 3), mean))
    if not any(cell.mean for cell in found):
        raise NotData(f"no water in the 25 cells around {row.place}")
    return sorted(found, key=lambda cell: -cell.mean)


def _at(row: Series) -> tuple[float, float]:
    return float(row.provider["latitude"]), float(row.provider["longitude"])


def _require_channel(values: np.ndarray, row: Series) -> None:
    """Raise NotData where the mean is not that of the river; a part of a year is judged less strictly."""
    known = values[np.isfinite(values)]
    low, high = float(row.provider["mean_low"]), float(row.provider["mean_high"])
    if known.size < YEAR:
        low, high = low / SEASON, high * SEASON
    mean = float(known.mean())
    if not low <= mean <= high:
        raise NotData(
            f"mean of {mean:.1f} m3/s is outside {low:g} to {high:g}: not the channel of {row.place}"
        )


def _request(at: Sequence[tuple[float, float]], start: date, end: date, series: tuple[str, ...]) -> Request:
    """One call for all points; without dates the answer would be three months of forecast."""
    query = {
        "latitude": ",".join(str(latitude) for latitude, _ in at),
        "longitude": ",".join(str(longitude) for _, longitude in at),
        "daily": "river_discharge",
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
        "timezone": "GMT",
        "models": "seamless_v4",
        "cell_selection": "nearest",
    }
    return Request("flood?" + "&".join(f"{key}={value}" for key, value in query.items()), series)
