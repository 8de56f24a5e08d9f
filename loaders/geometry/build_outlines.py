"""Make ``outlines.json`` from Natural Earth's polygons: python -m loaders.geometry.build_outlines FOLDER

FOLDER holds the GeoJSON files named in ``PARTS``. Each ring is simplified by Douglas and Peucker's rule, its
coordinates are rounded, and the parts of a sea are cut out of the simplified ring, so that they add up to it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from loaders.geometry.regions import FILE

TOLERANCE = 0.005
DECIMALS = 3
Point = tuple[float, float]

CASPIAN, GARABOGAZ, ARAL_1960, ARAL_2000S = (
    ("caspian_ne_10m_marine_polys.geojson", "Caspian Sea"),
    ("caspian_ne_10m_marine_polys.geojson", "Garabogaz Bay"),
    ("aral_ne_10m_lakes_historic_c1960.geojson", "Historic Aral Sea"),
    ("aral_ne_10m_lakes_c2000s.geojson", "Aral Sea"),
)
# Conventional borders (UNEP, Caspian Sea: State of the Environment 2019): Chechen Island to Cape
# Tyub-Karagan, and Chilov (Zhiloy) Island to Cape Kuuli. Drawn on beyond the cape, the first line leaves
# 1,400 km2 of Mangyshlak Bay, which belongs to the north, to the Middle Caspian: 1 % of it.
NORTH_MIDDLE: tuple[Point, Point] = ((47.67, 43.97), (50.33, 44.65))
MIDDLE_SOUTH: tuple[Point, Point] = ((50.62, 40.33), (52.75, 40.23))
KOKARAL: tuple[Point, Point] = ((57.0, 46.05), (63.0, 46.05))
UNDATED = "shore as drawn by Natural Earth, which gives no date"
MODERN = "shore of the 2000s, east basin still wet: not today's sea"
PARTS = (
    ("caspian", "Caspian Sea without Garabogaz", UNDATED, CASPIAN, ()),
    ("kara-bogaz", "Garabogaz bay", UNDATED, GARABOGAZ, ()),
    ("caspian-north", "North Caspian", UNDATED, CASPIAN, ((NORTH_MIDDLE, True),)),
    ("caspian-middle", "Middle Caspian", UNDATED, CASPIAN, ((NORTH_MIDDLE, False), (MIDDLE_SOUTH, True))),
    ("caspian-south", "South Caspian", UNDATED, CASPIAN, ((MIDDLE_SOUTH, False),)),
    ("aral", "Aral Sea of 1960", "shore of about 1960", ARAL_1960, ()),
    ("north-aral", "North Aral of the 2000s", MODERN, ARAL_2000S, ((KOKARAL, True),)),
    ("south-aral", "South Aral of the 2000s", MODERN, ARAL_2000S, ((KOKARAL, False),)),
)


def simplify(ring: np.ndarray, tolerance: float) -> np.ndarray:
    """The ring without the points that stand less than ``tolerance`` degrees off the line of the others.

    Douglas and Peucker's rule between the two points furthest apart from the first; a degree of longitude
    counts as its length at the mean latitude.
    """
    scaled = ring * [np.cos(np.radians(ring[:, 1].mean())), 1.0]
    far = int(np.argmax(np.hypot(*(scaled - scaled[0]).T)))
    closed = np.vstack([scaled, scaled[:1]])
    kept, open_ = {0, far}, [(0, far), (far, len(ring))]
    while open_:
        first, last = open_.pop()
        if last - first < 2:
            continue
        off = _distances(closed[first + 1 : last], closed[first], closed[last])
        if off.max() > tolerance:
            middle = first + 1 + int(np.argmax(off))
            kept.add(middle)
            open_ += [(first, middle), (middle, last)]
    return ring[sorted(kept)]


def cut(ring: np.ndarray, line: tuple[Point, Point], north: bool) -> np.ndarray:
    """What of the ring lies north (or south) of the endless line; empty where nothing does.

    Pieces stay joined along the line, where the joints enclose nothing.
    """
    (x1, y1), (x2, y2) = line
    above = (ring[:, 1] - y1) - (ring[:, 0] - x1) * (y2 - y1) / (x2 - x1)
    side = above if north else -above
    found: list[np.ndarray] = []
    for here, there, a, b in zip(ring, np.roll(ring, -1, axis=0), side, np.roll(side, -1), strict=True):
        if a >= 0:
            found.append(here)
        if (a >= 0) != (b >= 0):
            found.append(here + (there - here) * a / (a - b))
    return np.array(found) if found else np.empty((0, 2))


def build(folder: Path) -> str:
    """The text of the table."""
    rows = []
    for name, label, as_of, (file, feature), cuts in PARTS:
        rings = [simplify(ring, TOLERANCE) for ring in _rings(folder / file, feature)]
        for line, north in cuts:
            rings = [part for ring in rings if len(part := cut(ring, line, north)) > 2]
        shapes = [np.round(ring, DECIMALS).tolist() for ring in rings]
        made_of = f"{file}: {feature}"
        rows.append({"id": name, "label": label, "as_of": as_of, "from": made_of, "rings": shapes})
    table = {
        "schema": 1,
        "source": "Natural Earth 10m physical vectors",
        "source_url": "https://www.naturalearthdata.com/downloads/10m-physical-vectors/",
        "licence": "public domain",
        "how": f"Douglas-Peucker, tolerance {TOLERANCE} degrees; [east, north] of {DECIMALS} decimals",
    }
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    return json.dumps(table, indent=0)[:-2] + ',\n"outlines": [\n' + lines + "\n]}\n"


def _distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Distance of each point from the segment."""
    along = end - start
    share = np.clip((points - start) @ along / max(float(along @ along), 1e-30), 0.0, 1.0)
    return np.hypot(*(points - start - share[:, None] * along).T)


def _rings(path: Path, name: str) -> list[np.ndarray]:
    features = json.loads(path.read_text("utf-8"))["features"]
    found = next(item for item in features if " ".join(item["properties"]["name"].split()) == name)
    return [np.array(ring, dtype="float64")[:-1, :2] for ring in found["geometry"]["coordinates"]]


if __name__ == "__main__":
    FILE.write_text(build(Path(sys.argv[1])), "utf-8")
