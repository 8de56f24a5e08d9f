"""The second, longer placebo ground: whole years of a gauge list that spans a century.

Slope of the years before against the slope of the years after, both least squares; no year is in both. Every
earlier year of the list is a placebo break. The years before the speech end with the year of the speech: only
38 of its days came after.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dashboard.readings.condition.fit.estimates import Band, Carried, Estimate, Fit
from dashboard.readings.condition.fit.piecewise import predict, quantile, solve
from dashboard.readings.condition.fit.placebo import summary
from dashboard.series.periods import SPEECH_YEAR

BEFORE = 10
# From 2006, 2014 and 2018 to the year of the speech, as the frozen baselines of the monthly method.
BEFORES = (18, 10, 6)
AFTERS = tuple(range(2, 9))
# Two means give a difference, and nothing that says how sure a slope between them is.
FOR_A_PACE = 3


def after_length(years: int) -> int | None:
    """The longest frozen after-length that so many years fill; None under two."""
    return max((length for length in AFTERS if length <= years), default=None)


def changes(years: np.ndarray, values: np.ndarray, before: int, after: int) -> tuple[np.ndarray, np.ndarray]:
    """Placebo break years and the change of slope at each, a year; windows end before the speech's year.

    ``years`` are plain numbers. A window with a missing year is left out.
    """
    past = years < SPEECH_YEAR
    known, taken = years[past], values[past]
    if not known.size or known[-1] - known[0] + 1 < before + after:
        return known[:0], taken[:0]
    record = np.full(known[-1] - known[0] + 1, np.nan)
    record[known - known[0]] = taken
    windows = sliding_window_view(record, before + after)
    found = windows[:, before:] @ weights(after) - windows[:, :before] @ weights(before)
    whole = ~np.isnan(found)
    return (known[0] + before - 1 + np.arange(found.size))[whole], found[whole]


def weights(count: int) -> np.ndarray:
    """What each of ``count`` yearly values adds to their least-squares slope."""
    x = np.arange(count) - (count - 1) / 2
    return x / (x @ x)


def band(years: np.ndarray, values: np.ndarray, before: int, after: int) -> Band:
    """The band of one pair of lengths in years, in the unit of the values, a year."""
    breaks, found = changes(years, values, before, after)
    return summary((breaks - 1970).astype("datetime64[Y]"), found, before, after, "year")


def fit(years: np.ndarray, values: np.ndarray, before: int, after: int) -> Fit | None:
    """The two slopes around the speech, in the unit of the values a year; None where a year is missing.

    The change has no interval of its own: its band is the test.
    """
    first, last = SPEECH_YEAR - before + 1, SPEECH_YEAR + after
    left = (years >= first) & (years <= SPEECH_YEAR)
    right = (years > SPEECH_YEAR) & (years <= last)
    if left.sum() < before or right.sum() < after:
        return None
    one, r, size = slope(years[left], values[left])
    other, _, _ = slope(years[right], values[right])
    return Fit(one, other, Estimate(other.value - one.value), r, int(left.sum() + right.sum()), size)


def slope(years: np.ndarray, values: np.ndarray) -> tuple[Estimate, float, float]:
    """Least-squares slope with its 90 % interval (none from two years), r, and the effective sample."""
    columns = np.stack([np.ones(years.size), years - years.mean()], axis=-1)
    coefficients, covariance, r, size = solve(columns, values, years)
    if years.size < 3:
        return Estimate(float(coefficients[1])), r, size
    half = quantile(size - 2) * float(np.sqrt(covariance[1, 1]))
    value = float(coefficients[1])
    return Estimate(value, value - half, value + half), r, size


def carried(series: str, years: np.ndarray, values: np.ndarray, before: int = BEFORE) -> Carried | None:
    """The line through the years before the speech carried on over the years after, with its 90 % band."""
    left = (years > SPEECH_YEAR - before) & (years <= SPEECH_YEAR)
    right = years > SPEECH_YEAR
    if left.sum() < before or not right.any():
        return None
    centre = years[left].mean()
    columns = np.stack([np.ones(int(left.sum())), years[left] - centre], axis=-1)
    ahead = np.stack([np.ones(int(right.sum())), years[right] - centre], axis=-1)
    expected, half = predict(columns, values[left], years[left], ahead)
    times = (years[right] - 1970).astype("datetime64[Y]")
    start = str(SPEECH_YEAR - before + 1)
    return Carried(series, start, "year", times, values[right], expected, expected - half, expected + half)
