"""Writes answers of the Open-Meteo flood service: cells of 0.05 degree, an object or a list of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

DISCHARGE = "river_discharge"


def days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=offset) for offset in range((end - start).days + 1)]


def cell(
    latitude: float, longitude: float, when: Sequence[date], values: Sequence[float | None], **changes
) -> dict:
    """One cell as the server writes it, with the noise of 32-bit coordinates."""
    return {
        "latitude": latitude + 3e-6,
        "longitude": longitude + 1.5e-5,
        "generationtime_ms": 1.72,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 59.0,
        "daily_units": {"time": "iso8601", DISCHARGE: "m³/s"},
        "daily": {"time": [day.isoformat() for day in when], DISCHARGE: list(values)},
    } | changes


def answer(*cells: dict) -> bytes:
    """``location_id`` stands before the units, from the second cell on."""
    if len(cells) == 1:
        return _text(cells[0])
    return _text([cells[0], *(_numbered(item, number) for number, item in enumerate(cells[1:], 1))])


def _numbered(item: dict, number: int) -> dict:
    head = {key: value for key, value in item.items() if not key.startswith("daily")}
    return head | {"location_id": number} | item


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
