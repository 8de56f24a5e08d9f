"""Several sources of one level on one axis: each from its own mean, their median, how far apart they stand.

Two height systems share no zero, so every source is drawn against its own mean of the years that all
independent sources have. Sources of one independence group rest on the same instruments and have one voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

import loaders
from dashboard.series.lines import Line, shifted
from dashboard.series.periods import annual_means
from dashboard.series.snapshot import Snapshot
from loaders.errors import NoData
from loaders.tables.items import Series

MEDIAN = "median"
MIN_COMMON = 12
WHOLE = "whole"


@dataclass(frozen=True)
class Middle:
    """The yearly median of independent sources, m from their common mean.

    ``common`` are the years that every voice has: the window of the means that are taken off.
    """

    voices: tuple[Series, ...]
    common: np.ndarray
    times: np.ndarray
    values: np.ndarray

    @property
    def window(self) -> tuple[int, int]:
        years = self.common.astype("datetime64[Y]").astype(int) + 1970
        return int(years[0]), int(years[-1])


def voices(rows: Sequence[Series]) -> list[Series]:
    """The first of each independence group; a coast or a track is not the whole water body."""
    first: dict[str, Series] = {}
    for row in rows:
        if row.zone == WHOLE:
            first.setdefault(row.independence_group, row)
    return list(first.values())


def middle(snapshot: Snapshot, rows: Sequence[Series]) -> Middle | None:
    """The median of the independent sources among ``rows``; None for fewer than two or little in common."""
    chosen = voices(rows)
    levels = [_yearly(snapshot, row) for row in chosen]
    if len(levels) < 2 or not all(level.sizes["time"] for level in levels):
        return None
    first = max(level["time"].values[0] for level in levels).astype("datetime64[M]")
    last = min(level["time"].values[-1] for level in levels).astype("datetime64[M]")
    try:
        made = loaders.level_consensus(levels, (str(first), str(last)))
    except NoData:
        return None
    times = made["time"].values
    common = times[made["sources"].values == len(levels)]
    return Middle(tuple(chosen), common, times, made["value"].values)


def median_line(of: Middle, label: str, color: str) -> Line:
    return _line(of, of.values, label, color)


def band(of: Middle, lines: Sequence[Line], color: str) -> tuple[Line, Line]:
    """The lowest and the highest voice of each year of the median; ``lines`` stand from their own means."""
    table = np.full((len(lines), of.times.size), np.nan)
    for row, line in enumerate(lines):
        _, at, there = np.intersect1d(line.times, of.times, return_indices=True)
        table[row, there] = line.values[at]
    low, high = np.nanmin(table, axis=0), np.nanmax(table, axis=0)
    return _line(of, low, "", color), _line(of, high, "", color)


def from_own_mean(line: Line, of: Middle) -> Line | None:
    """The line less its own mean of the common years; None where it has too few of them.

    A year that the line lacks is no part of its mean; the median's mean of the same years makes up for it.
    """
    common, at, there = np.intersect1d(line.times, of.times, return_indices=True)
    inside = np.isin(common, of.common)
    if inside.sum() < MIN_COMMON:
        return None
    base = of.values[np.isin(of.times, of.common)].mean()
    gap = (line.values[at] - of.values[there])[inside].mean()
    return shifted(line, float(gap + base))


def _yearly(snapshot: Snapshot, row: Series) -> xr.Dataset:
    """Whole years of a level as a dataset of its own."""
    dataset = snapshot.series[row.id]
    years, values = annual_means(dataset, snapshot.as_of, row.min_obs_per_month)
    ones = np.ones(years.size, dtype="int8")
    variables = {"value": ("time", values, {"units": row.unit}), "qc": ("time", ones)}
    return xr.Dataset(
        {**variables, "provisional": ("time", ones * 0)},
        coords={"time": years.astype("datetime64[ns]")},
        attrs={**dataset.attrs, "cadence": "year"},
    )


def _line(of: Middle, values: np.ndarray, label: str, color: str) -> Line:
    ones = np.ones(of.times.size, dtype="int8")
    return Line(
        series=MEDIAN,
        label=label,
        cadence="year",
        times=of.times,
        values=values,
        flags=ones,
        provisional=ones * 0,
        steps=("year",) * of.times.size,
        color=color,
        text_color=color,
        hover=label,
    )
