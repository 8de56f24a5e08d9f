"""The method of the pages and the one before it: how each fits a sea, and the bands a change must leave.

Before, the two lines met at the speech, the year of the speech was on both sides, and the band of thirty
years of months decided alone. The bands of that method are made anew from the same records. Rates are in cm
a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

import loaders
from benchmarks.calibration import records
from benchmarks.calibration.seas import Seas
from dashboard.readings.condition import by_months, frozen
from dashboard.readings.condition.fit import piecewise, placebo, yearly
from dashboard.readings.condition.fit.estimates import Band, Estimate, Fit, Guarded
from dashboard.readings.condition.fit.piecewise import CHANGE, STEP, TREND, design, solve
from dashboard.readings.condition.frozen import AFTER_START, BASELINES, BEFORE_END
from dashboard.series.periods import SPEECH, SPEECH_YEAR

# A joined line takes three of the effective sample: two slopes and one level.
JOINED = 3
Fits = tuple[Fit, ...]
Limits = tuple[Guarded, ...]


@dataclass(frozen=True)
class Method:
    """Three fits of each sea, one a baseline, and the three bands for so many months or years after."""

    name: str
    fits: Callable[[Seas, int], list[Fits]]
    bands: Callable[[int], Limits]


def free(seas: Seas, _: int) -> list[Fits]:
    """The lines of the pages through each sea."""
    row, newest = loaders.catalogue().series[frozen.MONTHLY], seas.at[-1].astype("datetime64[D]")
    found = (by_months.Record(row, seas.at, one, newest) for one in seas.levels)
    return [tuple(_there(by_months.lines(one, start)) for start in BASELINES) for one in found]


def _there(fit: Fit | None) -> Fit:
    assert fit is not None, "a sea is drawn whole"
    return fit


def free_bands(after: int) -> Limits:
    return _guarded(records.bands().of_months(frozen.months_before(start), after) for start in BASELINES)


def joined(seas: Seas, _: int) -> list[Fits]:
    """Lines that meet at the speech through the same months of each sea."""
    right = seas.at >= AFTER_START
    sides = [(seas.at >= np.datetime64(start, "M")) & (seas.at <= BEFORE_END) | right for start in BASELINES]
    at = piecewise.moment(SPEECH)
    return [tuple(joined_fit(seas.at[side], one[side], at) for side in sides) for one in seas.levels]


def joined_fit(months: np.ndarray, values: np.ndarray, at: float) -> Fit:
    """The lines of the pages without their step; ``at`` is the break in years since 1970."""
    columns = np.delete(design(piecewise.middle(months), at), STEP, axis=1)
    found, covariance, r, size = solve(columns, values, months)
    wide = piecewise.quantile(size - JOINED)
    one, other = np.eye(columns.shape[1])[[TREND, CHANGE - 1]]

    def estimate(weights: np.ndarray) -> Estimate:
        value, half = float(weights @ found), wide * float(np.sqrt(weights @ covariance @ weights))
        return Estimate(value, value - half, value + half)

    return Fit(estimate(one), estimate(one + other), estimate(other), r, len(values), size)


def joined_bands(after: int) -> Limits:
    """The bands of joined lines on the record, each with the ten-year one as its guard, and no century."""
    ten = _joined_band(placebo.TEN_YEARS, after)
    own = (_joined_band(frozen.months_before(start), after) for start in BASELINES)
    return _guarded(placebo.guarded(one, ten) for one in own)


@cache
def _joined_band(before: int, after: int) -> Band:
    months, values = records.months()
    breaks, _ = placebo.changes(months, values, before, after)
    found = []
    for one in breaks:
        inside = (months >= one - before) & (months < one + after)
        found.append(joined_fit(months[inside], values[inside], int(one.astype(int)) / 12).change.value)
    return placebo.summary(breaks, np.array(found), before, after, "month")


def whole(seas: Seas, after: int) -> list[Fits]:
    """The yearly slopes of the pages: no year is on both sides."""
    return [
        tuple(_there(yearly.fit(seas.at, one, before, after)) for before in yearly.BEFORES)
        for one in seas.levels
    ]


def whole_bands(after: int) -> Limits:
    return _guarded(records.bands().of_years(before, after) for before in yearly.BEFORES)


def shared(seas: Seas, after: int) -> list[Fits]:
    """Yearly slopes that both hold the year of the speech."""
    right = (seas.at >= SPEECH_YEAR) & (seas.at <= SPEECH_YEAR + after)
    sides = [(seas.at > SPEECH_YEAR - before) & (seas.at <= SPEECH_YEAR) for before in yearly.BEFORES]
    found = []
    for one in seas.levels:
        later, _, _ = yearly.slope(seas.at[right], one[right])
        earlier = [yearly.slope(seas.at[side], one[side]) for side in sides]
        found.append(tuple(Fit(each, later, Estimate(later.value - each.value), r, 0, size)
                           for each, r, size in earlier))  # fmt: skip
    return found


def shared_bands(after: int) -> Limits:
    bands = {before: _shared_band(before, after) for before in yearly.BEFORES}
    return _guarded(placebo.guarded(bands[before], bands[yearly.BEFORE]) for before in yearly.BEFORES)


@cache
def _shared_band(before: int, after: int) -> Band:
    years, values = records.years()
    windows = np.lib.stride_tricks.sliding_window_view(values, before + after)
    earlier, later = windows[:, :before], windows[:, before - 1 :]
    found = later @ yearly.weights(after + 1) - earlier @ yearly.weights(before)
    breaks = years[before - 1 : before - 1 + found.size]
    return placebo.summary((breaks - 1970).astype("datetime64[Y]"), found, before, after, "year")


def _guarded(found: Iterable[Guarded | None]) -> Limits:
    limits = tuple(one for one in found if one)
    assert len(limits) == len(BASELINES), "the study needs a band for every baseline"
    return limits


MONTHS: Mapping[str, Method] = {
    "joined": Method("joined lines, months alone", joined, joined_bands),
    "free": Method("two free lines, with the century", free, free_bands),
}
YEARS: Mapping[str, Method] = {
    "joined": Method("2023 on both sides", shared, shared_bands),
    "free": Method("2023 before only", whole, whole_bands),
}
