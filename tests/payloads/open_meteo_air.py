"""Writes answers of the Open-Meteo air quality service: one point with its hours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

MU = "\u03bcg/m\u00b3"  # the Greek letter, as the service writes it


def hours(start: date, end: date) -> list[str]:
    count = (end - start).days + 1
    return [f"{start + timedelta(days=day)}T{hour:02d}:00" for day in range(count) for hour in range(24)]


def answer(when: Sequence[str], values: Sequence[float | None], variable: str = "dust", **changes) -> bytes:
    """The point of the Aralkum: 44.5 N 60.5 E lies in the cell around 44.4 N 60.4 E."""
    point = {
        "latitude": 44.4,
        "longitude": 60.399994,
        "generationtime_ms": 0.0369,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 34.0,
        "hourly_units": {"time": "iso8601", variable: MU},
        "hourly": {"time": list(when), variable: list(values)},
    }
    return json.dumps(point | changes, ensure_ascii=False, separators=(",", ":")).encode()
