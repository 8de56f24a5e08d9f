"""The record carried on past the speech at a known pace, and what each method prints as the pace after.

The months to July 2023 are the real ones. The line of the last three years leads on to the speech, and from
there a line goes out at the known pace, with the record's season and with noise that remembers as the record
does around its parabola since 2006 (an autoregression of the first order). The months between the record's
end and the speech enter the yearly mean of 2023 alone; the monthly methods see the gap that the record has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from benchmarks.calibration import methods, records
from benchmarks.calibration.seas import SEED, Seas
from dashboard.readings.condition.fit import piecewise, yearly
from dashboard.readings.condition.frozen import AFTER_START, BASELINES
from dashboard.series.periods import SPEECH_YEAR

PACES = (0.0, 17.0, -13.0, -24.0, -40.0)
MONTHS_AFTER, YEARS_AFTER = 36, 3
# The mean of the printed pace may stand so far from the truth, cm a year.
TOLERANCE = 3.0
# Months of the line that leads to the speech.
LAST = 36


def continued(pace: float, draws: int) -> Seas:
    """The record and the months to December 2026, three whole years and one month more."""
    at, values = records.months()
    ahead = np.arange(at[-1] + 1, AFTER_START + MONTHS_AFTER + 1)
    x, lead = records.from_speech(ahead), records.from_speech(at[-LAST:])
    slope, level = np.polyfit(lead, (values - records.season(at))[-LAST:], 1)
    path = level + np.where(x < 0, slope, pace) * x + records.season(ahead)
    made = path + _remembering(ahead.size, draws)
    return Seas(np.append(at, ahead), np.hstack([np.broadcast_to(values, (draws, at.size)), made]))


def _as_recorded(sea: Seas) -> Seas:
    """Without the months between the record's end and the speech, to 36 months after it."""
    kept = (sea.at <= records.months()[0][-1]) | (sea.at >= AFTER_START)
    kept &= sea.at < AFTER_START + MONTHS_AFTER
    return Seas(sea.at[kept], sea.levels[:, kept])


def _remembering(count: int, draws: int) -> np.ndarray:
    """Noise with the spread and the lag-1 correlation of the record around parabola and season; cm."""
    at, around = records.around_bend()
    r, rng = piecewise.lag_one(around, at), np.random.default_rng(SEED)
    made = around.std() * rng.standard_normal((draws, count))
    for month in range(1, count):
        made[:, month] = r * made[:, month - 1] + np.sqrt(1 - r**2) * made[:, month]
    return made


def _lines(name: str) -> Callable[[Seas], np.ndarray]:
    def paces(sea: Seas) -> np.ndarray:
        found = methods.MONTHS[name].fits(_as_recorded(sea), MONTHS_AFTER)
        return np.array([[fit.after.value for fit in fits] for fits in found])

    return paces


def plain(sea: Seas) -> np.ndarray:
    """The slope of the months after the speech alone, with a season of their own."""
    after = (sea.at >= AFTER_START) & (sea.at < AFTER_START + MONTHS_AFTER)
    return np.array([[piecewise.line(sea.at[after], one[after]).value] for one in sea.levels])


def _years(name: str) -> Callable[[Seas], np.ndarray]:
    def paces(sea: Seas) -> np.ndarray:
        found = methods.YEARS[name].fits(of_years(sea), YEARS_AFTER)
        return np.array([[fit.after.value for fit in fits] for fits in found])[:, :1]

    return paces


def of_years(sea: Seas) -> Seas:
    """Means of the years to the speech's and of three after, season taken off."""
    year = sea.at.astype("datetime64[Y]").astype(int) + 1970
    level = sea.levels - records.season(sea.at)
    numbers = np.arange(SPEECH_YEAR - max(yearly.BEFORES) + 1, SPEECH_YEAR + YEARS_AFTER + 1)
    return Seas(numbers, np.stack([level[:, year == one].mean(axis=1) for one in numbers], axis=1))


@cache
def _variances() -> np.ndarray:
    """What the months before the speech say of the model's variances: irregular, level, slope."""
    at, values = records.months()
    return _model(records.spread(at, values - records.season(at))).fit(disp=False, maxiter=200).params


def _model(level: np.ndarray):
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    return UnobservedComponents(level - np.nanmean(level), "local linear trend")


def local_trend(sea: Seas) -> np.ndarray:
    """The mean slope after the speech of a local linear trend, smoothed over all months.

    Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, chapter 2.3. The variances
    are those of the record before the speech, fitted once by maximum likelihood.
    """
    seen = _as_recorded(sea)
    found = []
    for one in seen.levels - records.season(seen.at):
        smooth = _model(records.spread(seen.at, one)).smooth(_variances())
        found.append([12 * smooth.smoothed_state[1, -MONTHS_AFTER:].mean()])
    return np.array(found)


# Each gives one pace a sea and baseline, or a sea where the pace after needs no baseline.
PRINTED: Mapping[str, Callable[[Seas], np.ndarray]] = {
    "joined lines": _lines("joined"),
    "two free lines": _lines("free"),
    "plain slopes": plain,
    "years, 2023 on both sides": _years("joined"),
    "years, 2023 before only": _years("free"),
    "local linear trend": local_trend,
}


@cache
def printed(method: str, pace: float, draws: int) -> np.ndarray:
    """Pace after the speech that a method prints for seas with a known one; sea by baseline."""
    return PRINTED[method](continued(pace, draws))


def columns(method: str) -> tuple[str, ...]:
    """The baselines that the pace after can depend on."""
    return tuple(f"from {start[:4]}" for start in BASELINES) if method.endswith("lines") else ("none",)


def right(method: str, draws: int) -> bool:
    """Whether the mean printed pace is within the tolerance for every baseline and every known pace."""
    return all(abs(printed(method, pace, draws).mean(axis=0) - pace).max() <= TOLERANCE for pace in PACES)
