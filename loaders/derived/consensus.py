"""How far sources of different height systems agree on the change of one level (pure).

Two zeros are never joined: each source is measured against its own mean of the same months or years.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from loaders.dataset.contract import usable
from loaders.derived.formulas import made
from loaders.errors import NoData
from loaders.quality.qc import worst
from loaders.tables.vocabulary import Flag

MIN_COMMON = 12


def level_consensus(
    levels: Sequence[xr.Dataset], window: tuple[str, str], *, step: Literal["month", "year"] = "month"
) -> xr.Dataset:
    """Change of level since ``window`` (first and last month or year) by sources of different height systems.

    Of each source the means of the steps, of years only whole ones; from them its own mean over the steps of
    the window that all sources have; of these differences the median in each step that two sources or more
    have. ``spread(time)`` is the largest less the smallest of them, ``sources(time)`` their number.
    Uncertainty: spread / 2, half the range; it says how far the sources agree, not that all are right. The
    offsets removed are in attribute ``offsets``. Sources of one independence group count once: the first.

    Raises NoData for fewer than two groups or than 12 common steps.
    """
    groups = {str(part.attrs["independence_group"]): part for part in reversed(levels)}
    chosen = [part for part in levels if part is groups[str(part.attrs["independence_group"])]]
    if len(chosen) < 2:
        raise NoData("a consensus needs two independent sources")
    found = [_means(part, step) for part in chosen]
    steps = np.unique(np.concatenate([one.steps for one in found]))
    table = np.full((len(found), steps.size), np.nan)
    flags = np.full(table.shape, Flag.MISSING, dtype="int8")
    unfinished = np.zeros(table.shape, dtype="int8")
    for row, one in enumerate(found):
        at = np.searchsorted(steps, one.steps)
        table[row, at], flags[row, at], unfinished[row, at] = one.values, one.flags, one.provisional
    first, last = np.array(window, dtype=steps.dtype)
    common = np.isfinite(table).all(axis=0) & (steps >= first) & (steps <= last)
    if common.sum() < MIN_COMMON:
        raise NoData(f"{common.sum()} common {step}s in the window; {MIN_COMMON} are needed")
    offsets = table[:, common].mean(axis=1)
    kept = np.isfinite(table).sum(axis=0) >= 2
    apart = (table - offsets[:, None])[:, kept]
    spread = np.nanmax(apart, axis=0) - np.nanmin(apart, axis=0)
    result = made(
        steps[kept].astype("datetime64[ns]"),
        np.nanmedian(apart, axis=0),
        spread / 2,
        worst(*flags[:, kept]),
        unfinished[:, kept].max(axis=0),
        units="m",
        of=chosen,
        formula=f"median of the {step}s' mean levels, each less its own mean of {first} to {last}",
        uncertainty="half the spread between the sources",
    )
    stated = (f"{part.attrs['series_id']} {offset:.3f}" for part, offset in zip(chosen, offsets, strict=True))
    return result.assign(
        spread=("time", spread, {"units": "m"}),
        sources=("time", np.isfinite(apart).sum(axis=0).astype("int8")),
    ).assign_attrs(datum="source-relative", offsets="; ".join(stated))


@dataclass(frozen=True)
class _Means:
    steps: np.ndarray
    values: np.ndarray
    flags: np.ndarray
    provisional: np.ndarray


def _means(dataset: xr.Dataset, step: Literal["month", "year"]) -> _Means:
    """Monthly means of the points; of years the mean of all twelve months, or the value of a yearly list."""
    if dataset["value"].attrs.get("units") != "m":
        raise ValueError("levels in metres are needed")
    known = usable(dataset)
    times, marks = known["time"].values, (known["qc"].values, known["provisional"].values)
    if step == "year" and dataset.attrs["cadence"] == "year":
        return _grouped(times.astype("datetime64[Y]"), known["value"].values, *marks, needed=1)
    months = _grouped(times.astype("datetime64[M]"), known["value"].values, *marks, needed=1)
    if step == "month":
        return months
    years = months.steps.astype("datetime64[Y]")
    return _grouped(years, months.values, months.flags, months.provisional, needed=12)


def _grouped(
    steps: np.ndarray, values: np.ndarray, flags: np.ndarray, provisional: np.ndarray, *, needed: int
) -> _Means:
    """Mean, worst flag and provisional mark of each step that has ``needed`` values."""
    unique, counts = np.unique(steps, return_counts=True)
    whole = [step for step, count in zip(unique, counts, strict=True) if count >= needed]
    inside = [steps == step for step in whole]
    return _Means(
        np.array(whole, dtype=steps.dtype),
        np.array([values[here].mean() for here in inside], dtype="float64"),
        np.array([worst(*flags[here, None])[0] for here in inside], dtype="int8"),
        np.array([provisional[here].max() for here in inside], dtype="int8"),
    )
