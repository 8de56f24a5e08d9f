"""Global Carbon Budget: one table of all countries since 1750, named by the year of its release.

The newest release is asked for first, the one before where that file is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import xarray as xr

from loaders.errors import BadFormat
from loaders.formats import csv_text
from loaders.sources.shared import yearly
from loaders.tables.items import Series
from loaders.transport.question import Held, Request

CODE, YEAR, TOTAL = "iso 3166-1 alpha-3", "year", "total"
# Before, the budget divides the Soviet Union's total among its republics by later shares.
FIRST_YEAR = 1950


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One file serves every country."""
    newest, before = str(rows[0].provider["file"]), str(rows[0].provider["before"])
    return [Request(newest, tuple(row.id for row in rows), instead=before)]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The same file: there is no smaller answer."""
    return requests(rows[:1], today=today, held={})[0]


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Yearly ``value(time)`` in million tonnes of CO2 from 1950 on; the newest year is provisional.

    A blank cell is a year without a value. Raises NotData, Truncated, BadFormat or SchemaChanged.
    """
    _, table = csv_text.read_table(raw, (CODE, YEAR, TOTAL))
    iso3, points = str(row.provider["iso3"]), {}
    for item in table:
        if item[CODE] != iso3:
            continue
        year = csv_text.year(item[YEAR])
        if year in points:
            raise BadFormat(f"{iso3} {year} stands twice")
        points[year] = csv_text.number(item[TOTAL])
    recent = {year: value for year, value in points.items() if year >= FIRST_YEAR}
    return yearly.dataset(recent, "Mt", newest=max(recent, default=0), what=f"emissions for {iso3}")
