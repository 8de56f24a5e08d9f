"""Open-Meteo air quality: hourly dust of the CAMS global model, cells of 0.4 degree, made into months here.

The model gives every third hour; the service fills in the hours between. Nothing is older than August 2022.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import xarray as xr

from loaders.errors import SchemaChanged
from loaders.formats.json_text import read_json
from loaders.sources.shared.daily import SHARE_OF_DAYS, location, monthly, require_values, values_of
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.transport.question import Held, Request
from loaders.transport.spans import whole_month

SINCE = date(2022, 8, 1)
# Half a cell is 0.2 degree.
FARTHEST = 0.25
HOURS = 24
# The service writes the Greek letter mu where others have the micro sign; both fold into this.
UNIT = unicodedata.normalize("NFKC", "µg/m³")


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """All points and all hours in one call, which weighs about 12 a point and is revised as a whole."""
    return [_request(rows, SINCE, today - timedelta(days=1))]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One point for one whole month."""
    return _request(rows[:1], *whole_month(today))


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Monthly mean ``value(time)`` in ug m-3, from the days that have all 24 hours.

    A month counts from four fifths of its days on; the last one is provisional until it is whole.
    Raises NotData where nothing or only noughts came, SchemaChanged for another place, unit or variable.
    """
    point = location(read_json(raw), _at(row), name=row.place, farthest=FARTHEST)
    hours, values, unit = values_of(point, "hourly", str(row.provider["variable"]))
    if unicodedata.normalize("NFKC", unit) != UNIT:
        raise SchemaChanged(f"dust in {unit[:20]!r}, not µg/m³")
    require_values(values)
    return monthly(*_days(hours, values), row.unit, share=SHARE_OF_DAYS)


def _days(hours: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Daily means; a day without all its hours is NaN."""
    days, where = np.unique(hours.astype("datetime64[D]"), return_inverse=True)
    known = np.isfinite(values)
    count = np.bincount(where, weights=known, minlength=days.size)
    total = np.bincount(where, weights=np.where(known, values, 0.0), minlength=days.size)
    return days, np.where(count == HOURS, total / HOURS, np.nan)


def _at(row: Series) -> tuple[float, float]:
    place = catalogue().places[row.place]
    assert place.latitude is not None
    assert place.longitude is not None
    return place.latitude, place.longitude


def _request(rows: Sequence[Series], start: date, end: date) -> Request:
    places = {row.place: _at(row) for row in rows}
    query = {
        "latitude": ",".join(str(latitude) for latitude, _ in places.values()),
        "longitude": ",".join(str(longitude) for _, longitude in places.values()),
        "hourly": ",".join(dict.fromkeys(str(row.provider["variable"]) for row in rows)),
        "domains": "cams_global",
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
        "timezone": "GMT",
        "cell_selection": "nearest",
    }
    path = "air-quality?" + "&".join(f"{key}={value}" for key, value in query.items())
    return Request(path, tuple(row.id for row in rows))
