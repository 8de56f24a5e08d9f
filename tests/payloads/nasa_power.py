"""Writes monthly answers of NASA POWER for one point: keys YYYY01 to YYYY13, the last for the year."""

from __future__ import annotations

import json
from collections.abc import Mapping

UNITS = {"T2M": "C", "PRECTOTCORR": "mm/day", "WS10M": "m/s"}
NAMES = {
    "T2M": "Temperature at 2 Meters",
    "PRECTOTCORR": "Precipitation Corrected",
    "WS10M": "Wind Speed at 10 Meters",
}


def year(number: int, values: list[float], annual: float) -> dict[str, float]:
    """Twelve months and the figure of the year as month 13."""
    return {f"{number}{month:02d}": value for month, value in enumerate([*values, annual], 1)}


def feature(latitude: float, longitude: float, tables: Mapping[str, Mapping[str, float]], **changes) -> dict:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude, -28.0]},
        "properties": {"parameter": {name: dict(values) for name, values in tables.items()}},
        "header": {
            "title": "NASA/POWER Source Native Resolution Monthly and Annual",
            "api": {"version": "v2.9.2", "name": "POWER Monthly and Annual API"},
            "sources": ["merra2", "power"],
            "fill_value": -999.0,
            "start": "20220101",
            "end": "20221231",
        },
        "messages": [],
        "parameters": {name: {"units": UNITS[name], "longname": NAMES[name]} for name in tables},
        "times": {"data": 1.197, "process": 0.1},
    } | changes


def text(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def refused(*messages: str) -> bytes:
    """What stands in an answer with status 422."""
    header = (
        "The POWER Monthly and Annual API failed to complete your request: please review the errors below."
    )
    return text({"header": header, "messages": list(messages)})
