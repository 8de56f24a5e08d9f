"""Outlines of the seas and their parts, and what a grid holds of them: masks, cell areas, means (pure).

The table ``outlines.json`` is made by ``loaders.geometry.build_outlines`` from Natural Earth. An outline is a
dated drawing, not a measurement: that of the Aral of the 2000s is not today's sea. Longitudes are degrees
east from -180 to 180, latitudes degrees north; areas are those on the WGS84 ellipsoid, in km2.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("outlines.json")
EQUATOR_KM = 6378.137
E2 = 0.00669437999014
# A cell whose larger part is land shows the land: its value says little about the sea.
SEA_SHARE = 0.5


@dataclass(frozen=True)
class Outline:
    """One water body as drawn: the first ring is the shore, further rings are islands.

    A ring is an array of (longitude, latitude), not closed. ``as_of`` says which shore was drawn.
    """

    id: str
    label: str
    as_of: str
    rings: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Box:
    south: float
    north: float
    west: float
    east: float


@cache
def outlines() -> dict[str, Outline]:
    """Every outline of the table by its id, which is that of a place of the catalogue."""
    table = json.loads(FILE.read_text("utf-8"))
    return {
        row["id"]: Outline(row["id"], row["label"], row["as_of"], tuple(np.array(r) for r in row["rings"]))
        for row in table["outlines"]
    }


@cache
def about() -> dict[str, str]:
    """What the table says of itself: ``source``, ``source_url``, ``licence``, ``how``."""
    table = json.loads(FILE.read_text("utf-8"))
    return {key: table[key] for key in ("source", "source_url", "licence", "how")}


def box(outline: Outline) -> Box:
    """The smallest box of latitudes and longitudes around the shore."""
    (west, south), (east, north) = outline.rings[0].min(axis=0), outline.rings[0].max(axis=0)
    return Box(float(south), float(north), float(west), float(east))


def contains(outline: Outline, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """Whether each point lies inside; the arrays are broadcast against each other. Islands are outside."""
    y, x = np.broadcast_arrays(np.asarray(latitudes, "float64"), np.asarray(longitudes, "float64"))
    limits = box(outline)
    near = (y >= limits.south) & (y <= limits.north) & (x >= limits.west) & (x <= limits.east)
    inside = np.zeros(near.sum(), dtype=bool)
    x, y = x[near], y[near]
    for x1, y1, x2, y2 in _edges(outline):
        if y1 != y2:
            beyond = (y1 <= y) != (y2 <= y)
            inside ^= beyond & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    found = np.zeros(near.shape, dtype=bool)
    found[near] = inside
    return found


def area_km2(outline: Outline) -> float:
    """The area of the shore ring less that of its islands."""
    parts = [ring_area_km2(ring) for ring in outline.rings]
    return parts[0] - sum(parts[1:])


def ring_area_km2(ring: np.ndarray) -> float:
    """Area = a2/2 * |sum of dlon * (q1 + q2) / 2|, with q of ``_q``: exact for edges along a parallel.

    Of the short edges of a coast it is within 0.01 % of the area between geodesics.
    """
    after = np.roll(ring, -1, axis=0)
    widths = np.radians(after[:, 0] - ring[:, 0])
    total = np.sum(widths * (_q(after[:, 1]) + _q(ring[:, 1])) / 2)
    return abs(float(total)) * EQUATOR_KM**2 / 2


def cell_edges(centres: np.ndarray) -> np.ndarray:
    """The edges, one more than cells, of an axis in either direction: half-way between the centres."""
    centres = np.asarray(centres, dtype="float64")
    if centres.size < 2:
        raise ValueError("an axis of one cell has no known width")
    middle = (centres[:-1] + centres[1:]) / 2
    first, last = centres[0] - (middle[0] - centres[0]), centres[-1] + (centres[-1] - middle[-1])
    return np.concatenate([[first], middle, [last]])


def cell_areas(latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """Area of each cell of the grid in km2, dims (latitude, longitude)."""
    bands = np.abs(np.diff(_q(cell_edges(latitudes)))) * EQUATOR_KM**2 / 2
    return bands[:, None] * np.abs(np.diff(np.radians(cell_edges(longitudes))))[None, :]


def fractions(
    outline: Outline, latitudes: np.ndarray, longitudes: np.ndarray, *, lines: int = 10
) -> np.ndarray:
    """The share 0..1 of each cell that lies inside, dims (latitude, longitude).

    Each row of cells is crossed by ``lines`` parallels; along each of them the length inside is exact.
    Cells outside the box of the outline are not looked at.
    """
    rows, columns = cell_edges(latitudes), cell_edges(longitudes)
    edges, limits = _edges(outline), box(outline)
    found = np.zeros((rows.size - 1, columns.size - 1))
    for row, (first, last) in enumerate(zip(rows[:-1], rows[1:], strict=True)):
        if max(first, last) < limits.south or min(first, last) > limits.north:
            continue
        for line in range(lines):
            found[row] += _covered(edges, first + (last - first) * (line + 0.5) / lines, columns)
    return found / lines


def sea_weights(outline: Outline, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """The area in km2 that each cell has of the sea; 0 for cells of which less than half is sea."""
    share = fractions(outline, latitudes, longitudes)
    return np.where(share >= SEA_SHARE, share, 0.0) * cell_areas(latitudes, longitudes)


def weighted_mean(field: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of ``field`` over its last two axes by ``weights``, and the number of cells it rests on.

    A cell counts where it has a value and a weight; the mean over no cell is NaN.
    """
    there = np.isfinite(field) & (weights > 0)
    total = np.where(there, weights, 0.0).sum(axis=(-2, -1))
    summed = np.where(there, np.nan_to_num(field) * weights, 0.0).sum(axis=(-2, -1))
    means = np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)
    return means, there.sum(axis=(-2, -1))


def _edges(outline: Outline) -> np.ndarray:
    """All edges of all rings as rows of x1, y1, x2, y2."""
    return np.concatenate([np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in outline.rings])


def _covered(edges: np.ndarray, latitude: float, columns: np.ndarray) -> np.ndarray:
    """The share inside of each span between ``columns`` along one parallel."""
    x1, y1, x2, y2 = edges[(edges[:, 1] <= latitude) != (edges[:, 3] <= latitude)].T
    crossed = np.sort(x1 + (latitude - y1) * (x2 - x1) / (y2 - y1))
    begin, length = crossed[::2], crossed[1::2] - crossed[::2]
    west_of = np.clip(columns[:, None] - begin[None, :], 0.0, length[None, :]).sum(axis=1)
    return np.diff(west_of) / np.diff(columns)


def _q(latitudes: np.ndarray) -> np.ndarray:
    """Snyder's q: the area of the ellipsoid from the equator to a parallel is a2/2 * dlon * q."""
    sine, e = np.sin(np.radians(np.asarray(latitudes, dtype="float64"))), np.sqrt(E2)
    return (1 - E2) * (sine / (1 - E2 * sine**2) - np.log((1 - e * sine) / (1 + e * sine)) / (2 * e))
