"""NOAA NCEI, Global Summary of the Month: temperature and rain as observed at stations, in tables of commas.

Each value has a cell of attributes. For the temperature: days missing, source. For the rain: days missing,
measurement, quality, source. The months are not adjusted for moves of the station.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged
from loaders.formats.csv_text import number, read_table
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

SINCE = "1961-01-01"
ELEMENTS = ("TAVG", "PRCP")
UNITS = {"TAVG": "degC", "PRCP": "mm"}
QUALITY = {"PRCP": 2}
# A total over days that are missing.
ACCUMULATED = "a"
SHARE_OF_DAYS = 0.8
MONTH = re.compile(r"(1[89]|20)\d\d-(0[1-9]|1[0-2])", re.ASCII)
COUNT = re.compile(r"\d{0,2}", re.ASCII)
# No month on earth has such a mean; in tenths of a degree most months pass it.
IMPOSSIBLE = 60.0
BAD_SHARE = 0.05
FAR_FROM_NORMAL = 3.0
NORMAL = slice("1961-01-01", "1990-12-31")
NORMAL_MONTHS = 120


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One call per station for both elements; older months are revised, so always all since 1961."""
    by_station: dict[str, list[Series]] = {}
    for row in rows:
        by_station.setdefault(str(row.provider["station"]), []).append(row)
    return [_request(group, SINCE, today) for group in by_station.values()]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One element of one station since the year before last; some posts are months late."""
    return _request(rows[:1], f"{today.year - 2}-01-01", today)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Monthly ``value(time)`` at the first day of the month; months without a value are left out.

    A month that failed the provider's checks is 4; a sum over missing days, or a month with fewer than four
    fifths of its days, is 3, the latter also provisional. Raises NotData where the station has no such value.
    """
    element, station = str(row.provider["element"]), str(row.provider["station"])
    names, table = read_table(raw, ("STATION", "DATE"))
    others = {item["station"] for item in table} - {station}
    if others:
        raise SchemaChanged(f"a row of station {sorted(others)[0][:20]!r}, asked was {station}")
    _require_metric(table)
    column, attributes = element.lower(), f"{element.lower()}_attributes"
    if column not in names:
        raise NotData(f"{station} has no {element}")
    if attributes not in names:
        raise SchemaChanged(f"no column {element}_ATTRIBUTES")
    found = [_point(item, element) for item in table if item[column]]
    if not found:
        raise NotData(f"{station} has no {element}")
    months, values, flags, partial = zip(*found, strict=True)
    dataset = xr.Dataset(
        {
            "value": ("time", np.array(values), {"units": UNITS[element]}),
            "qc": ("time", np.array(flags, dtype="int8")),
            "provisional": ("time", np.array(partial, dtype="int8")),
        },
        coords={"time": np.array(months, dtype="datetime64[M]").astype("datetime64[ns]")},
    )
    _require_normal(dataset, row)
    return dataset


def _request(rows: Sequence[Series], start: str, today: date) -> Request:
    """``units=metric`` gives degrees and millimetres; without it the numbers are tenths."""
    wanted = {str(row.provider["element"]) for row in rows}
    query = {
        "dataset": "global-summary-of-the-month",
        "stations": rows[0].provider["station"],
        "startDate": start,
        "endDate": today.isoformat(),
        "dataTypes": ",".join(name for name in ELEMENTS if name in wanted),
        "units": "metric",
        "includeAttributes": "true",
        "format": "csv",
    }
    path = "access/services/data/v1?" + "&".join(f"{key}={value}" for key, value in query.items())
    return Request(path, tuple(row.id for row in rows))


def _point(item: dict[str, str], element: str) -> tuple[str, float, int, bool]:
    """Month, value, flag, and whether too many of its days are missing."""
    month = _month(item["date"])
    parts = [part.strip() for part in item[f"{element.lower()}_attributes"].split(",")]
    if not COUNT.fullmatch(parts[0]):
        raise BadFormat(f"no number of days in {parts[0][:20]!r}")
    length = calendar.monthrange(int(month[:4]), int(month[5:]))[1]
    partial = int(parts[0] or 0) > (1 - SHARE_OF_DAYS) * length
    place = QUALITY.get(element)
    flag = Flag.SUSPECT if partial else Flag.PASS
    if place is not None:
        if len(parts) > 1 and parts[1] == ACCUMULATED:
            flag = Flag.SUSPECT
        if len(parts) > place and parts[place]:
            flag = Flag.FAIL
    return month, number(item[element.lower()]), int(flag), partial


def _month(text: str) -> str:
    if not MONTH.fullmatch(text):
        raise BadFormat(f"no month in {text[:20]!r}")
    return text


def _require_metric(table: list[dict[str, str]]) -> None:
    """Raise SchemaChanged where the temperatures cannot be degrees; the rain is in the same units then."""
    values = [number(text) for item in table if (text := item.get("tavg", ""))]
    bad = [value for value in values if abs(value) > IMPOSSIBLE]
    if len(bad) > BAD_SHARE * len(values):
        raise SchemaChanged(f"a month of {bad[0]:g} degrees: not the metric units asked for")


def _require_normal(dataset: xr.Dataset, row: Series) -> None:
    """Raise SchemaChanged where 1961-1990 is not the climate published for the station."""
    if "normal" not in row.provider:
        return
    past = dataset["value"].sortby("time").sel(time=NORMAL)
    by_month = past.groupby("time.month").mean() if past.size >= NORMAL_MONTHS else past[:0]
    if by_month.size != 12:
        return
    mean, normal = float(by_month.mean()), float(row.provider["normal"])
    if abs(mean - normal) > FAR_FROM_NORMAL:
        raise SchemaChanged(
            f"mean of 1961-1990 is {mean:.1f} degrees; {normal:g} is published for {row.place}"
        )
