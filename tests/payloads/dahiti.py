"""Writes DAHITI's answers: levels and targets as JSON, errors as a code and its words, and the CSV export."""

from __future__ import annotations

import json
from collections.abc import Sequence

Point = tuple[str, float | None, float]


def levels(
    points: Sequence[Point],
    *,
    dahiti_id: int = 39,
    names: tuple[str, str, str] = ("datetime", "water_level", "error"),
    head: str = "info",
) -> bytes:
    about = {"dahiti_id": dahiti_id, "target_name": "Caspian, Sea", "country": "Kazakhstan", "type": "Lake"}
    data = [dict(zip(names, point, strict=True)) for point in points]
    return json.dumps({"code": 200, head: about, "data": data}).encode()


def export(points: Sequence[Point]) -> bytes:
    """Without a line end behind the last row, as the site writes it."""
    rows = [f"{day},{height:.3f},{error:.3f}" for day, height, error in points]
    return ("\r\n".join(["date,water level,error", *rows])).encode()


def targets(*found: tuple[int, str, float, float, str]) -> bytes:
    """Each target is number, name, latitude, longitude and who may have its levels."""
    data = [
        {
            "dahiti_id": number,
            "target_name": name,
            "location": None,
            "country": "Kazakhstan",
            "type": "Lake",
            "longitude": longitude,
            "latitude": latitude,
            "data_access": {"water_level_altimetry": access, "surface_area": "not available"},
        }
        for number, name, latitude, longitude, access in found
    ]
    return json.dumps({"code": 200, "data": data}).encode()


def error(code: int, message: str) -> bytes:
    return json.dumps({"code": code, "message": message, "data": None}).encode()
