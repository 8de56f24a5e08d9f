"""DAHITI: satellite heights of one target, asked for by number with a key in the body of the question.

The third version of the interface is asked first, the second where that is not there. Its documents call the
time ``date`` and the height ``water_level``; answers have said ``datetime`` and ``wse`` as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged
from loaders.formats import csv_text
from loaders.formats.json_text import read_json
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

TIMES = ("datetime", "date")
HEIGHTS = ("water_level", "wse", "water level")
ERRORS = ("error", "wse_u")
IDS = ("dahiti_id", "id")
# A row of the export, which has no line end behind its last one.
EXPORTED = re.compile(r"\d{4}-\d\d-\d\d,-?\d+\.\d{3},\d+\.\d{3}", re.ASCII)
NOTE = "heights as DAHITI's interface gives them, above a geoid of its own choice; the stated error is formal"


@dataclass(frozen=True)
class Target:
    """A water body in DAHITI's list; ``open_level`` says whether a plain key may have its levels."""

    dahiti_id: int
    name: str
    latitude: float
    longitude: float
    open_level: bool


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One question per target; the answer is the whole history."""
    return [_post("download-water-level/", {"dahiti_id": row.provider["dahiti_id"]}, row) for row in rows]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The first target: there is no smaller answer."""
    return requests(rows[:1], today=today, held={})[0]


def list_targets(*, south: float, north: float, west: float, east: float) -> Request:
    """The question which targets lie in a box, for finding an id before a row is written."""
    box = {"min_lon": west, "max_lon": east, "min_lat": south, "max_lat": north}
    return _post("list-targets/", box)


def targets(raw: bytes) -> list[Target]:
    """The answer to ``list_targets``. Raises NotData for none, BadFormat."""
    found = []
    for item in _records(read_json(raw)):
        access = item.get("data_access")
        level = access.get("water_level_altimetry") if isinstance(access, dict) else None
        try:
            place = float(item["latitude"]), float(item["longitude"])
            found.append(Target(int(item["dahiti_id"]), str(item["target_name"]), *place, level == "public"))
        except (KeyError, TypeError, ValueError):
            raise BadFormat("a target without number, name or place") from None
    return found


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """``value(time)`` in metres at 00:00 of the day, with ``uncertainty``, from JSON or from the CSV export.

    Raises NotData, Truncated, BadFormat, or SchemaChanged for another target.
    """
    if raw.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"{", b"[")):
        answer = read_json(raw)
        records = _records(answer)
        _require_target(answer, row)
    else:
        records = list(csv_text.read_table(raw, ("date",), whole=EXPORTED)[1])
    when, height, error = _names(records[0])
    days = [_day(item.get(when)) for item in records]
    heights = np.array([_number(item.get(height), height) for item in records])
    if not np.isfinite(heights).any():
        raise NotData("no height in the answer")
    variables: dict[str, Any] = {
        "value": ("time", heights, {"units": "m"}),
        "qc": ("time", np.where(np.isnan(heights), Flag.MISSING, Flag.PASS).astype("int8")),
    }
    if error:
        errors = np.array([_number(item.get(error), error) for item in records])
        variables["uncertainty"] = ("time", np.where(np.isnan(heights), np.nan, errors), {"units": "m"})
    return xr.Dataset(
        variables,
        coords={"time": np.array(days, dtype="datetime64[ns]")},
        attrs={"datum_note": NOTE},
    )


def _post(action: str, arguments: dict[str, Any], row: Series | None = None) -> Request:
    body = json.dumps(arguments | {"format": "json"} if row else arguments, sort_keys=True)
    return Request(f"v3/{action}", (row.id,) if row else (), body=body, instead=f"v2/{action}")


def _records(answer: Any) -> list[dict[str, Any]]:
    """The rows of an answer. An error may come with status 200, as a code and its words."""
    if not isinstance(answer, dict):
        raise BadFormat("not an object")
    code, data = answer.get("code"), answer.get("data")
    if code not in (None, 200, "200"):
        raise BadFormat(f"the source says: {code} {str(answer.get('message', ''))[:80]}")
    if data is None or data == []:
        raise NotData("an answer without data")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise BadFormat("data are not a list of objects")
    return data


def _require_target(answer: dict[str, Any], row: Series) -> None:
    """Raise SchemaChanged where the answer names another target than was asked for."""
    for part in (answer.get("info"), answer.get("target"), answer):
        named = next((part[key] for key in IDS if key in part), None) if isinstance(part, dict) else None
        if named is not None and str(named) != str(row.provider["dahiti_id"]):
            raise SchemaChanged(f"the answer is of target {str(named)[:20]}, not {row.provider['dahiti_id']}")


def _names(record: dict[str, Any]) -> tuple[str, str, str | None]:
    """How this answer calls time, height and error."""
    found = [next((key for key in keys if key in record), None) for keys in (TIMES, HEIGHTS, ERRORS)]
    if not found[0] or not found[1]:
        raise SchemaChanged(f"no time or no height among {', '.join(map(str, record))[:80]}")
    return found[0], found[1], found[2]


def _day(text: Any) -> date:
    """The day of a date, or of a date and a time."""
    try:
        day = date.fromisoformat(str(text)[:10])
    except ValueError:
        raise BadFormat(f"no date in {str(text)[:30]!r}") from None
    if day.year < 1985:  # no radar altimeter measured lakes before
        raise BadFormat(f"a height of {day.year}, before radar altimetry")
    return day


def _number(value: Any, name: str) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, str):
        return csv_text.number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadFormat(f"no number in {name}")
    return float(value)
