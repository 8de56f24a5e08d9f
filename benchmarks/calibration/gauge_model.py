"""Levels that a model of the whole gauge list gives: yearly changes that persist, and no trend of their own.

ARIMA(1, 1, 0) (Box & Jenkins 1970): the change of one year is ``persistence`` times the change of the year
before and a shock. Of the simple models of the list it has the lowest AIC (782; with a second lag 784, a
moving average 786, a local linear trend 792, a random walk 815). It knows nothing of the speech, and a steep
fall eases in it by itself.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.random import Generator

from benchmarks.calibration import records


@cache
def model() -> tuple[float, float]:
    """Persistence, and the standard deviation of the shocks in cm a year.

    Rounded: the last digits of a maximum of likelihood differ between machines.
    """
    from statsmodels.tsa.arima.model import ARIMA

    _, values = records.years()
    found = ARIMA(values, order=(1, 1, 0)).fit()
    persistence, variance = found.params
    return round(float(persistence), 2), round(float(np.sqrt(variance)), 1)


def walk(count: int, draws: int, rng: Generator, last: float | None = None) -> np.ndarray:
    """Levels of ``count`` years from zero in the first, one sea a row; cm.

    ``last`` is the change into the first year, None for one at random as it comes in the long run.
    """
    persistence, shock = model()
    noise = shock * rng.standard_normal((draws, count))
    change = noise[:, 0] / np.sqrt(1 - persistence**2) if last is None else np.full(draws, last)
    levels = np.zeros((draws, count))
    for year in range(1, count):
        change = persistence * change + noise[:, year]
        levels[:, year] = levels[:, year - 1] + change
    return levels
