"""What the figures say about each water body: its change, its pace, what is drawn (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.readings.condition.pace import pace
from dashboard.readings.condition.records import LevelPace
from dashboard.series.agreement import Agreement, agreement
from dashboard.series.change import Change
from dashboard.series.comparison import Comparison, change_of, part_of
from dashboard.series.snapshot import Snapshot, end_of, last_time
from loaders.tables.items import Series
from loaders.tables.schema import Body

# Where a water body has no level that reaches past the speech, its best other record is drawn.
FALLBACK = ("area", "volume", "level")
A_YEAR = 366


@dataclass(frozen=True)
class Finding:
    """One water body: its headline change if one can be told, and what there is if not."""

    place: str
    body: Body
    sea: str
    agreement: Agreement | None
    changes: tuple[Change, ...]
    level_until: np.datetime64 | None
    shown: tuple[str, ...]
    shown_indicator: str
    pace: LevelPace | None = None

    @property
    def told(self) -> bool:
        return self.agreement is not None and self.agreement.main.told


def finding(snapshot: Snapshot, place: str, comparison: Comparison, allowed: Sequence[Series]) -> Finding:
    """The state of one water body from the series that pass the reader's filters.

    Stated single figures show how far a level is known; they never make a change. Nothing here rests on an
    experimental or a derived series.
    """
    allowed = [row for row in allowed if row.may_lead]
    body = snapshot.catalogue.bodies[place]
    levels = [
        row for row in allowed if row.indicator == "level" and part_of(snapshot, row) == body.level_place
    ]
    changes = tuple(change_of(snapshot, row, comparison) for row in levels)
    agreed = agreement([change for change in changes if change.step])
    until = max((last_time(snapshot.series[row.id]) for row in levels), default=None)
    shown, indicator = _shown(snapshot, place, agreed, levels, allowed)
    sea = snapshot.catalogue.places[place].sea
    moves = pace(snapshot, levels, snapshot.as_of)
    return Finding(place, body, sea, agreed, changes, until, shown, indicator, moves)


def _shown(
    snapshot: Snapshot,
    place: str,
    agreed: Agreement | None,
    levels: Sequence[Series],
    allowed: Sequence[Series],
) -> tuple[tuple[str, ...], str]:
    """The series drawn on the card: all of the headline's own datum, or the best other record."""
    rows = [row for row in allowed if row.place == place]
    if agreed:
        same = [row for row in levels if row.datum == agreed.main.datum]
        same = [row for row in same if row.zone == _row(same, agreed.main.series).zone]
        reach = end_of(snapshot.series[agreed.main.series])
        late = {row.id: (reach - end_of(snapshot.series[row.id])).astype(int) > A_YEAR for row in same}
        return tuple(
            row.id for row in sorted(same, key=lambda row: (late[row.id], _coarse_first(row)))
        ), "level"
    for indicator in FALLBACK:
        lines = [row for row in rows if row.indicator == indicator and row.cadence != "irregular"]
        if lines:
            newest = max(lines, key=lambda row: last_time(snapshot.series[row.id]))
            return (newest.id,), indicator
    marks = [row for row in rows if row.indicator in FALLBACK]
    return ((marks[0].id,), marks[0].indicator) if marks else ((), "")


def _coarse_first(row: Series) -> int:
    """A yearly line carries the panel, if it reaches the headline's year; finer records stay thin."""
    return ("year", "month", "10-day", "quarter", "day", "irregular").index(row.cadence)


def _row(rows: Sequence[Series], series: str) -> Series:
    return next(row for row in rows if row.id == series)
