"""Hydrocron: what the SWOT satellite saw of one lake, pass by pass, as a table inside a JSON text.

A very large lake is seen in parts: the area of one pass is the lake's only where it says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, NoValue, SchemaChanged, Truncated
from loaders.formats import csv_text
from loaders.formats.json_text import read_json
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

SINCE = "2023-01-01"
COLUMNS = ("lake_id", "time_str", "quality_f")
NO_TIME = "no_data"
FILL = -999_999_999_999.0
FIELDS = "lake_id,time_str,wse,area_total,quality_f,partial_f"
# Of the summary flag only 0 (good) and 1 (suspect) are believed.
GOOD, SUSPECT = 0.0, 1.0


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One request per lake for all its fields."""
    lakes: dict[str, list[Series]] = {}
    for row in rows:
        lakes.setdefault(str(row.provider["lake_id"]), []).append(row)
    return [_request(lake, group, SINCE, today) for lake, group in lakes.items()]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The first lake since the beginning of the year before."""
    return _request(str(rows[0].provider["lake_id"]), rows[:1], f"{today.year - 1}-01-01", today)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """``value(time)`` of the row's field in its stated unit, with ``qc`` from the satellite's own flags.

    A pass that saw a part of the lake fails as an area. Raises NotData, Truncated, BadFormat, SchemaChanged.
    """
    field, lake = str(row.provider["field"]), str(row.provider["lake_id"])
    needed = (*COLUMNS, field, f"{field}_units", *(["partial_f"] if row.indicator == "area" else []))
    _, table = csv_text.read_table(_table(raw), needed)
    others = {item["lake_id"] for item in table} - {lake}
    if others:
        raise SchemaChanged(f"a pass of lake {min(others)[:20]}, asked was {lake}")
    seen = [item for item in table if item["time_str"] != NO_TIME]
    units = {item[f"{field}_units"] for item in seen}
    values = np.array([_filled(item[field]) for item in seen])
    if not np.isfinite(values).any():
        raise NotData(f"no {field} of lake {lake}")
    if len(units) != 1:
        raise SchemaChanged(f"{field} in several units")
    flags = np.array([_flag(item, row.indicator) for item in seen])
    return xr.Dataset(
        {
            "value": ("time", values, {"units": units.pop()}),
            "qc": ("time", np.where(np.isnan(values), Flag.MISSING, flags).astype("int8")),
        },
        coords={"time": np.array([_time(item["time_str"]) for item in seen], dtype="datetime64[ns]")},
    )


def _request(lake: str, rows: Sequence[Series], since: str, today: date) -> Request:
    span = f"start_time={since}T00:00:00Z&end_time={today.isoformat()}T00:00:00Z"
    query = f"feature=PriorLake&feature_id={lake}&{span}&output=csv&fields={FIELDS}"
    return Request(f"timeseries?{query}", tuple(row.id for row in rows))


def _table(raw: bytes) -> bytes:
    """The comma-separated table, alone or inside its envelope. Raises Truncated where rows are missing."""
    if not raw.lstrip().startswith(b"{"):
        return raw
    answer = read_json(raw)
    results = answer.get("results")
    table = results.get("csv") if isinstance(results, dict) else None
    if not isinstance(table, str):
        words = str(answer.get("error") or answer.get("message") or answer.get("status"))
        raise BadFormat(f"no table in the answer: {words[:80]}")
    rows, hits = max(table.count("\n") - 1, 0), answer.get("hits")
    if hits == 0:
        raise NoValue("no pass over this lake")
    if isinstance(hits, int) and rows < hits:
        raise Truncated(f"{rows} passes where {hits} are announced")
    return table.encode()


def _filled(text: str) -> float:
    value = csv_text.number(text)
    return float("nan") if value == FILL else value


def _flag(item: dict[str, str], indicator: str) -> Flag:
    if indicator == "area" and csv_text.number(item["partial_f"]) != 0:
        return Flag.FAIL
    quality = csv_text.number(item["quality_f"])
    return Flag.PASS if quality == GOOD else Flag.SUSPECT if quality == SUSPECT else Flag.FAIL


def _time(text: str) -> datetime:
    try:
        when = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise BadFormat(f"no time in {text[:30]!r}") from None
    if when.year < 2022:  # the satellite was launched in December 2022
        raise BadFormat(f"a pass of {when.year}, before the satellite flew")
    return when
