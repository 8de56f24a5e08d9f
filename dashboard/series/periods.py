"""The speech, steps and periods: what is usable, what is over, means of months and years (pure)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import xarray as xr

SPEECH = np.datetime64("2023-11-24", "D")
SPEECH_MONTH = np.datetime64("2023-11", "M")
SPEECH_YEAR = 2023
# Months of a period.
LENGTH: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
# Days to the next value of a record finer than a month.
REPEAT = {"day": 1, "10-day": 10}
Step = Literal["month", "quarter", "year"]


def usable(dataset: xr.Dataset) -> xr.Dataset:
    """Points that may enter a mean: flags 4 and 9 left out, and a newest point that is suspect too."""
    flags = dataset["qc"].values
    keep = ~np.isin(flags, (4, 9)) & ~np.isnan(dataset["value"].values)
    if keep.any():
        newest = np.flatnonzero(keep)[-1]
        keep[newest] &= flags[newest] != 3
    return dataset.isel(time=keep)


def good(dataset: xr.Dataset) -> xr.Dataset:
    """Points with flag 1 or 2 only: for yearly and quarterly figures, where 3 marks part-periods."""
    keep = np.isin(dataset["qc"].values, (1, 2)) & ~np.isnan(dataset["value"].values)
    return dataset.isel(time=keep)


def over(starts: np.ndarray, months: int | np.ndarray, as_of: np.datetime64) -> np.ndarray:
    """Which periods of so many months had ended before the day ``as_of``: an unfinished one says nothing."""
    following = (starts.astype("datetime64[M]") + months).astype("datetime64[D]")
    return following <= as_of.astype("datetime64[D]")


def monthly_means(
    dataset: xr.Dataset, as_of: np.datetime64, min_obs: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Complete months (datetime64[M]) and their plain means; no gap is filled.

    A month needs ``min_obs`` observations and must be over by ``as_of``, and no further value of the record
    may be due in it; a monthly series needs one value, and a provisional month is left out.
    """
    points = usable(dataset)
    cadence = dataset.attrs["cadence"]
    if cadence == "month":
        points = points.isel(time=points["provisional"].values == 0)
        min_obs = 1
    months = points["time"].values.astype("datetime64[M]")
    if not months.size:
        return months, np.array([])
    unique, inverse, counts = np.unique(months, return_inverse=True, return_counts=True)
    means = np.bincount(inverse, weights=points["value"].values) / counts
    sent = dataset["time"].values[~np.isnan(dataset["value"].values)]
    due = sent[-1].astype("datetime64[D]") + REPEAT.get(cadence, 0)
    reached = over(unique, 1, due) if cadence in REPEAT else np.ones(unique.size, dtype=bool)
    whole = (counts >= min_obs) & over(unique, 1, as_of) & reached
    return unique[whole], means[whole]


def step_of(dataset: xr.Dataset) -> Step | None:
    """The period that like-period comparison uses for this series; None for irregular stated points."""
    cadence = dataset.attrs["cadence"]
    if cadence in ("day", "10-day", "month"):
        return "month"
    return cadence if cadence in ("quarter", "year") else None


def periods(
    dataset: xr.Dataset, step: Step, as_of: np.datetime64, min_obs: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """First month of each complete period that was over by ``as_of``, and its value."""
    if step == "month":
        return monthly_means(dataset, as_of, min_obs)
    points = good(dataset)
    months = points["time"].values.astype("datetime64[M]")
    whole = over(months, LENGTH[step], as_of)
    return months[whole], points["value"].values[whole]


def annual_means(
    dataset: xr.Dataset, as_of: np.datetime64, min_obs: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Whole calendar years (datetime64[Y]) with all twelve months, four quarters or a good yearly value.

    Only years that were over by ``as_of``.
    """
    step = step_of(dataset)
    if step is None:
        return np.array([], dtype="datetime64[Y]"), np.array([])
    months, values = periods(dataset, step, as_of, min_obs)
    years = months.astype("datetime64[Y]")
    unique, inverse, counts = np.unique(years, return_inverse=True, return_counts=True)
    if not unique.size:
        return unique, np.array([])
    means = np.bincount(inverse, weights=values) / counts
    whole = counts * LENGTH[step] == 12
    return unique[whole], means[whole]


def offset(one: xr.Dataset, other: xr.Dataset, as_of: np.datetime64) -> tuple[float, float, int, int, int]:
    """Mean and standard deviation of ``one`` minus ``other`` over common whole years; first, last year, n.

    An approximation between two height systems: it holds for the years it was made from.
    """
    years_one, values_one = annual_means(one, as_of)
    years_other, values_other = annual_means(other, as_of)
    common, at_one, at_other = np.intersect1d(years_one, years_other, return_indices=True)
    if common.size < 3:
        raise ValueError("fewer than three whole years in common")
    gap = values_one[at_one] - values_other[at_other]
    numbers = common.astype(int) + 1970
    return float(gap.mean()), float(gap.std(ddof=1)), int(numbers[0]), int(numbers[-1]), int(common.size)
