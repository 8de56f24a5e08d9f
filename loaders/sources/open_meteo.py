"""Open-Meteo archive: daily ERA5 at fixed points, made into months here; there is no monthly product.

One call asks for all points. A call weighs by points, variables and days, and a minute allows 600: each run
asks for the newest months and for one piece of the years that are still missing, back to 1991.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import xarray as xr

from loaders.catalogue import catalogue
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.json_text import read_json
from loaders.model import Held, Place, Request, Series

SINCE = date(1991, 1, 1)
FIRST_MONTHS = 24
WEIGHT_LIMIT = 550.0
# Half a cell is 0.125 degree; a cell on land taken for a point on the sea would be further away.
FARTHEST = 0.2
SHARE_OF_DAYS = 0.8
# Rain and evapotranspiration may truly be nought for weeks, but not for most of a year.
DRY_DAYS = 300
SUMS = ("precipitation", "evaporation")


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """The newest months of all points, then a piece of the years before what is stored, within the limit.

    Of series whose stored months begin differently the largest like group goes back first.
    """
    stored = [held[row.id] for row in rows if row.id in held]
    begin = _month(today, -FIRST_MONTHS)
    if stored:
        begin = _month(date.fromisoformat(min(item.newest for item in stored)[:10]), -1)
    asked = [_request(rows, begin, today - timedelta(days=1))]
    left = WEIGHT_LIMIT - _weight(rows, begin, today - timedelta(days=1))
    for first, group in _by_first_day(rows, held, begin):
        start = _back_to(group, first, left)
        if start < first:
            asked.append(_request(group, start, first - timedelta(days=1)))
            left -= _weight(group, start, first - timedelta(days=1))
    return asked


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One variable at one point for one whole month."""
    return _request(rows[:1], _month(today, -2), _month(today, -1) - timedelta(days=1))


def weight(locations: int, variables: int, days: int) -> float:
    """What a call costs of the minute's 600: per point 1, and each tenth of a variable more for two weeks."""
    share = variables / 10
    return locations * max(1.0, share, share * days / 14)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Monthly ``value(time)`` at the first day of the month, in the unit that the answer states.

    Only months with all their days count, and the last one from four fifths of its days on, as provisional.
    Raises NotData where nothing or only noughts came, SchemaChanged for another place, unit or variable.
    """
    location = _location(read_json(raw), catalogue().places[row.place])
    days, values, unit = _daily(location, str(row.provider["variable"]))
    _require_weather(values, row)
    months = days.astype("datetime64[M]")
    last = months[np.isfinite(values)][-1]
    found: list[tuple[np.datetime64, float, bool]] = []
    for month in np.unique(months):
        inside = values[(months == month) & np.isfinite(values)]
        length = int(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int))
        if inside.size == length or (month == last and inside.size >= SHARE_OF_DAYS * length):
            total = inside.sum() if row.indicator in SUMS else inside.mean()
            found.append((month, round(float(total), 4), inside.size < length))
    if not found:
        raise NotData("no whole month in the answer")
    return xr.Dataset(
        {
            "value": ("time", np.array([value for _, value, _ in found]), {"units": unit}),
            "provisional": ("time", np.array([unfinished for _, _, unfinished in found], dtype="int8")),
        },
        coords={"time": np.array([month for month, _, _ in found]).astype("datetime64[ns]")},
    )


def _month(day: date, offset: int) -> date:
    """The first day of the month ``offset`` months from that of ``day``."""
    months = day.year * 12 + day.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


def _by_first_day(
    rows: Sequence[Series], held: Mapping[str, Held], begin: date
) -> list[tuple[date, list[Series]]]:
    """Rows by the first month that is stored, or asked for in this run; the largest group first."""
    groups: dict[date, list[Series]] = {}
    for row in rows:
        first = date.fromisoformat(held[row.id].first[:10]) if row.id in held else begin
        groups.setdefault(_month(first, 0), []).append(row)
    return sorted(groups.items(), key=lambda item: -len(item[1]))


def _back_to(rows: Sequence[Series], first: date, left: float) -> date:
    """The earliest 1 January, not before 1991, from which the days up to ``first`` cost at most ``left``."""
    start = first
    while start > SINCE:
        earlier = date(start.year - (start.month == 1), 1, 1)
        if _weight(rows, earlier, first - timedelta(days=1)) > left:
            break
        start = earlier
    return start


def _weight(rows: Sequence[Series], start: date, end: date) -> float:
    variables = {row.provider["variable"] for row in rows}
    return weight(len({row.place for row in rows}), len(variables), (end - start).days + 1)


def _request(rows: Sequence[Series], start: date, end: date) -> Request:
    """One call for all points and variables of ``rows``.

    Without ``models`` the answer mixes models from 2017 on; without ``cell_selection`` a point on the coast
    moves inland; ``elevation=nan`` turns off a correction that does not know a sea below zero.
    """
    places = [catalogue().places[name] for name in dict.fromkeys(row.place for row in rows)]
    query = {
        "latitude": ",".join(str(place.latitude) for place in places),
        "longitude": ",".join(str(place.longitude) for place in places),
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


def _location(answer: Any, place: Place) -> dict[str, Any]:
    """The answer for ``place``: one point comes as an object, several as a list in the order asked."""
    found = answer if isinstance(answer, list) else [answer]
    if not found or not all(isinstance(item, dict) for item in found):
        raise BadFormat("neither an object nor a list of objects")
    if found[0].get("error"):
        raise BadFormat(f"the source says: {str(found[0].get('reason'))[:80]}")
    try:
        nearest = min(found, key=lambda item: _apart(item, place))
        apart = _apart(nearest, place)
    except (KeyError, TypeError, ValueError):
        raise BadFormat("a point without coordinates") from None
    if not apart <= FARTHEST:
        raise SchemaChanged(f"the nearest point of the answer is {apart:.2f} degrees from {place.id}")
    if nearest.get("utc_offset_seconds") != 0:
        raise SchemaChanged("the days are not those of UTC")
    return nearest


def _apart(item: dict[str, Any], place: Place) -> float:
    if place.latitude is None or place.longitude is None:
        raise ValueError(place.id)
    return max(abs(float(item["latitude"]) - place.latitude), abs(float(item["longitude"]) - place.longitude))


def _daily(location: dict[str, Any], variable: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Days, values with NaN for null, and the stated unit of ``variable``."""
    daily, units = location.get("daily"), location.get("daily_units")
    if not isinstance(daily, dict) or not isinstance(units, dict):
        raise BadFormat("a point without daily values or units")
    if variable not in daily or not isinstance(units.get(variable), str):
        raise SchemaChanged(f"no {variable} or no unit of it in the answer")
    times, numbers = daily.get("time"), daily[variable]
    if not isinstance(times, list) or not isinstance(numbers, list):
        raise BadFormat(f"days or {variable} are no list")
    if len(times) != len(numbers):
        raise Truncated(f"{len(numbers)} values of {variable} for {len(times)} days")
    try:
        days = np.array([date.fromisoformat(day) for day in times], dtype="datetime64[D]")
    except (TypeError, ValueError):
        raise BadFormat("a day that is no date") from None
    if np.any(np.diff(days) != np.timedelta64(1, "D")):
        raise BadFormat("days that do not follow one another")
    if any(isinstance(item, bool) or not isinstance(item, int | float | None) for item in numbers):
        raise BadFormat(f"a value of {variable} that is no number")
    return (
        days,
        np.array([np.nan if item is None else item for item in numbers], dtype="float64"),
        units[variable],
    )


def _require_weather(values: np.ndarray, row: Series) -> None:
    """Raise NotData for no value, and for noughts alone: a masked model answers so."""
    known = values[np.isfinite(values)]
    if not known.size:
        raise NotData("no value at this point")
    if not known.any() and (row.indicator not in SUMS or known.size >= DRY_DAYS):
        raise NotData("noughts only: no data at this point")
