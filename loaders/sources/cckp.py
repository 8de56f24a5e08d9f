"""World Bank Climate Change Knowledge Portal: yearly country means, observed (CRU) and projected (CMIP6).

The answer holds a mapping of years for each country and says nothing of units or version: both stand in the
code that is asked, which changes every spring.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, NoValue, SchemaChanged, Truncated
from loaders.formats.json_text import read_json
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

# A year is stamped with its July.
YEAR = re.compile(r"((?:19|20|21)\d\d)-07", re.ASCII)
# Degrees; a country's mean in kelvin is above, and no country's in degrees is.
KELVIN_FROM = 150.0


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One call per code for all its countries; the older code is asked where the newer is not there yet."""
    by_code: dict[str, list[Series]] = {}
    for row in rows:
        by_code.setdefault(str(row.provider["code"]), []).append(row)
    return [_request(group) for group in by_code.values()]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One code for one country."""
    return _request(rows[:1])


def more(raw: bytes, request: Request) -> Request | None:
    """The older code, where the newer gave an answer without data."""
    answer = read_json(raw)
    if not request.instead or not isinstance(answer, dict) or answer.get("data"):
        return None
    return Request(request.instead, request.series, request.headers)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Yearly ``value(time)`` at 1 January in degC or mm; null between years is NaN with flag 9.

    Raises NoValue where every year is null, NotData for noughts alone, Truncated for a year that is left
    out, SchemaChanged for months or kelvin.
    """
    found = _country(read_json(raw), str(row.provider["iso3"]))
    points = sorted((_year(key), _value(key, value)) for key, value in found.items())
    years = np.array([year for year, _ in points])
    values = np.array([value for _, value in points])
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        raise NoValue(f"no value for {row.provider['iso3']}")
    if not values[known].any():
        raise NotData(f"noughts only for {row.provider['iso3']}")
    if np.any(np.diff(years) != 1):
        raise Truncated(f"years are missing between {years[0]} and {years[-1]}")
    if row.indicator == "air-temperature" and np.median(values[known]) > KELVIN_FROM:
        raise SchemaChanged(f"a year of {values[known][0]:g} is in kelvin, not in degrees")
    inside = slice(known[0], known[-1] + 1)
    values = values[inside]
    return xr.Dataset(
        {
            "value": ("time", values, {"units": str(row.provider["unit"])}),
            "qc": ("time", np.where(np.isnan(values), Flag.MISSING, Flag.PASS).astype("int8")),
        },
        coords={"time": np.array([f"{year}-01-01" for year in years[inside]], dtype="datetime64[ns]")},
    )


def _request(rows: Sequence[Series]) -> Request:
    countries = ",".join(dict.fromkeys(str(row.provider["iso3"]) for row in rows))
    codes = [str(rows[0].provider[key]) for key in ("code", "older") if key in rows[0].provider]
    paths = [f"{code}/{countries}?_format=json" for code in codes]
    return Request(paths[0], tuple(row.id for row in rows), instead=paths[1] if len(paths) > 1 else "")


def _country(answer: Any, iso3: str) -> dict[str, Any]:
    """The years of one country. Raises BadFormat with the provider's own message where it gives one."""
    if not isinstance(answer, dict):
        raise BadFormat("not an object")
    if "data" not in answer:
        said = answer.get("message", answer.get("error", "nothing"))
        raise BadFormat(f"no data; the source says: {str(said)[:80]}")
    if not answer["data"]:
        raise NotData("an answer without data")
    if not isinstance(answer["data"], dict):
        raise BadFormat("data is not an object")
    found = answer["data"].get(iso3)
    if not found:
        raise NotData(f"no {iso3} in the answer")
    if not isinstance(found, dict):
        raise BadFormat(f"no years of {iso3}")
    return found


def _year(key: str) -> int:
    year = YEAR.fullmatch(key)
    if not year:
        raise SchemaChanged(f"{key[:20]!r} is not a year stamped with its July")
    return int(year[1])


def _value(key: str, value: Any) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadFormat(f"no number in the value of {key}")
    return float(value)
