"""How the like-month change depends on its choices: longer windows, single sources, one source left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.readings.condition.records import LikeCell
from dashboard.series.agreement import Agreement, agreement
from dashboard.series.change import Change, Window, like_change
from dashboard.series.comparison import Comparison, change_of
from dashboard.series.periods import LENGTH, SPEECH_MONTH, Step, periods, step_of
from dashboard.series.snapshot import Snapshot
from loaders.tables.items import Series

WINDOWS = (12, 24, 36)
# First month of the last period before the speech.
LAST_BEFORE = {
    "month": np.datetime64("2023-10", "M"),
    "quarter": np.datetime64("2023-07", "M"),
    "year": np.datetime64("2023-01", "M"),
}


def like(snapshot: Snapshot, rows: Sequence[Series]) -> Agreement | None:
    """The like-month change of one water body over its independent sources."""
    return agreement([change_of(snapshot, row, Comparison()) for row in rows])


def windows(snapshot: Snapshot, rows: Sequence[Series]) -> tuple[LikeCell, ...]:
    """The change with 12, 24 and 36 months on both sides; no agreement where they are not full yet."""
    return tuple(LikeCell(months, _over(snapshot, rows, months)) for months in WINDOWS)


def by_source(snapshot: Snapshot, rows: Sequence[Series]) -> tuple[LikeCell, ...]:
    """Each source alone, by window."""
    groups = dict.fromkeys(row.independence_group for row in rows)
    return tuple(
        LikeCell(months, agreed, only=group)
        for group in groups
        for months in WINDOWS
        if (agreed := _over(snapshot, [r for r in rows if r.independence_group == group], months))
    )


def left_out(snapshot: Snapshot, rows: Sequence[Series]) -> tuple[LikeCell, ...]:
    """The headline change without each family of sources that has a change to tell."""
    told = dict.fromkeys(r.independence_group for r in rows if change_of(snapshot, r, Comparison()).told)
    rest = {group: [row for row in rows if row.independence_group != group] for group in told}
    return tuple(LikeCell(WINDOWS[0], like(snapshot, rest[group]), without=group) for group in told)


def flips(cells: Sequence[LikeCell]) -> bool:
    """Whether the change has another sign in one cell than in another."""
    signs = {float(np.sign(cell.agreed.main.change)) for cell in cells if cell.agreed}
    return len(signs) > 1


def _over(snapshot: Snapshot, rows: Sequence[Series], months: int) -> Agreement | None:
    return agreement([_change(snapshot, row, months) for row in rows])


def _change(snapshot: Snapshot, row: Series, months: int) -> Change:
    dataset = snapshot.series[row.id]
    error, count, step = row.systematic_error or 0.0, row.min_obs_per_month, step_of(dataset)
    if step is None or months == WINDOWS[0]:
        return change_of(snapshot, row, Comparison())
    at, _ = periods(dataset, step, snapshot.as_of, count)
    before, after = sides(step, months, at)
    if after is None:
        return Change(row.id, row.independence_group, step, row.unit, row.datum, reason="too_few_pairs")
    return like_change(
        dataset, as_of=snapshot.as_of, systematic=error, min_obs=count, before=before, after=after
    )


def sides(step: Step, months: int, at: np.ndarray) -> tuple[Window, Window | None]:
    """Equal windows before the speech and up to the newest period; no second one that is not full."""
    length = LENGTH[step]
    last = LAST_BEFORE[step]
    before = last - (months - length), last
    if not at.size:
        return before, None
    first = at[-1] - (months - length)
    return before, ((first, at[-1]) if first > SPEECH_MONTH else None)
