"""NASA POWER: monthly MERRA-2 weather at a point, one GeoJSON feature per call with all its parameters.

Keys run YYYY01 to YYYY13: the thirteenth is the year. The monthly service ends with the last whole year.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.formats.json_text import read_json
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

FIRST_YEAR = 1981
# The last year is added some weeks after its end.
LATE = timedelta(days=90)
# Half a box is 0.3125 degree of longitude.
FARTHEST = 0.32
MONTH = re.compile(r"(19|20)\d\d(0[1-9]|1[0-3])")
ANNUAL = "13"
FILL = -999.0


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One call per point for all its parameters; MERRA-2 is reprocessed, so always all years."""
    by_place: dict[str, list[Series]] = {}
    for row in rows:
        by_place.setdefault(row.place, []).append(row)
    return [_request(group, FIRST_YEAR, _last_year(today)) for group in by_place.values()]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One parameter at one point for one year."""
    return _request(rows[:1], _last_year(today), _last_year(today))


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Monthly ``value(time)`` at the first day of the month, in the unit that the answer states.

    Rain comes as a mean in mm/day and leaves as the month's sum in mm. Months without a value at the end
    are left out; between others they are NaN with flag 9. Raises NotData where nothing or only noughts came.
    """
    answer = _feature(read_json(raw))
    _require_place(answer, row)
    name = str(row.provider["parameter"])
    unit = _unit(answer, name)
    months, values = _months(answer, name)
    if not np.nan_to_num(values).any():
        raise NotData("no value at this point" if np.isnan(values).all() else "noughts only at this point")
    if unit == "mm/day":
        lengths = [calendar.monthrange(month.year, month.month)[1] for month in months.tolist()]
        values, unit = np.round(values * lengths, 4), "mm"
    newest = int(np.flatnonzero(np.isfinite(values))[-1]) + 1
    values = values[:newest]
    version = (answer["header"].get("api") or {}).get("version")
    return xr.Dataset(
        {
            "value": ("time", values, {"units": unit}),
            "qc": ("time", np.where(np.isnan(values), Flag.MISSING, Flag.PASS).astype("int8")),
        },
        coords={"time": months[:newest].astype("datetime64[ns]")},
        attrs={"provider_version": f"POWER {version}"} if isinstance(version, str) else {},
    )


def _last_year(today: date) -> int:
    return (today - LATE).year - 1


def _request(rows: Sequence[Series], first: int, last: int) -> Request:
    """``start`` and ``end`` are years; without ``time-standard`` the days would be those of the sun."""
    latitude, longitude = _at(rows[0])
    query = {
        "parameters": ",".join(dict.fromkeys(str(row.provider["parameter"]) for row in rows)),
        "community": "ag",
        "latitude": latitude,
        "longitude": longitude,
        "start": first,
        "end": last,
        "format": "JSON",
        "time-standard": "UTC",
    }
    path = "temporal/monthly/point?" + "&".join(f"{key}={value}" for key, value in query.items())
    return Request(path, tuple(row.id for row in rows))


def _at(row: Series) -> tuple[float, float]:
    place = catalogue().places[row.place]
    assert place.latitude is not None
    assert place.longitude is not None
    return place.latitude, place.longitude


def _feature(answer: Any) -> dict[str, Any]:
    """The answer, where it is one point with data; else the provider's own message as BadFormat."""
    if not isinstance(answer, dict):
        raise BadFormat("not an object")
    if "properties" not in answer:
        said = answer.get("messages", answer.get("message", answer.get("header")))
        words = said[0] if isinstance(said, list) and said else said
        raise BadFormat(f"the source says: {str(words)[:120]}")
    for part in ("properties", "geometry", "header", "parameters"):
        if not isinstance(answer.get(part), dict):
            raise BadFormat(f"a point without {part}")
    return answer


def _require_place(answer: dict[str, Any], row: Series) -> None:
    latitude, longitude = _at(row)
    try:
        east, north = (float(number) for number in answer["geometry"]["coordinates"][:2])
    except (KeyError, TypeError, ValueError):
        raise BadFormat("a point without coordinates") from None
    apart = max(abs(north - latitude), abs(east - longitude))
    if not apart <= FARTHEST:
        raise SchemaChanged(f"the point of the answer is {apart:.2f} degrees from {row.place}")
    standard = answer["header"].get("time_standard", "UTC")
    if standard != "UTC":
        raise SchemaChanged(f"the days are those of {str(standard)[:20]}, not of UTC")
    if answer["header"].get("fill_value") != FILL:
        raise SchemaChanged(f"missing is written {str(answer['header'].get('fill_value'))[:20]}, not {FILL}")


def _unit(answer: dict[str, Any], name: str) -> str:
    about = answer["parameters"].get(name)
    if not isinstance(about, dict) or not isinstance(about.get("units"), str):
        raise SchemaChanged(f"no {name} or no unit of it in the answer")
    return about["units"]


def _months(answer: dict[str, Any], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Months in order without a gap, and values with NaN for the fill; the key of the year is left out."""
    table = answer["properties"].get("parameter")
    found = table.get(name) if isinstance(table, dict) else None
    if not isinstance(found, dict) or not found:
        raise SchemaChanged(f"no {name} in the answer")
    for key, value in found.items():
        if not MONTH.fullmatch(key):
            raise BadFormat(f"no month in {key[:20]!r}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadFormat(f"no number in the value of {key}")
    keys = sorted(key for key in found if key[4:] != ANNUAL)
    if not keys:
        raise NotData("yearly values only")
    months = np.array([f"{key[:4]}-{key[4:]}" for key in keys], dtype="datetime64[M]")
    if np.any(np.diff(months).astype(int) != 1):
        raise Truncated(f"months of {name} are missing between {keys[0]} and {keys[-1]}")
    values = np.array([float(found[key]) for key in keys])
    return months, np.where(values == FILL, np.nan, values)
