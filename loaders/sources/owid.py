"""Our World in Data: the table behind a chart, and beside it what its column means.

The table comes first, the description as a second page. World is asked for only to stand last: a table of
this source has no end of line behind its last row, so that row is never believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged
from loaders.formats import csv_text
from loaders.formats.json_text import read_json
from loaders.sources.shared import yearly
from loaders.tables.items import Series
from loaders.transport.question import Held, Request

FIRST_YEAR = 1990
PROBE_YEARS = 6
KEYS = ("entity", "code", "year")
WORLD = "OWID_WRL"
TABLE, DESCRIPTION = ".csv?", ".metadata.json?"


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One table per chart for all its countries."""
    by_slug: dict[str, list[Series]] = {}
    for row in rows:
        by_slug.setdefault(str(row.provider["slug"]), []).append(row)
    return [_request(slug, group, FIRST_YEAR) for slug, group in by_slug.items()]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One country, the newest years."""
    return _request(str(rows[0].provider["slug"]), rows[:1], today.year - PROBE_YEARS)


def more(raw: bytes, request: Request) -> Request | None:
    """The description of the table's column."""
    if TABLE not in request.path:
        return None
    return Request(request.path.replace(TABLE, DESCRIPTION), request.series, request.headers)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Yearly ``value(time)`` in the unit of the chart; of a description its words alone, without a time.

    Raises NotData where the country has no value, SchemaChanged for another unit or several columns.
    """
    if raw.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{"):
        return _described(raw, row)
    columns, table = csv_text.read_table(raw, KEYS)
    column = _value_column(columns, table)
    iso3, points = str(row.provider["iso3"]), {}
    for item in table:
        if item["code"] != iso3:
            continue
        year = csv_text.year(item["year"])
        if year in points:
            raise BadFormat(f"{iso3} {year} stands twice")
        points[year] = csv_text.number(item[column])
    newest = max(points, default=0)
    return yearly.dataset(
        points, str(row.provider["unit"]), newest=newest, what=f"{row.indicator} for {iso3}"
    )


def _request(slug: str, rows: Sequence[Series], first: int) -> Request:
    countries = "~".join([*dict.fromkeys(str(row.provider["iso3"]) for row in rows), WORLD])
    query = f"v=1&csvType=filtered&useColumnShortNames=true&country={countries}&time={first}..latest"
    return Request(f"{slug}{TABLE}{query}", tuple(row.id for row in rows))


def _value_column(columns: list[str], table: list[dict[str, str]]) -> str:
    """The one column of numbers: its name is the chart's own and changes with its sources."""
    others = [name for name in columns if name not in KEYS]
    if not any(item[name] for item in table for name in others):
        raise NotData("a table without values")
    found = [name for name in others if _is_numbers(name, table)]
    if len(found) != 1:
        raise SchemaChanged(
            f"{len(found)} columns of numbers where the chart has one: {', '.join(found)[:80]}"
        )
    return found[0]


def _is_numbers(column: str, table: list[dict[str, str]]) -> bool:
    cells = [item[column] for item in table if item[column]]
    return bool(cells) and all(csv_text.NUMBER.fullmatch(cell) for cell in cells)


def _described(raw: bytes, row: Series) -> xr.Dataset:
    """No points, but the date of the last update and whom to cite. Raises SchemaChanged for another unit."""
    description = read_json(raw)
    columns = description.get("columns") if isinstance(description, dict) else None
    if not isinstance(columns, dict) or not columns:
        raise BadFormat("a description without columns")
    column: Any = next((item for item in columns.values() if isinstance(item, dict) and "unit" in item), None)
    if column is None:
        raise SchemaChanged("a description without a unit")
    unit, expected = str(column["unit"]), str(row.provider["stated"])
    if not re.fullmatch(expected, unit.strip(), re.IGNORECASE):
        raise SchemaChanged(f"the chart is in {unit[:40]!r}, expected was {expected!r}")
    cited, updated = column.get("citationShort"), column.get("lastUpdated")
    words = {
        "caveat": f"Cite as: {str(cited)[:300]}." if cited else "",
        "provider_version": f"last updated {str(updated)[:20]}" if updated else "",
    }
    return xr.Dataset(
        {"value": ("time", np.array([], dtype="float64"), {"units": row.unit})},
        coords={"time": np.array([], dtype="datetime64[ns]")},
        attrs={key: text for key, text in words.items() if text},
    )
