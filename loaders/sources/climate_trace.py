"""Climate TRACE: one country's emissions of one year by month, in tonnes of carbon dioxide equivalent.

Only whole years are kept: eleven months beside twelve would look like a fall. A year without data comes as
a total of nought with lists that are null: null wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import xarray as xr

from loaders.errors import BadFormat, NotData, NoValue, SchemaChanged
from loaders.formats.json_text import read_json
from loaders.sources.shared import yearly
from loaders.tables.items import Series
from loaders.transport.question import Held, Request

FIRST_YEAR = 2021
GAS = "co2e_100yr"
# The newest months are about two months late.
LATE = timedelta(days=100)


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One request per country and finished year, country by country; every release revises all years."""
    years = range(FIRST_YEAR, today.year)
    return [_request(row, year) for row in rows for year in years]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The newest year that must be whole by now."""
    return _request(rows[0], (today - LATE).year - 1)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """``value(time)`` in tonnes at 1 January of the one year in the answer: the sum of its twelve months.

    Raises NoValue for a year without data, NotData for one with fewer months, SchemaChanged for another
    country or gas.
    """
    answer = read_json(raw)
    if not isinstance(answer, dict):
        raise BadFormat("not an object")
    place, totals, iso3 = answer.get("location"), answer.get("totals"), str(row.provider["iso3"])
    if not isinstance(place, dict) or not isinstance(totals, dict):
        raise BadFormat("no location or no totals in the answer")
    if place.get("gadmId") != iso3:
        raise SchemaChanged(f"the answer is of {str(place.get('gadmId'))[:20]!r}, not {iso3}")
    months = totals.get("timeseries")
    if months is None or months == []:
        raise NoValue(f"no data of {iso3} for this year")
    if not isinstance(months, list) or not all(isinstance(item, dict) for item in months):
        raise BadFormat("months are no list of objects")
    year, values = _months(months)
    if len(values) < 12:
        raise NotData(f"only {len(values)} months of {year}")
    return yearly.dataset({year: sum(values.values())}, "t", newest=year + 1, what=f"{iso3} in {year}")


def _request(row: Series, year: int) -> Request:
    return Request(f"sources/emissions?year={year}&gas={GAS}&gadmId={row.provider['iso3']}", (row.id,))


def _months(items: list[dict[str, Any]]) -> tuple[int, dict[int, float]]:
    """The one year of the months, and what each emitted; a month with null is not there."""
    year = items[0].get("year")
    if type(year) is not int or not 2000 <= year < 2100 or any(item.get("year") != year for item in items):
        raise BadFormat("months of several years or of none")
    values: dict[int, float] = {}
    for item in items:
        month, value = item.get("month"), item.get("emissionsQuantity")
        if item.get("gas") != GAS:
            raise SchemaChanged(f"a month of {str(item.get('gas'))[:20]!r}, asked was {GAS}")
        if type(month) is not int or month not in range(1, 13) or month in values:
            raise BadFormat(f"a month {str(month)[:10]!r} that is none or stands twice")
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadFormat(f"no number in month {month}")
        values[month] = float(value)
    return year, values
