"""Hydroweb.next: a search finds the lake's item, the item names the file, the file is text with semicolons.

The operational collection is preferred to the research one. Files of the older site are tables of commas with
the same columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.formats import csv_text
from loaders.formats.json_text import read_json
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

SEARCH = "v1/rs-catalog/stac/search"
COLLECTIONS = ("HYDROWEB_LAKES_OPE", "HYDROWEB_LAKES_RESEARCH")
ITEM = re.compile(r"(?:hydroprd_)?L_([^@]+)")
COLUMNS = ("decimal year", "date", "time", "height", "standard deviation", "area", "volume")
UNITS = {"height": "m", "standard deviation": "m", "area": "km2", "volume": "km3"}
FILL = 9999.999
# A week in parts of a year: the head states the last date to about a day.
NEAR = 0.02
LONGEST_NOTE = 600


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One search per lake; ``more`` follows it to the file, which holds the whole history."""
    lakes: dict[str, list[Series]] = {}
    for row in rows:
        lakes.setdefault(str(row.provider["lake"]), []).append(row)
    return [_search(group) for group in lakes.values()]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The first lake: there is no smaller answer."""
    return _search(rows[:1])


def more(raw: bytes, request: Request) -> Request | None:
    """From the search to the lake's file. Raises SchemaChanged where the lake is not among the items."""
    if not request.step:
        return None
    lake = str(catalogue().series[request.series[0]].provider["lake"])
    answer = read_json(raw)
    items = answer.get("features") if isinstance(answer, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BadFormat("a search without items")
    found = [item for item in items if _lake(item) == lake]
    if not found:
        names = ", ".join(sorted({_lake(item) for item in items}))
        raise SchemaChanged(f"no lake {lake!r} among {names[:100] or 'no items'}")
    item = min(found, key=lambda one: COLLECTIONS.index(str(one.get("collection", COLLECTIONS[-1]))))
    return Request(_file(item), request.series)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """``value(time)`` of the row's column, for a height with ``uncertainty``; fills are missing.

    Volumes are changes since the first date. Raises NotData, Truncated, BadFormat, SchemaChanged.
    """
    head, notes, table = _read(raw)
    lake, column = str(row.provider["lake"]), str(row.provider["column"])
    if head and head.get("lake", "").lower() != lake:
        raise SchemaChanged(f"the file is of {head.get('lake', '')[:30]!r}, not {lake}")
    values = np.array([_filled(item[column]) for item in table])
    if not np.isfinite(values).any():
        raise NotData(f"no {column} in the file of {lake}")
    _require_end(head, table)
    flags = np.where(np.isnan(values), Flag.MISSING, Flag.PASS).astype("int8")
    variables: dict[str, Any] = {
        "value": ("time", values, {"units": UNITS[column]}),
        "qc": ("time", flags),
    }
    if column == "height":
        errors = np.array([_filled(item["standard deviation"]) for item in table])
        variables["uncertainty"] = ("time", np.where(np.isnan(values), np.nan, errors), {"units": "m"})
    said = {"datum_note": notes, "provider_version": f"produced {head['date']}" if "date" in head else ""}
    return xr.Dataset(
        variables,
        coords={"time": np.array([_time(item) for item in table], dtype="datetime64[ns]")},
        attrs={key: text for key, text in said.items() if text},
    )


def _search(rows: Sequence[Series]) -> Request:
    box = ",".join(str(rows[0].provider[side]) for side in ("west", "south", "east", "north"))
    query = f"collections={','.join(COLLECTIONS)}&bbox={box}&limit=200"
    return Request(f"{SEARCH}?{query}", tuple(row.id for row in rows), step=True)


def _lake(item: dict[str, Any]) -> str:
    found = ITEM.match(str(item.get("id", "")))
    return found[1].lower() if found else ""


def _file(item: dict[str, Any]) -> str:
    """The address of the item's text file."""
    assets = item.get("assets")
    parts = list(assets.values()) if isinstance(assets, dict) else []
    links = [str(part["href"]) for part in parts if isinstance(part, dict) and "href" in part]
    texts = [link for link in links if "hydroprd" in link or link.split("?")[0].endswith(".txt")]
    if not (texts or links):
        raise SchemaChanged("an item without a file")
    link = (texts or links)[0]
    if not link.startswith(("https://", "http://")):
        raise SchemaChanged("an item whose file has no address")
    return link


def _read(raw: bytes) -> tuple[dict[str, str], str, list[dict[str, str]]]:
    """What the first line says, the lines of remarks, and the rows by the names of their columns."""
    if raw.lstrip(b"\xef\xbb\xbf").lower().startswith(b"decimal year,"):
        return {}, "", csv_text.read_table(raw, COLUMNS)[1]
    lines = _lines(raw)
    if not lines or not lines[0].startswith("lake="):
        raise NotData("no line 'lake=': not a file of a lake")
    pairs = (part.partition("=") for part in lines[0].split(";"))
    head = {key.strip(): value.strip() for key, _, value in pairs}
    notes = " ".join(line.lstrip("# ").strip() for line in lines[1:] if line.startswith("#"))
    rows = [
        line.strip().rstrip(";").split(";") for line in lines[1:] if line.strip() and not line.startswith("#")
    ]
    whole = [row for row in rows if len(row) >= len(COLUMNS)]
    if len(rows) - len(whole) > 1:
        raise Truncated(f"{len(rows) - len(whole)} rows have not the {len(COLUMNS)} columns of a lake")
    if not whole:
        raise NotData("a file without rows")
    table = [dict(zip(COLUMNS, (cell.strip() for cell in row), strict=False)) for row in whole]
    return head, " ".join(notes.split())[:LONGEST_NOTE], table


def _lines(raw: bytes) -> list[str]:
    """The lines that were sent whole: a last one without its end may be cut inside a number."""
    text = csv_text.text_of(raw)
    return text.replace("\r\n", "\n").split("\n")[:-1]


def _require_end(head: dict[str, str], table: list[dict[str, str]]) -> None:
    """Raise Truncated where the rows end before the last date that the first line states."""
    if "last_date" not in head:
        return
    stated, last = csv_text.number(head["last_date"]), csv_text.number(table[-1]["decimal year"])
    if not stated - last < NEAR:
        raise Truncated(f"rows end at {last:.2f}, the file says {stated:.2f}")


def _filled(text: str) -> float:
    value = csv_text.number(text)
    return float("nan") if abs(value) == FILL else value


def _time(item: dict[str, str]) -> datetime:
    text = f"{item['date']} {item['time']}"
    try:
        when = datetime.strptime(text, "%Y/%m/%d %H:%M")
    except ValueError:
        raise BadFormat(f"no time in {text[:30]!r}") from None
    if when.year < 1985:  # no radar altimeter measured lakes before
        raise BadFormat(f"a height of {when.year}, before radar altimetry")
    return when
