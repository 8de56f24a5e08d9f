"""World Bank API v2: a list of two, first the page's numbers, then one row per country and year.

An error comes with status 200 as a list of one. Rows are grouped by country, newest year first, and a year
without a value stands with null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, NoValue, SchemaChanged
from loaders.formats.json_text import read_json
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

FIRST_YEAR = 1990
PER_PAGE = 20_000
PROBE_YEARS = 12
YEAR = re.compile(r"(19|20)\d\d")
PAGE = re.compile(r"&page=\d+$")


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One request per indicator for all its countries; values are revised in place, so always all years."""
    by_code: dict[str, list[Series]] = {}
    for row in rows:
        by_code.setdefault(str(row.provider["code"]), []).append(row)
    return [_request(code, group, FIRST_YEAR, today.year) for code, group in by_code.items()]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One indicator of one country, the newest years."""
    return _request(str(rows[0].provider["code"]), rows[:1], today.year - PROBE_YEARS, today.year)


def more(raw: bytes, request: Request) -> Request | None:
    """The next page, where the answer says that there is one."""
    head, _ = _parts(raw)
    page, pages = _number(head, "page"), _number(head, "pages")
    if page >= pages:
        return None
    return Request(f"{PAGE.sub('', request.path)}&page={page + 1}", request.series, request.headers)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Yearly ``value(time)`` at 1 January in the unit of the indicator's definition.

    Years without a value before the first and after the last one are left out; between them they are NaN
    with flag 9. The newest year is provisional. Raises NoValue where every year of the country is null,
    NotData where it has no row.
    """
    head, body = _parts(raw)
    later = _number(head, "page") > 1
    code, iso3 = str(row.provider["code"]), str(row.provider["iso3"])
    found = [_point(item, code) for item in body if item.get("countryiso3code") == iso3]
    if not found:
        raise NotData(f"no row of {code} for {iso3}")
    if all(value is None for _, value in found):
        raise NoValue(f"no value of {code} for {iso3}")
    points = sorted(found, key=lambda point: point[0])
    while points and points[0][1] is None:
        points.pop(0)
    while points and points[-1][1] is None:
        points.pop()
    years = [year for year, _ in points]
    values = np.array([value for _, value in points], dtype="float64")
    # On a later page the first country may go on from the page before, where its newest year stood.
    goes_on = later and body[0].get("countryiso3code") == iso3
    newest = np.array([year == max(years) and not goes_on for year in years], dtype="int8")
    return xr.Dataset(
        {
            "value": ("time", values, {"units": str(row.provider["unit"])}),
            "provisional": ("time", newest),
            "qc": ("time", np.where(np.isnan(values), Flag.MISSING, Flag.PASS).astype("int8")),
        },
        coords={"time": np.array([f"{year}-01-01" for year in years], dtype="datetime64[ns]")},
        attrs={"provider_version": f"last updated {head['lastupdated']}"} if head.get("lastupdated") else {},
    )


def _request(code: str, rows: Sequence[Series], first: int, last: int) -> Request:
    countries = ";".join(dict.fromkeys(str(row.provider["iso3"]) for row in rows))
    query = f"format=json&source=2&per_page={PER_PAGE}&date={first}:{last}"
    return Request(f"country/{countries}/indicator/{code}?{query}", tuple(row.id for row in rows))


def _parts(raw: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The page's numbers and its rows. Raises SchemaChanged with the World Bank's own message."""
    answer = read_json(raw)
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        raise BadFormat("not a list of page and rows")
    if "message" in answer[0]:
        raise SchemaChanged(_message(answer[0]["message"]))
    if len(answer) < 2 or answer[1] is None or answer[1] == []:
        raise NotData("an answer without rows")
    if not isinstance(answer[1], list) or not all(isinstance(item, dict) for item in answer[1]):
        raise BadFormat("rows are not a list of objects")
    return answer[0], answer[1]


def _message(messages: Any) -> str:
    """Their id and words: 120 is an unknown country or indicator, 175 one that was archived or deleted."""
    found = [item for item in messages if isinstance(item, dict)] if isinstance(messages, list) else []
    if not found:
        return "an error without words"
    words = " ".join(str(found[0].get(key, "")) for key in ("id", "key", "value"))
    return words[:120] + (f" (and {len(found) - 1} more)" if len(found) > 1 else "")


def _number(head: dict[str, Any], name: str) -> int:
    """Page numbers are numbers here and texts in the World Bank's lists."""
    try:
        return int(head[name])
    except (KeyError, TypeError, ValueError):
        raise BadFormat(f"no number {name!r} in the answer's head") from None


def _point(item: dict[str, Any], code: str) -> tuple[int, float | None]:
    indicator = item.get("indicator")
    named = indicator.get("id") if isinstance(indicator, dict) else None
    if named != code:
        raise SchemaChanged(f"a row of {str(named)[:40]!r}, asked was {code}")
    year, value = item.get("date"), item.get("value")
    if not isinstance(year, str) or not YEAR.fullmatch(year):
        raise BadFormat(f"no year in a row's date {str(year)[:20]!r}")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise BadFormat(f"no number in the value of {year}")
    return int(year), None if value is None else float(value)
