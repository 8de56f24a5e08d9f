"""Writes Hydroweb's search results and lake files: one line of facts, remarks, then rows of semicolons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

FILL = 9999.999
REMARKS = (
    "#",
    "# water height above surface of reference (geoid): GGM02C",
    "# column 1: decimal year; 2: date; 3: time; 4: height (m); 5: standard deviation (m)",
    "# 6: area (km2); 7: volume with respect to the first date (km3)",
)
Pass = tuple[str, float, float, float, float]


def search(*items: tuple[str, str, str]) -> bytes:
    """Each item is a lake, its collection and the address of its file."""
    features = [
        {
            "type": "Feature",
            "id": f"L_{lake}@hysope2:{collection}",
            "collection": collection,
            "properties": {"title": lake},
            "assets": {
                "thumbnail": {"href": "https://example.org/picture.png"},
                "data": {"href": address, "type": "text/plain"},
            },
        }
        for lake, collection, address in items
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def lake_file(passes: Sequence[Pass], *, lake: str = "caspian", last: float | None = None) -> bytes:
    """Each pass is "YYYY/MM/DD HH:MM", height, deviation, area, volume; fills are 9999.999."""
    rows = [(_year(when), *when.split(" "), *numbers) for when, *numbers in passes]
    end = rows[-1][0] if last is None else last
    facts = f"lake={lake};country=;basin=;lat=42.00;lon=50.50;date=2026.60"
    facts += f";first_date={rows[0][0]:.6f};last_date={end:.6f};type=operational;diff=public;id={lake}"
    lines = [facts, *REMARKS]
    for year, day, clock, height, deviation, area, volume in rows:
        lines.append(f"{year:.8f};{day};{clock};{height};{deviation};{area};{volume};")
    return ("\n".join(lines) + "\n").encode()


def _year(when: str) -> float:
    day = datetime.strptime(when, "%Y/%m/%d %H:%M")
    return day.year + (day - datetime(day.year, 1, 1)).total_seconds() / (365.25 * 86_400)
