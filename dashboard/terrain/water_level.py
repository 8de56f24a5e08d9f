"""Where the Caspian stands on the zero of the ground, and how far that may be off (pure).

The ground counts from the EGM2008 geoid, levels from zeros of their own. A level is moved only by an offset
that two records show in their common whole years; where no record counts from the ground's zero, it stays
as it is, and the step between two releases of one satellite record says how far a zero can be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.series.level.levels import Offset, offsets
from dashboard.series.periods import annual_means
from dashboard.series.snapshot import Snapshot
from loaders.tables.items import Series

GEOID = "egm2008-gwm"
SATELLITE = "dahiti"


@dataclass(frozen=True)
class Standing:
    """Whole-year means of the satellite record on the ground's zero (m), each off by ``error`` or so.

    ``offset`` is what moved them, None where nothing did; ``release`` the gap that the error was taken from.
    """

    row: Series
    years: np.ndarray
    levels: np.ndarray
    error: float
    offset: Offset | None
    release: Offset | None

    @property
    def today(self) -> float:
        return float(self.levels[-1])

    @property
    def year(self) -> str:
        return str(self.years[-1])

    @property
    def highest(self) -> float:
        return float(self.levels.max())

    @property
    def highest_year(self) -> str:
        return str(self.years[int(np.argmax(self.levels))])


def standing(snapshot: Snapshot, rows: Sequence[Series]) -> Standing | None:
    """The satellite record that reaches furthest; None without one, or without a measure of its zero."""
    levels = [
        row for row in rows if row.place == "caspian" and row.indicator == "level" and row.zone == "whole"
    ]
    lines = {
        row.id: annual_means(snapshot.series[row.id], snapshot.as_of, row.min_obs_per_month) for row in levels
    }
    satellites = [row for row in levels if str(row.datum).startswith(SATELLITE) and lines[row.id][0].size]
    if not satellites:
        return None
    row = max(satellites, key=lambda one: (lines[one.id][0][-1], lines[one.id][0].size))
    years, values = lines[row.id]
    on_geoid = [one for one in levels if one.datum == GEOID]
    if found := _gap(snapshot, on_geoid, row):
        return Standing(row, years, values + found.gap, found.spread, found, None)
    release = _gap(snapshot, [one for one in satellites if one.datum != row.datum], row)
    if release is None:
        return None
    return Standing(row, years, values, abs(release.gap), None, release)


def _gap(snapshot: Snapshot, others: Sequence[Series], row: Series) -> Offset | None:
    """How far the first of ``others`` stands above ``row``, where three whole years are common."""
    return next(iter(offsets(snapshot, [row, *others])), None)
