"""How fast one level moves since the speech, and how fast before: one pace a water body, the same everywhere.

Months: the slope after the speech beside the slope of the ten years before, both with the season of all these
months (``piecewise``), from two whole years of months on. Whole years: the plain slopes, from three years on.
Two years after the speech give the difference of two means and no pace. A pace describes; it decides no word.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.readings.condition import by_months, by_years, decision
from dashboard.readings.condition.by_months import Record
from dashboard.readings.condition.by_years import Years
from dashboard.readings.condition.fit import yearly
from dashboard.readings.condition.fit.placebo import MIN_SHARE
from dashboard.readings.condition.records import LevelPace
from dashboard.series.periods import SPEECH_YEAR, step_of
from dashboard.series.snapshot import Snapshot
from loaders.tables.items import Series

BASELINE = by_months.COMPANION
# One standard deviation of a yearly difference against gauges of the Caspian: 0.042 m in 31 pairs of years.
OF_TWO_YEARS = 4.2


def pace(snapshot: Snapshot, rows: Sequence[Series], as_of: np.datetime64) -> LevelPace | None:
    """The pace of one water body from its level series; None where none reaches two years past the speech.

    Months lead where they are not stale, then whole years; of each the record that reaches furthest, of these
    the longest. ``rows`` are levels of one place.
    """
    stored = [row for row in rows if row.id in snapshot.series and row.may_lead]
    fine = [row for row in stored if step_of(snapshot.series[row.id]) == "month"]
    records = [by_months.record(row, snapshot.series[row.id], as_of) for row in fine]
    fresh = [one for one in records if (as_of - one.newest).astype(int) <= decision.STALE_DAYS]
    for one in sorted(fresh, key=lambda one: (one.months[-1:], one.months.size), reverse=True):
        if found := of_months(one):
            return found
    lists = [by_years.years_of(row, snapshot.series[row.id], as_of) for row in stored]
    return next((found for one in by_years.furthest(lists) if (found := of_years(one))), None)


def of_months(one: Record) -> LevelPace | None:
    """The slopes of months in cm a year; None with too few on a side."""
    made = by_months.lines(one, BASELINE)
    if made is None:
        return None
    after = one.months[one.months >= by_months.AFTER_START]
    spans = (BASELINE, str(by_months.BEFORE_END)), (str(after[0]), str(after[-1]))
    return LevelPace(one.row.id, "month", spans[0], made.before, spans[1], int(after.size), made.after)


def of_years(one: Years) -> LevelPace | None:
    """The slopes of whole years in cm a year, or the difference of two years; None with fewer."""
    past = (one.years > SPEECH_YEAR - yearly.BEFORE) & (one.years <= SPEECH_YEAR)
    later = one.years > SPEECH_YEAR
    if past.sum() < MIN_SHARE * yearly.BEFORE or later.sum() < 2:
        return None
    years, values = one.years[later], one.values[later]
    before, _, _ = yearly.slope(one.years[past], one.values[past])
    spans = (str(SPEECH_YEAR - yearly.BEFORE + 1), str(SPEECH_YEAR)), (str(years[0]), str(years[-1]))
    if years.size < yearly.FOR_A_PACE:
        step = float(values[-1] - values[0])
        return LevelPace(one.row.id, "year", spans[0], before, spans[1], 2, None, step, OF_TWO_YEARS)
    after, _, _ = yearly.slope(years, values)
    return LevelPace(one.row.id, "year", spans[0], before, spans[1], int(years.size), after)
