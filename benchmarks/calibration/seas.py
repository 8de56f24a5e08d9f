"""Seas on which nothing happened at the speech, as complete months or whole years; cm, one sea a row.

``changes`` and ``levels`` keep the spectrum of the record; ``accelerating`` goes on along the record's
parabola since 2006; ``gauge model`` follows the model of the gauge list; ``from today`` is the record itself,
carried on by that model. A fixed season is among the columns of every fit and changes no trend, so none is
added. A steady trend changes no change of trend: spectra and model fall at the list's recent pace, so that
they can slow down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from benchmarks.calibration import gauge_model, records, synthetic
from dashboard.readings.condition.fit import piecewise
from dashboard.readings.condition.frozen import AFTER_START
from dashboard.series.periods import SPEECH_YEAR

SEED = 20231124


@dataclass(frozen=True)
class Seas:
    """Months (datetime64[M]) or years (plain numbers), and the levels of each sea."""

    at: np.ndarray
    levels: np.ndarray


Maker = Callable[[int, int, Generator], Seas]


def _changes(after: int, draws: int, rng: Generator) -> Seas:
    return _of_spectrum(after, draws, rng, "changes")


def _levels(after: int, draws: int, rng: Generator) -> Seas:
    return _of_spectrum(after, draws, rng, "levels")


def _of_spectrum(after: int, draws: int, rng: Generator, spectrum: synthetic.Spectrum) -> Seas:
    at, values = records.months()
    axis = np.arange(at[0], AFTER_START + after)
    made = synthetic.draw(records.spread(at, values), axis.size, draws, spectrum, rng, 12)
    return Seas(axis, made + records.recent_pace() * records.from_speech(axis))


def _accelerating(after: int, draws: int, rng: Generator) -> Seas:
    axis = np.arange(records.START, AFTER_START + after)
    around = records.spread(*records.around_bend())
    return Seas(axis, records.bend(axis) + synthetic.draw(around, axis.size, draws, "levels", rng, 12))


def _gauge_model(after: int, draws: int, rng: Generator) -> Seas:
    axis = np.arange(records.START, AFTER_START + after)
    years = np.arange(records.START_YEAR - 1, SPEECH_YEAR + after // 12 + 3)
    levels = gauge_model.walk(years.size, draws, rng) @ _between(years, axis)
    falling = records.recent_pace() * records.from_speech(axis)
    return Seas(axis, levels + falling + _ripples(axis.size, draws, rng))


def _from_today(after: int, draws: int, rng: Generator) -> Seas:
    """The record to its last month, which stands in the middle of 2023 as the mean of that year does."""
    at, values = records.months()
    axis = np.arange(AFTER_START, AFTER_START + after)
    years = np.arange(SPEECH_YEAR, SPEECH_YEAR + after // 12 + 3)
    level = values - records.season(at)
    year = level[-12:].mean() - level[-24:-12].mean()
    later = level[-6:].mean() + gauge_model.walk(years.size, draws, rng, year) @ _between(years, axis)
    before = np.broadcast_to(level, (draws, at.size))
    return Seas(np.append(at, axis), np.hstack([before, later + _ripples(axis.size, draws, rng)]))


def _between(years: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """What each yearly mean, in the middle of its year, gives to each month between it and the next."""
    middles = years + 0.5 - 1970
    return np.stack([np.interp(piecewise.middle(axis), middles, row) for row in np.eye(years.size)])


def _ripples(count: int, draws: int, rng: Generator) -> np.ndarray:
    return synthetic.draw(records.around_years(), count, draws, "levels", rng, 12)


MONTHS: dict[str, Maker] = {
    "changes": _changes,
    "levels": _levels,
    "accelerating": _accelerating,
    "gauge model": _gauge_model,
    "from today": _from_today,
}


def _years_changes(after: int, draws: int, rng: Generator) -> Seas:
    years, values = records.years()
    axis = np.arange(years[0], SPEECH_YEAR + after + 1)
    made = synthetic.draw(values, axis.size, draws, "changes", rng, 0)
    return Seas(axis, made + records.recent_pace() * (axis - SPEECH_YEAR))


def _years_accelerating(after: int, draws: int, rng: Generator) -> Seas:
    years, values = records.years()
    since = years >= records.START_YEAR
    axis = np.arange(records.START_YEAR, SPEECH_YEAR + after + 1)
    found = np.polynomial.Polynomial.fit(years[since], values[since], 2)
    around = values[since] - found(years[since])
    return Seas(axis, found(axis) + synthetic.draw(around, axis.size, draws, "levels", rng, 0))


def _years_gauge_model(after: int, draws: int, rng: Generator) -> Seas:
    axis = np.arange(records.START_YEAR, SPEECH_YEAR + after + 1)
    return Seas(axis, gauge_model.walk(axis.size, draws, rng) + records.recent_pace() * (axis - SPEECH_YEAR))


def _years_from_today(after: int, draws: int, rng: Generator) -> Seas:
    """The list to 2022, carried on from its last change."""
    years, values = records.years()
    axis = np.arange(years[0], SPEECH_YEAR + after + 1)
    later = values[-1] + gauge_model.walk(after + 2, draws, rng, values[-1] - values[-2])[:, 1:]
    return Seas(axis, np.hstack([np.broadcast_to(values, (draws, years.size)), later]))


YEARS: dict[str, Maker] = {
    "changes": _years_changes,
    "accelerating": _years_accelerating,
    "gauge model": _years_gauge_model,
    "from today": _years_from_today,
}


def draw(makers: dict[str, Maker], kind: str, after: int, draws: int) -> Seas:
    """The same seas in every run; ``after`` in months, or in years."""
    return makers[kind](after, draws, np.random.default_rng(SEED))
