"""QARTOD flags as pure functions of times and values.

The order of badness is 4 > 3 > 1 > 2 > 9: a test that could not be run never outweighs one that was. Limits
are the rows ``[[threshold]]`` of the catalogue; a point exactly on a limit is inside it. Values are never
changed, except that a provider's fill number becomes NaN.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import xarray as xr

from loaders.catalogue import catalogue
from loaders.model import Flag, Series, Threshold

FILLS = (999.99, 9999.99, 99.999, 9999.999, -9999.0)
# netCDF's and the climate models' fills are 1e20 and 9.96921e36; no quantity here comes near.
FILL_FROM = 1e19
AHEAD = timedelta(days=2)
# A neighbour further away than this many median steps says nothing about a spike.
FAR = 3.0
BADNESS = (Flag.MISSING, Flag.NOT_EVALUATED, Flag.PASS, Flag.SUSPECT, Flag.FAIL)
_RANK = {flag.value: rank for rank, flag in enumerate(BADNESS)}


def flag(dataset: xr.Dataset, row: Series, *, now: datetime | None = None) -> xr.Dataset:
    """The dataset with fills made NaN and ``qc`` = the worst of its own flags and the rules of ``row``.

    ``now`` (UTC) lets a time more than two days ahead fail, but not in a projection; without it nothing is
    known about the clock.
    The newest point of a series that is still open (``provisional`` 1) is 2 until its neighbour arrives.
    """
    limits = catalogue().thresholds[row.qc] if row.qc else None
    times = dataset["time"].values
    missing = is_fill(dataset["value"].values, limits)
    values = np.where(missing, np.nan, dataset["value"].values)
    flags = dataset["qc"].values.astype("int8")
    if now is not None and not row.projection:
        flags = worst(flags, ahead(times, now))
    if limits:
        ranged = gross_range(times, values, limits)
        flags = worst(flags, ranged, spike(times, np.where(ranged == Flag.FAIL, np.nan, values), limits))
        if limits.spike_suspect is not None and _open(dataset) and flags[-1] == Flag.PASS:
            flags[-1] = Flag.NOT_EVALUATED
    flags[np.isnan(values)] = Flag.MISSING
    return _with(dataset, values, flags)


def worst(*flags: np.ndarray) -> np.ndarray:
    """The worst flag of each point, by 4 > 3 > 1 > 2 > 9."""
    ranks = [np.vectorize(_RANK.__getitem__, otypes=[int])(part) for part in flags]
    return np.array(BADNESS, dtype="int8")[np.max(ranks, axis=0)]


def is_fill(values: np.ndarray, limits: Threshold | None) -> np.ndarray:
    """Where a value is NaN or a provider's fill number. Zero is a fill only where it is outside the span."""
    found = np.isnan(values) | (np.abs(values) >= FILL_FROM)
    for fill in FILLS:
        found |= np.isclose(values, fill, rtol=1e-7, atol=0)
    if limits and _outside(np.zeros(1), limits.fail_below, limits.fail_above)[0]:
        found |= values == 0
    return found


def ahead(times: np.ndarray, now: datetime) -> np.ndarray:
    """4 where a time is more than two days after ``now``, else 1."""
    latest = np.datetime64((now + AHEAD).replace(tzinfo=None), "ns")
    return np.where(times > latest, Flag.FAIL, Flag.PASS).astype("int8")


def gross_range(times: np.ndarray, values: np.ndarray, limits: Threshold) -> np.ndarray:
    """4 outside the fail span, 3 outside the suspect span, 9 for NaN; 2 outside the limits' validity."""
    flags = np.full(values.shape, Flag.PASS, dtype="int8")
    flags[_outside(values, limits.suspect_below, limits.suspect_above)] = Flag.SUSPECT
    flags[_outside(values, limits.fail_below, limits.fail_above)] = Flag.FAIL
    flags[~_valid(times, limits)] = Flag.NOT_EVALUATED
    flags[np.isnan(values)] = Flag.MISSING
    return flags


def spike(times: np.ndarray, values: np.ndarray, limits: Threshold) -> np.ndarray:
    """Three-point spike test: |v - (previous + next) / 2| above the suspect or the fail limit.

    Neighbours are the nearest points with a value; 2 where one is absent or further than three median steps.
    """
    flags = np.full(values.shape, Flag.NOT_EVALUATED, dtype="int8")
    there = np.flatnonzero(~np.isnan(values))
    flags[np.isnan(values)] = Flag.MISSING
    if limits.spike_suspect is None or there.size < 3:
        return flags
    steps = np.diff(times[there]).astype("timedelta64[s]").astype("float64")
    near = steps <= FAR * np.median(steps)
    middle, known = there[1:-1], values[there]
    size = np.abs(known[1:-1] - (known[:-2] + known[2:]) / 2)
    result = np.where(size > limits.spike_suspect, Flag.SUSPECT, Flag.PASS)
    if limits.spike_fail is not None:
        result = np.where(size > limits.spike_fail, Flag.FAIL, result)
    tested = near[:-1] & near[1:] & _valid(times[middle], limits)
    flags[middle[tested]] = result[tested]
    return flags


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


def _outside(values: np.ndarray, below: float | None, above: float | None) -> np.ndarray:
    found = np.zeros(values.shape, dtype=bool)
    if below is not None:
        found |= values < below
    if above is not None:
        found |= values > above
    return found


def _valid(times: np.ndarray, limits: Threshold) -> np.ndarray:
    found = times >= np.datetime64(limits.valid_from, "ns")
    if limits.valid_to:
        found &= times < np.datetime64(limits.valid_to, "D") + np.timedelta64(1, "D")
    return found


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
