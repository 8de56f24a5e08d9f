"""Placebo breaks: how much the trend changed at dates when nothing was said.

With the same length before and after, the two lines are fitted again at every 1 January, April, July and
October of the record before the speech. The spread of those changes is the band that a change after the
speech must leave; it holds the sea's own swings, which no model of the errors does.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from dashboard.readings.condition.fit.estimates import Band, Guarded
from dashboard.readings.condition.fit.piecewise import CHANGE, design
from dashboard.series.periods import SPEECH_MONTH

# Beyond eight years after, every band of the record excludes zero: the eight-year band holds from there on.
AFTERS = tuple(range(36, 97, 12))
TEN_YEARS = 120
MIN_SHARE = 0.7
ENOUGH, FEW = 60, 20
LOW, HIGH = 5, 95
DECIMALS = 2


def after_length(months: int) -> int:
    """The frozen length whose band holds for so many months: the next shorter one, at least the first."""
    return max((length for length in AFTERS if length <= months), default=AFTERS[0])


def changes(months: np.ndarray, values: np.ndarray, before: int, after: int) -> tuple[np.ndarray, np.ndarray]:
    """Placebo breaks (datetime64[M], the break is the first day) and the change of trend at each, a year.

    Only months before the speech enter; both windows fit whole and hold at least 70 % of their months.
    """
    past = months < SPEECH_MONTH
    numbers, known = months[past].astype(int), values[past]
    if not numbers.size or numbers[-1] - numbers[0] + 1 < before + after:
        return months[:0], values[:0]
    record = np.full(numbers[-1] - numbers[0] + 1, np.nan)
    record[numbers - numbers[0]] = known
    breaks = np.arange(numbers[0] + before, numbers[-1] - after + 2)
    breaks = breaks[breaks % 3 == 0]
    windows = breaks[:, None] + np.arange(-before, after)
    taken = record[windows - numbers[0]]
    there = ~np.isnan(taken)
    whole = (there[:, :before].mean(1) >= MIN_SHARE) & (there[:, before:].mean(1) >= MIN_SHARE)
    found = _refit(windows[whole], breaks[whole], taken[whole], there[whole])
    return breaks[whole].astype("datetime64[M]"), found


def _refit(windows: np.ndarray, breaks: np.ndarray, taken: np.ndarray, there: np.ndarray) -> np.ndarray:
    """The change of trend of each window by its own normal equations, all at once."""
    columns = design((windows + 0.5) / 12, breaks[:, None] / 12) * there[..., None]
    level = np.nanmean(taken, axis=1, keepdims=True) if len(taken) else taken[:, :1]
    sides = np.einsum("kwi,kw->ki", columns, np.where(there, taken - level, 0.0))
    normal = np.einsum("kwi,kwj->kij", columns, columns)
    return np.linalg.solve(normal, sides[..., None])[:, CHANGE, 0]


def band(months: np.ndarray, values: np.ndarray, before: int, after: int) -> Band:
    """The band of one pair of lengths in months, in the unit of the values, a year."""
    breaks, found = changes(months, values, before, after)
    return summary(breaks, found, before, after, "month")


def summary(
    breaks: np.ndarray, found: np.ndarray, before: int, after: int, step: Literal["month", "year"]
) -> Band:
    """A band from the changes at placebo breaks (datetime64[M] or [Y]), rounded as it is frozen."""
    rounded = np.round(found, DECIMALS)
    first, last = (str(breaks[0]), str(breaks[-1])) if len(breaks) else ("", "")
    low, high = limits(rounded)
    independent = apart(breaks.astype(int), after)
    return Band(before, after, step, first, last, independent, low, high, tuple(rounded.tolist()))


def limits(values: np.ndarray) -> tuple[float, float]:
    """The highest change with at most 5 % below it, and its mirror; NaN where there is no date."""
    if not len(values):
        return np.nan, np.nan
    low = np.percentile(values, LOW, method="lower")
    return float(low), float(np.percentile(values, HIGH, method="higher"))


def apart(breaks: np.ndarray, after: int) -> int:
    """How many after-windows follow each other without overlap."""
    count, free = 0, -np.inf
    for at in breaks:
        if at >= free:
            count, free = count + 1, at + after
    return count


def guarded(own: Band, ten: Band, century: Band | None = None) -> Guarded | None:
    """The band that decides; None where both rest on fewer than 20 dates.

    A band that excludes zero, or rests on fewer than 60 dates, gives way to the wider end of the two: without
    this, no change at all would read as a slowing where all placebo dates fall into a steepening. ``century``
    is the band of a list of yearly means for the same years before and after: thirty years of months hold too
    few of a sea's swings to be the test alone, so the wider end of both decides.
    """
    if max(own.count, ten.count) < FEW:
        return None
    sure = own.count >= ENOUGH and own.low <= 0 <= own.high
    chosen = [own, *(() if sure else (ten,)), *((century,) if century else ())]
    low, high = np.nanmin([one.low for one in chosen]), np.nanmax([one.high for one in chosen])
    return Guarded(float(low), float(high), own, ten, century)
