"""Writes answers of the Open-Meteo archive: an object for one point, a list for several."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

UNITS = {
    "temperature_2m_mean": "°C",
    "precipitation_sum": "mm",
    "et0_fao_evapotranspiration": "mm",
    "wind_speed_10m_mean": "m/s",
}


def days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=offset) for offset in range((end - start).days + 1)]


def point(
    latitude: float,
    longitude: float,
    when: Sequence[date],
    values: Mapping[str, Sequence[float | None]],
) -> dict:
    """One location as the server writes it: the centre of its cell, with the noise of 32-bit numbers."""
    return {
        "latitude": round(latitude * 4) / 4 + 1.5e-5,
        "longitude": round(longitude * 4) / 4 - 6e-6,
        "generationtime_ms": 3.22,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": None,
        "daily_units": {"time": "iso8601", **{name: UNITS[name] for name in values}},
        "daily": {"time": [day.isoformat() for day in when], **{k: list(v) for k, v in values.items()}},
    }


def answer(*points: dict) -> bytes:
    """``location_id`` stands from the second point on."""
    if len(points) == 1:
        return _text(points[0])
    first, *others = points
    return _text([first, *(item | {"location_id": i} for i, item in enumerate(others, 1))])


def error(reason: str) -> bytes:
    return _text({"error": True, "reason": reason})


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
