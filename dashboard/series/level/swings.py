"""How unusual a level's newest yearly step is among the years before it (pure).

Two whole years tell a step and no trend. Beside it stand how often such a step came, since when all steps go
the same way, and how far the level moved in the last years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from dashboard.series.periods import annual_means
from loaders.tables.vocabulary import Flag

# Steps before the newest that it is held against, how many alike make a run, and years back to "lately".
BEFORE, RUN, BACK = 14, 5, 4
DECIMALS = 6


@dataclass(frozen=True)
class Swing:
    """The step from the whole year before ``year`` to ``year``, in the series' unit.

    ``alike`` of the ``before`` steps before it went the same way and at least as far; ``usual`` says whether
    it lies within one standard deviation of all of them. ``run`` is the first year of five or more steps that
    all go its way, the newest included, else None. ``earlier`` is the year four before, from which the level
    moved by ``moved``.
    """

    year: int
    step: float
    alike: int
    before: int
    usual: bool
    run: int | None
    earlier: int
    moved: float


def swing(dataset: xr.Dataset, as_of: np.datetime64, min_obs: int = 2) -> Swing | None:
    """The newest yearly step; None with fewer than fifteen steps from one whole year to the next."""
    years, values = annual_means(dataset, as_of, min_obs)
    # Lists are printed in centimetres: two equal steps differ by what a float cannot hold.
    numbers, steps = (years.astype(int) + 1970)[1:], np.round(np.diff(values), DECIMALS)
    whole = np.diff(years.astype(int)) == 1
    if steps.size <= BEFORE or not whole[-BEFORE - 1 :].all():
        return None
    *earlier, step = steps[-BEFORE - 1 :].tolist()
    side = np.sign(step)
    alike = sum(bool(side * one >= side * step) for one in earlier)
    against = np.flatnonzero((np.sign(steps) != side) | ~whole)
    first = int(against[-1]) + 1 if against.size else 0
    run = int(numbers[first]) if steps.size - first >= RUN else None
    usual = abs(step) <= float(np.std([*earlier, step], ddof=1))
    moved = float(values[-1] - values[-1 - BACK])
    return Swing(int(numbers[-1]), step, alike, BEFORE, usual, run, int(numbers[-1 - BACK]), moved)


def bed_since(dataset: xr.Dataset) -> int | None:
    """The first year from which on every value failed: a dry bed sends heights back too. None without any."""
    failed = dataset["qc"].values == Flag.FAIL
    if not failed.size or not failed[-1]:
        return None
    held = np.flatnonzero(~failed)
    first = dataset["time"].values[held[-1] + 1 if held.size else 0]
    return int(first.astype("datetime64[Y]").astype(int)) + 1970
