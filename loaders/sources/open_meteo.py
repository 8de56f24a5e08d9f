"""Open-Meteo archive: daily ERA5 at fixed points, made into months here; there is no monthly product.

One call asks for all points. Each run asks for the newest months and for one piece of the years that are
still missing, back to 1991.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import xarray as xr

from loaders.formats.json_text import read_json
from loaders.sources.shared.daily import location, monthly, require_values, values_of
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.transport.question import Held, Request
from loaders.transport.spans import pieces, whole_month

SINCE = date(1991, 1, 1)
# Half a cell is 0.125 degree; a cell on land taken for a point on the sea would be further away.
FARTHEST = 0.2
# Rain and evapotranspiration may truly be nought for weeks, but not for most of a year.
DRY_DAYS = 300
SUMS = ("precipitation", "evaporation")


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """The newest months of all points, then a piece of the years before what is stored."""
    return [_request(*piece) for piece in pieces(rows, today=today, held=held, since=SINCE)]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One variable at one point for one whole month."""
    return _request(rows[:1], *whole_month(today))


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Monthly ``value(time)`` at the first day of the month, in the unit that the answer states.

    Only months with all their days count, and the last one from four fifths of its days on, as provisional.
    Raises NotData where nothing or only noughts came, SchemaChanged for another place, unit or variable.
    """
    point = location(read_json(raw), _at(row), name=row.place, farthest=FARTHEST)
    days, values, unit = values_of(point, "daily", str(row.provider["variable"]))
    total = row.indicator in SUMS
    dry = total and np.isfinite(values).sum() < DRY_DAYS
    require_values(values, noughts_are_real=bool(dry))
    return monthly(days, values, unit, total=total)


def _at(row: Series) -> tuple[float, float]:
    place = catalogue().places[row.place]
    assert place.latitude is not None
    assert place.longitude is not None
    return place.latitude, place.longitude


def _request(rows: Sequence[Series], start: date, end: date) -> Request:
    """One call for all points and variables of ``rows``.

    Without ``models`` the answer mixes models from 2017 on; without ``cell_selection`` a point on the coast
    moves inland; ``elevation=nan`` turns off a correction that does not know a sea below zero.
    """
    places = {row.place: _at(row) for row in rows}
    query = {
        "latitude": ",".join(str(latitude) for latitude, _ in places.values()),
        "longitude": ",".join(str(longitude) for _, longitude in places.values()),
        "elevation": ",".join("nan" for _ in places),
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
        "daily": ",".join(dict.fromkeys(str(row.provider["variable"]) for row in rows)),
        "timezone": "GMT",
        "models": "era5",
        "cell_selection": "nearest",
        "wind_speed_unit": "ms",
    }
    path = "archive?" + "&".join(f"{key}={value}" for key, value in query.items())
    return Request(path, tuple(row.id for row in rows))
