"""What the study starts from: the months and the gauge years before the speech, and what they look like.

Levels are in cm, paces in cm a year; ``x`` is years from the speech.
"""

from __future__ import annotations

from functools import cache

import numpy as np

import loaders
from dashboard.readings.condition import frozen
from dashboard.readings.condition.fit import piecewise, yearly
from dashboard.series.level.levels import CM
from dashboard.series.periods import SPEECH, SPEECH_YEAR, annual_means, monthly_means

PLACE = "caspian"
# The fall of the sea began to steepen with the first of the frozen baselines.
START = np.datetime64(frozen.BASELINES[0], "M")
START_YEAR = 2006
SEASON = slice(2, 6)


@cache
def months() -> tuple[np.ndarray, np.ndarray]:
    """The complete months before the speech of the record that the bands are made of."""
    found, values = monthly_means(loaders.open_series(frozen.MONTHLY, origin="baseline"), SPEECH)
    past = found <= frozen.BEFORE_END
    return found[past], values[past] * CM


@cache
def years() -> tuple[np.ndarray, np.ndarray]:
    """The whole years before the speech's of the gauge list, as plain numbers."""
    found, values = annual_means(loaders.open_series(frozen.YEARLY, origin="baseline"), SPEECH)
    numbers = found.astype(int) + 1970
    past = numbers < SPEECH_YEAR
    return numbers[past], values[past] * CM


def bands() -> frozen.Bands:
    """The frozen bands of the pages."""
    found = frozen.bands_of(PLACE)
    assert found is not None
    return found


def from_speech(at: np.ndarray) -> np.ndarray:
    """Years from the speech to the middle of each month."""
    return piecewise.middle(at) - piecewise.moment(SPEECH)


@cache
def curve() -> np.ndarray:
    """Parabola and season of the record since 2006 by least squares: how the fall steepened until 2023.

    Level at the speech, pace there, four coefficients of the season, and half the change of pace a year.
    """
    found, values = months()
    since = found >= START
    columns = np.column_stack([piecewise.season(found[since]), from_speech(found[since]) ** 2])
    return np.linalg.lstsq(columns, values[since], rcond=None)[0]


def season(at: np.ndarray) -> np.ndarray:
    """The yearly season of the record in these months."""
    return piecewise.season(at)[:, SEASON] @ curve()[SEASON]


def bend(at: np.ndarray) -> np.ndarray:
    """The parabola of the record, past and to come, without season."""
    x = from_speech(at)
    level, pace, *_, half = curve()
    return level + pace * x + half * x**2


@cache
def around_bend() -> tuple[np.ndarray, np.ndarray]:
    """The months since 2006 and how far they stand from parabola and season."""
    found, values = months()
    since = found >= START
    return found[since], values[since] - bend(found[since]) - season(found[since])


def around_years() -> np.ndarray:
    """How far each month stands from a line between the means of its years, season taken off; NaN in gaps."""
    found, values = months()
    level = values - season(found)
    of = found.astype("datetime64[Y]")
    whole = np.unique(of)
    means = np.array([level[of == one].mean() for one in whole])
    middles = np.array([piecewise.middle(found[of == one]).mean() for one in whole])
    return spread(found, level - np.interp(piecewise.middle(found), middles, means))


def spread(at: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values on every month from the first to the last, NaN where there is none."""
    numbers = at.astype(int)
    record = np.full(numbers[-1] - numbers[0] + 1, np.nan)
    record[numbers - numbers[0]] = values
    return record


@cache
def recent_pace() -> float:
    """The pace of the gauge list in its last ten years."""
    numbers, values = years()
    found, _, _ = yearly.slope(numbers[-yearly.BEFORE :], values[-yearly.BEFORE :])
    return found.value
