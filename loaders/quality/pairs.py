"""Two records of one sea beside each other: where their changes over twelve months disagree."""

from __future__ import annotations

import numpy as np
import xarray as xr

from loaders.dataset.contract import usable
from loaders.quality.rules import worst
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag

# Metres between the changes of two records of the Caspian over the same twelve months.
MAX_APART = 0.15
YEAR = 12


def comparable(row: Series, other: Series) -> bool:
    """Whether both are records of the mean level of the whole Caspian by satellite."""
    kinds = {(one.place, one.indicator, one.cadence, one.zone, one.kind) for one in (row, other)}
    return row.id != other.id and kinds == {("caspian", "level", "10-day", "whole", "observed")}


def marked(dataset: xr.Dataset, other: xr.Dataset) -> xr.Dataset:
    """``dataset`` with 3 in the months whose change since a year before differs from the other's too much."""
    months = dataset["time"].values.astype("datetime64[M]")
    apart = np.isin(months, differing(dataset, other)) & ~np.isnan(dataset["value"].values)
    flags = worst(dataset["qc"].values, np.where(apart, Flag.SUSPECT, Flag.NOT_EVALUATED))
    flags[np.isnan(dataset["value"].values)] = Flag.MISSING
    return dataset.assign(qc=("time", flags, dataset["qc"].attrs))


def differing(one: xr.Dataset, other: xr.Dataset) -> np.ndarray:
    """The months (datetime64[M]) in which the two changes over twelve months are more than 0.15 m apart."""
    (first, ours), (second, theirs) = _changes(one), _changes(other)
    months, left, right = np.intersect1d(first, second, return_indices=True)
    apart = np.abs(ours[left] - theirs[right])
    return months[apart > MAX_APART + 1e-9]


def _changes(dataset: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Months, and how far the mean of each (two values at least) stands above that of a year before, in m."""
    points = usable(dataset)
    months, place, counts = np.unique(
        points["time"].values.astype("datetime64[M]"), return_inverse=True, return_counts=True
    )
    means = np.bincount(place, weights=points["value"].values, minlength=months.size) / np.maximum(counts, 1)
    months, means = months[counts >= 2], means[counts >= 2]
    later, now, before = np.intersect1d(months, months + YEAR, return_indices=True)
    return later, means[now] - means[before]
