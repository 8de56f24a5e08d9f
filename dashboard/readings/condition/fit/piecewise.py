"""Two free lines and a yearly season: least squares on months around a day, with intervals as a guide.

Time is t = year + (month - 0.5)/12 and x = t - break. Columns: 1, x, 1 after the break, max(x, 0), cos and
sin of 2 pi t and 4 pi t. The coefficient of x is the trend before, of max(x, 0) the change of trend. The
lines need not meet at the break: a record that bent before it would drag a joined line after it along, and
give a sea that stands still a pace. All rates are in the unit of the values, a year.
"""

from __future__ import annotations

import numpy as np

from dashboard.readings.condition.fit.estimates import Estimate, Fit
from dashboard.series.periods import SPEECH

TREND, STEP, CHANGE = 1, 2, 3
# A line takes two of the effective sample; the season is known from every year.
LINE = 2
QUANTILE = 0.95


def middle(months: np.ndarray) -> np.ndarray:
    """Years since 1970 at the middle of each month (datetime64[M])."""
    return (months.astype("datetime64[M]").astype(int) + 0.5) / 12


def moment(day: np.datetime64) -> float:
    """Years since 1970 of a day, by the same calendar: each month is one twelfth."""
    month = day.astype("datetime64[M]")
    first, following = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
    share = (day.astype("datetime64[D]") - first) / (following - first)
    return float(month.astype(int) + share) / 12


def design(times: np.ndarray, at: np.ndarray | float) -> np.ndarray:
    """The eight columns along a new last axis; ``at`` is the break, one for all or one per row of times."""
    x = times - at
    turn = 2 * np.pi * times
    columns = (np.ones_like(x), x, (x > 0).astype(float), np.maximum(x, 0.0), np.cos(turn), np.sin(turn),
               np.cos(2 * turn), np.sin(2 * turn))  # fmt: skip
    return np.stack(columns, axis=-1)


def fit(months: np.ndarray, values: np.ndarray, break_at: np.datetime64) -> Fit:
    """The lines through monthly means on both sides of a day, with 90 % intervals.

    The interval of a line rests on the residuals of its own side: how the years before bent says nothing of
    how sure the slope after is. Raises ValueError with fewer months than coefficients, or with months on one
    side only.
    """
    times, at = middle(months), moment(break_at)
    columns = design(times, at)
    if len(values) <= columns.shape[1] or not (times.min() < at < times.max()):
        raise ValueError("piecewise fit: too few months, or all on one side of the break")
    coefficients = np.linalg.lstsq(columns, values, rcond=None)[0]
    residuals, inverse = values - columns @ coefficients, np.linalg.inv(columns.T @ columns)
    left, right = np.eye(columns.shape[1])[TREND], np.eye(columns.shape[1])[[TREND, CHANGE]].sum(0)
    sides = [_line(weights, coefficients, inverse, residuals[side], months[side])
             for weights, side in ((left, times < at), (right, times > at))]  # fmt: skip
    (before, _, _, _), (after, _, _, _) = sides
    change, half = after.value - before.value, float(np.hypot(sides[0][1], sides[1][1]))
    wide = quantile(min(one[3] for one in sides) - LINE)
    between = Estimate(change, change - wide * half, change + wide * half)
    return Fit(before, after, between, sides[1][2], len(values), sum(one[3] for one in sides))


def _line(
    weights: np.ndarray,
    coefficients: np.ndarray,
    inverse: np.ndarray,
    residuals: np.ndarray,
    months: np.ndarray,
) -> tuple[Estimate, float, float, float]:
    """One slope with its interval, its standard error, the lag-1 correlation and the effective sample."""
    r, wider, variance = _scatter(residuals, months, LINE)
    error = float(np.sqrt(variance * wider * (weights @ inverse @ weights)))
    value, size = float(weights @ coefficients), residuals.size / wider
    half = quantile(size - LINE) * error
    return Estimate(value, value - half, value + half), error, r, size


def line(months: np.ndarray, values: np.ndarray) -> Estimate:
    """Trend of monthly means with a season and no break, with its 90 % interval."""
    columns = season(months)
    coefficients, covariance, _, size = solve(columns, values, months)
    return _estimate(np.eye(columns.shape[1])[TREND], coefficients, covariance, quantile(size - LINE))


def season(months: np.ndarray) -> np.ndarray:
    """The columns without a break; years are counted from the speech."""
    return np.delete(design(middle(months), moment(SPEECH)), [STEP, CHANGE], axis=1)


def solve(
    columns: np.ndarray, values: np.ndarray, periods: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Coefficients, their covariance widened for serial correlation, r, and the effective sample.

    The standard error is multiplied by sqrt((1 + r)/(1 - r)), r not below 0; effective n is n(1 - r)/(1 + r).
    """
    coefficients = np.linalg.lstsq(columns, values, rcond=None)[0]
    residuals = values - columns @ coefficients
    count, free = columns.shape
    r, wider, variance = _scatter(residuals, periods, free)
    covariance = variance * np.linalg.inv(columns.T @ columns) * wider
    return coefficients, covariance, r, count / wider


def predict(
    columns: np.ndarray, values: np.ndarray, periods: np.ndarray, ahead: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Expected values and half the width of the 90 % prediction band of single values."""
    coefficients, covariance, _, size = solve(columns, values, periods)
    residuals = values - columns @ coefficients
    scatter = float(residuals @ residuals) / max(len(values) - columns.shape[1], 1)
    line = np.einsum("ni,ij,nj->n", ahead, covariance, ahead)
    return ahead @ coefficients, quantile(size - LINE) * np.sqrt(scatter + line)


def lag_one(residuals: np.ndarray, periods: np.ndarray) -> float:
    """Correlation of residuals of neighbouring periods, not below 0; pairs across a gap are left out."""
    near = np.diff(periods.astype(int)) == 1
    first, second = residuals[:-1][near], residuals[1:][near]
    spread = float(np.sqrt((first**2).sum() * (second**2).sum()))
    if len(first) < 3 or spread == 0.0:
        return 0.0
    return float(np.clip((first * second).sum() / spread, 0.0, 0.99))


def _scatter(residuals: np.ndarray, periods: np.ndarray, free: int) -> tuple[float, float, float]:
    """The lag-1 correlation, how much it widens a variance, the variance with ``free`` columns."""
    r = lag_one(residuals, periods)
    return r, (1 + r) / (1 - r), float(residuals @ residuals) / max(residuals.size - free, 1)


def quantile(freedom: float) -> float:
    """Student's t at 95 %, for two-sided 90 % intervals; at least one degree of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(max(freedom, 1.0), QUANTILE))


def _estimate(weights: np.ndarray, coefficients: np.ndarray, covariance: np.ndarray, wide: float) -> Estimate:
    value = float(weights @ coefficients)
    half = wide * float(np.sqrt(weights @ covariance @ weights))
    return Estimate(value, value - half, value + half)
