"""QARTOD flags of a dataset: fills found, every rule run, the worst flag of each point kept.

The order of badness is 4 > 3 > 1 > 2 > 9: a test that could not be run never outweighs one that was. Limits
are the rows ``[[threshold]]`` of the catalogue. Values are never changed, except that a provider's fill
number becomes NaN.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import xarray as xr

from loaders.quality import rules
from loaders.quality.rules import worst
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.schema import Threshold
from loaders.tables.vocabulary import Flag

FILLS = (999.99, 9999.99, 99.999, 9999.999, -9999.0)
# netCDF's and the climate models' fills are 1e20 and 9.96921e36; no quantity here comes near.
FILL_FROM = 1e19


def flag(dataset: xr.Dataset, row: Series, *, now: datetime | None = None) -> xr.Dataset:
    """The dataset with fills made NaN and ``qc`` = the worst of its own flags and the rules of ``row``.

    ``now`` (UTC) lets a time more than two days ahead fail, but not in a projection; without it nothing is
    known about the clock.
    The newest point of a series that is still open (``provisional`` 1) is 2 until its neighbour arrives.
    """
    limits = limits_of(dataset, row)
    times = dataset["time"].values
    missing = is_fill(dataset["value"].values, limits)
    values = np.where(missing, np.nan, dataset["value"].values)
    flags = dataset["qc"].values.astype("int8")
    if now is not None and not row.projection:
        flags = worst(flags, rules.ahead(times, now))
    if limits:
        flags = worst(flags, *checked(times, values, limits))
        if limits.spike_suspect is not None and _open(dataset) and flags[-1] == Flag.PASS:
            flags[-1] = Flag.NOT_EVALUATED
    flags[np.isnan(values)] = Flag.MISSING
    return _with(dataset, values, flags)


def limits_of(dataset: xr.Dataset, row: Series) -> Threshold | None:
    """The limits of a series; where the file says which basin it is of, that basin's."""
    if not row.qc:
        return None
    known = catalogue().thresholds
    return known[known[row.qc].basins.get(str(dataset.attrs.get("basin")), row.qc)]


def doubts(dataset: xr.Dataset, row: Series) -> np.ndarray:
    """The flags that are no surprise: the source's own, and 3 where the place itself is in doubt."""
    limits, flags = limits_of(dataset, row), dataset["qc"].values
    if not limits:
        return flags
    return worst(flags, rules.doubted(dataset["time"].values, dataset["value"].values, limits))


def checked(times: np.ndarray, values: np.ndarray, limits: Threshold) -> list[np.ndarray]:
    """The flags of each rule; what is out of range is no neighbour to judge others by."""
    ranged = rules.gross_range(times, values, limits)
    sound = np.where(ranged == Flag.FAIL, np.nan, values)
    rest = [rule(times, sound, limits) for rule in (rules.step, rules.spike, rules.flat, rules.tail)]
    return [ranged, rules.doubted(times, sound, limits), *rest]


def is_fill(values: np.ndarray, limits: Threshold | None) -> np.ndarray:
    """Where a value is NaN or a provider's fill number. Zero is a fill only where it is outside the span."""
    found = np.isnan(values) | (np.abs(values) >= FILL_FROM)
    for fill in FILLS:
        found |= np.isclose(values, fill, rtol=1e-7, atol=0)
    if limits and rules.outside(np.zeros(1), limits.fail_below, limits.fail_above)[0]:
        found |= values == 0
    return found


def apart(one: xr.Dataset, other: xr.Dataset, limit: float) -> xr.Dataset:
    """``one`` with the points suspect that differ by more than ``limit`` from ``other`` at the same time.

    Points of either that are missing or failed are not compared, and no flag gets better.
    """
    _, left, right = np.intersect1d(one["time"].values, other["time"].values, return_indices=True)
    good = [part["qc"].values[at] < Flag.FAIL for part, at in ((one, left), (other, right))]
    far = np.abs(one["value"].values[left] - other["value"].values[right]) > limit
    flags = one["qc"].values.copy()
    doubted = left[far & good[0] & good[1]]
    flags[doubted] = worst(flags[doubted], np.full(doubted.size, Flag.SUSPECT))
    return one.assign(qc=("time", flags, one["qc"].attrs))


def _open(dataset: xr.Dataset) -> bool:
    return dataset.sizes["time"] > 0 and bool(dataset["provisional"].values[-1] == 1)


def _with(dataset: xr.Dataset, values: np.ndarray, flags: np.ndarray) -> xr.Dataset:
    changed = dataset.copy()
    changed["value"] = ("time", values, dataset["value"].attrs)
    changed["qc"] = ("time", flags, dataset["qc"].attrs)
    if "uncertainty" in dataset:
        kept = np.where(np.isnan(values), np.nan, dataset["uncertainty"].values)
        changed["uncertainty"] = ("time", kept, dataset["uncertainty"].attrs)
    return changed
