"""Ember's API: one list of records for all countries asked, by year and by kind of power station."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.formats.json_text import read_json
from loaders.sources.shared import yearly
from loaders.tables.items import Series
from loaders.transport.question import Held, Request

FIRST_YEAR = 2000
PROBE_YEARS = 6
YEAR = re.compile(r"(20\d\d)(-01-01)?", re.ASCII)


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One request per table for all its countries; sums such as "Renewables" are a table of their own."""
    tables: dict[str, list[Series]] = {}
    for row in rows:
        tables.setdefault(_table(row), []).append(row)
    return [_request(group, FIRST_YEAR, today.year) for group in tables.values()]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One country, the newest years."""
    return _request(rows[:1], today.year - PROBE_YEARS, today.year)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Yearly ``value(time)`` in the unit of the row's field; the newest year is provisional.

    Raises NotData where the country has no value, Truncated, BadFormat, SchemaChanged.
    """
    answer = read_json(raw)
    if not isinstance(answer, dict):
        raise BadFormat("not an object")
    records = _records(answer)
    iso3, field = str(row.provider["iso3"]), str(row.provider["field"])
    wanted = row.provider.get("series")
    points: dict[int, float] = {}
    for item in records:
        if item.get("entity_code") != iso3 or (wanted and item.get("series") != wanted):
            continue
        if field not in item:
            raise SchemaChanged(f"no {field!r} in a record")
        year = _year(item.get("date"))
        if year in points:
            raise BadFormat(f"{iso3} {year} stands twice")
        points[year] = _number(item[field], year)
    what = f"{wanted or field} for {iso3}"
    dataset = yearly.dataset(points, str(row.provider["unit"]), newest=max(points, default=0), what=what)
    stats = answer.get("stats")
    stamp = stats.get("timestamp") if isinstance(stats, dict) else None
    return dataset.assign_attrs(provider_version=f"as of {str(stamp)[:10]}") if stamp else dataset


def _table(row: Series) -> str:
    aggregate = row.provider.get("aggregate")
    return f"{row.provider['table']}/yearly?" + (f"is_aggregate_series={aggregate}&" if aggregate else "")


def _request(rows: Sequence[Series], first: int, last: int) -> Request:
    countries = ",".join(dict.fromkeys(str(row.provider["iso3"]) for row in rows))
    query = f"entity_code={countries}&start_date={first}&end_date={last}"
    return Request(_table(rows[0]) + query, tuple(row.id for row in rows))


def _records(answer: dict[str, Any]) -> list[dict[str, Any]]:
    data, stats = answer.get("data"), answer.get("stats")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        words = next(
            (answer[key] for key in ("detail", "message", "error") if key in answer), "no list of data"
        )
        raise BadFormat(f"the source says: {str(words)[:80]}")
    if not data:
        raise NotData("an answer without records")
    announced = stats.get("number_of_records") if isinstance(stats, dict) else None
    if isinstance(announced, int) and announced > len(data):
        raise Truncated(f"{len(data)} records where {announced} are announced")
    return data


def _year(text: Any) -> int:
    found = YEAR.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise BadFormat(f"no year in a record's date {str(text)[:20]!r}")
    return int(found[1])


def _number(value: Any, year: int) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadFormat(f"no number in {year}")
    return float(value)
