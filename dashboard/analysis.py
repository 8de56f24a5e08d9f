"""Pure arithmetic on series: complete months, like-period change with its uncertainty, agreement of sources.

All functions take datasets of the loaders' contract (``value(time)`` in canonical units, ``qc(time)``) and
never mix two datums: a difference is always taken inside one series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import median
from typing import Literal

import numpy as np
import xarray as xr

SPEECH = np.datetime64("2023-11-24", "D")
SPEECH_MONTH = np.datetime64("2023-11", "M")
NORMAL = (np.datetime64("1993-01", "M"), np.datetime64("2022-12", "M"))
NORMAL_MIN_YEARS = 20
MIN_MONTH_PAIRS = 9

Step = Literal["month", "quarter", "year"]
Direction = Literal["lower", "higher", "no_clear_change", "cannot_tell"]
Window = tuple[np.datetime64, np.datetime64]


@dataclass(frozen=True)
class Pair:
    """One calendar period before and the same one after; values in the series' unit."""

    before: np.datetime64
    after: np.datetime64
    value_before: float
    value_after: float

    @property
    def difference(self) -> float:
        return self.value_after - self.value_before


@dataclass(frozen=True)
class Change:
    """Mean of like-period differences inside one series, with one standard uncertainty in the same unit.

    ``direction`` is "no_clear_change" where the change is under twice the uncertainty and "cannot_tell",
    with a ``reason`` code, where there are too few pairs. ``base`` is the window whose means stand on the
    side "before"; without it each pair has a period of its own there.
    """

    series: str
    group: str
    step: Step
    unit: str
    datum: str | None
    pairs: tuple[Pair, ...] = ()
    change: float = np.nan
    uncertainty: float = np.nan
    direction: Direction = "cannot_tell"
    reason: str = ""
    newest: np.datetime64 = np.datetime64("NaT")
    parts: Mapping[str, float] | None = None
    base: Window | None = None

    @property
    def told(self) -> bool:
        return self.direction != "cannot_tell"


@dataclass(frozen=True)
class Agreement:
    """The headline change of one water body over its independent sources."""

    main: Change
    others: tuple[Change, ...]
    same_direction: int
    total: int
    half_range: float


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


def monthly_means(dataset: xr.Dataset, min_obs: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Complete months (datetime64[M]) and their plain means; no gap is filled.

    A month needs ``min_obs`` observations; a monthly series needs one, and a provisional month is left out.
    """
    points = usable(dataset)
    if dataset.attrs["cadence"] == "month":
        points = points.isel(time=points["provisional"].values == 0)
        min_obs = 1
    months = points["time"].values.astype("datetime64[M]")
    if not months.size:
        return months, np.array([])
    unique, inverse, counts = np.unique(months, return_inverse=True, return_counts=True)
    means = np.bincount(inverse, weights=points["value"].values) / counts
    enough = counts >= min_obs
    return unique[enough], means[enough]


def step_of(dataset: xr.Dataset) -> Step | None:
    """The period that like-period comparison uses for this series; None for irregular stated points."""
    cadence = dataset.attrs["cadence"]
    if cadence in ("day", "10-day", "month"):
        return "month"
    return cadence if cadence in ("quarter", "year") else None


def periods(dataset: xr.Dataset, step: Step, min_obs: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """First month of each complete period, and its value."""
    if step == "month":
        return monthly_means(dataset, min_obs)
    points = good(dataset)
    return points["time"].values.astype("datetime64[M]"), points["value"].values


def like_change(
    dataset: xr.Dataset,
    *,
    systematic: float = 0.0,
    min_obs: int = 2,
    before: Window | None = None,
    after: Window | None = None,
) -> Change:
    """Change since the speech in like periods of one series, or between two windows of months (inclusive).

    Without windows: before = the twelve months to October 2023 (four quarters to 2023-Q3; the year 2023),
    after = the newest twelve complete months (four quarters, one year). November 2023 belongs to no side.
    ``systematic`` is one standard deviation of the source's own error of a difference, in the series' unit.
    """
    step = step_of(dataset)
    base = Change(
        series=dataset.attrs["series_id"],
        group=dataset.attrs["independence_group"],
        step=step or "month",
        unit=dataset.attrs["units"],
        datum=dataset.attrs.get("datum"),
    )
    if step is None:
        return replace(base, reason="irregular")
    months, values = periods(dataset, step, min_obs)
    if not months.size:
        return replace(base, reason="no_values")
    base = replace(base, newest=months[-1])
    first, last = before or _before(step), after or _after(step, months)
    if last[1] < SPEECH_MONTH and after is None:
        return replace(base, reason="ends_before_speech")
    pairs = _pairs(months, values, step, first, last)
    needed = {"month": MIN_MONTH_PAIRS, "quarter": 4, "year": 1}[step]
    if len(pairs) < needed:
        return replace(base, pairs=pairs, reason="too_few_pairs")
    differences = np.array([pair.difference for pair in pairs])
    sides = [month for pair in pairs for month in (pair.before, pair.after)]
    stated = _stated(dataset, sides) if step == "year" else 0.0
    parts = {"block": block_error(differences, step), "systematic": systematic, "stated": stated}
    return _judge(replace(base, pairs=pairs, change=float(differences.mean()), parts=parts))


def normal_change(dataset: xr.Dataset, *, systematic: float = 0.0, min_obs: int = 2) -> Change:
    """Newest twelve months (four quarters, one year) against the mean of the same periods of 1993-2022.

    A record that ends before the speech has nothing to say of today, as in ``like_change``.
    """
    step = step_of(dataset) or "month"
    recent = like_change(dataset, systematic=systematic, min_obs=min_obs)
    if recent.reason in ("irregular", "no_values", "ends_before_speech"):
        return recent
    months, values = periods(dataset, step, min_obs)
    window = (months >= NORMAL[0]) & (months <= NORMAL[1])
    newest = _after(step, months)
    pairs = []
    for month, value in zip(months, values, strict=True):
        same = window & (_season(months) == _season(month))
        if newest[0] <= month <= newest[1] and same.sum() >= NORMAL_MIN_YEARS:
            pairs.append(Pair(NORMAL[0], month, float(values[same].mean()), float(value)))
    needed = {"month": MIN_MONTH_PAIRS, "quarter": 4, "year": 1}[step]
    if len(pairs) < needed:
        return replace(
            recent, pairs=tuple(pairs), change=np.nan, direction="cannot_tell", reason="short_normal"
        )
    differences = np.array([pair.difference for pair in pairs])
    # The error of a mean of thirty years adds little to that of the one year.
    stated = _stated(dataset, [pair.after for pair in pairs]) if step == "year" else 0.0
    parts = {"block": block_error(differences, step), "systematic": systematic, "stated": stated}
    change = float(differences.mean())
    return _judge(replace(recent, pairs=tuple(pairs), change=change, parts=parts, reason="", base=NORMAL))


def block_error(differences: np.ndarray, step: Step) -> float:
    """Standard error of the mean difference from blocks of three consecutive pairs (single quarters).

    Neighbouring months move together, so the standard deviation is taken over blocks, not over pairs.
    One year alone has no scatter to measure: 0, and the source's stated error carries the uncertainty.
    """
    size = 3 if step == "month" else 1
    blocks = [differences[at : at + size].mean() for at in range(0, len(differences) - size + 1, size)]
    if len(blocks) < 2:
        return 0.0
    return float(np.std(blocks, ddof=1) / np.sqrt(len(blocks)))


def agreement(changes: Sequence[Change]) -> Agreement | None:
    """One headline from several series: the finest step of each independence group, half range added.

    Half of the range between the groups is taken on whole years where every group has them, because a
    quarter's change and a year's change are not the same quantity. None where no series reaches far enough.
    """
    told = [change for change in changes if change.told]
    if not told:
        return None
    order = {"month": 0, "quarter": 1, "year": 2}
    ranked = sorted(told, key=lambda change: (change.group, order[change.step], -change.newest.astype(int)))
    best = [next(group) for _, group in groupby(ranked, key=lambda change: change.group)]
    best.sort(key=lambda change: (order[change.step], -change.newest.astype(int)))
    yearly = {change.group: change.change for change in ranked if change.step == "year"}
    compared = list(yearly.values()) if len(yearly) == len(best) else [change.change for change in best]
    half = (max(compared) - min(compared)) / 2 if len(compared) > 1 else 0.0
    finest = [change for change in best if change.step == best[0].step]
    middle = median(change.change for change in finest)
    main = _judge(replace(best[0], change=middle, parts={**(best[0].parts or {}), "sources": half}))
    signs = [np.sign(change.change) for change in best]
    same = sum(sign == np.sign(main.change) for sign in signs)
    if same < len(signs):
        main = replace(main, direction="cannot_tell", reason="sources_disagree")
    return Agreement(main, tuple(best[1:]), same, len(best), half)


def slope_per_year(months: np.ndarray, values: np.ndarray) -> float:
    """Least-squares slope in units a year; ``months`` are datetime64[M] of the periods' first months."""
    years = months.astype("datetime64[M]").astype(int) / 12.0
    return float(np.polyfit(years - years.mean(), values, 1)[0])


def annual_means(dataset: xr.Dataset, min_obs: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Whole calendar years (datetime64[Y]) with all twelve months, four quarters or a good yearly value."""
    step = step_of(dataset)
    if step is None:
        return np.array([], dtype="datetime64[Y]"), np.array([])
    months, values = periods(dataset, step, min_obs)
    years = months.astype("datetime64[Y]")
    unique, inverse, counts = np.unique(years, return_inverse=True, return_counts=True)
    if not unique.size:
        return unique, np.array([])
    means = np.bincount(inverse, weights=values) / counts
    whole = counts == {"month": 12, "quarter": 4, "year": 1}[step]
    return unique[whole], means[whole]


def offset(one: xr.Dataset, other: xr.Dataset) -> tuple[float, float, int, int, int]:
    """Mean and standard deviation of ``one`` minus ``other`` over common whole years; first, last year, n.

    An approximation between two height systems: it holds for the years it was made from.
    """
    years_one, values_one = annual_means(one)
    years_other, values_other = annual_means(other)
    common, at_one, at_other = np.intersect1d(years_one, years_other, return_indices=True)
    if common.size < 3:
        raise ValueError("fewer than three whole years in common")
    gap = values_one[at_one] - values_other[at_other]
    numbers = common.astype(int) + 1970
    return float(gap.mean()), float(gap.std(ddof=1)), int(numbers[0]), int(numbers[-1]), int(common.size)


def _judge(change: Change) -> Change:
    uncertainty = float(np.sqrt(sum(part**2 for part in (change.parts or {}).values())))
    if uncertainty == 0.0:  # one pair without a stated error: a difference, not a finding
        return replace(change, direction="cannot_tell", reason="no_uncertainty")
    if abs(change.change) < 2 * uncertainty:
        direction: Direction = "no_clear_change"
    else:
        direction = "lower" if change.change < 0 else "higher"
    return replace(change, uncertainty=uncertainty, direction=direction)


def _before(step: Step) -> Window:
    if step == "month":
        return np.datetime64("2022-11", "M"), np.datetime64("2023-10", "M")
    if step == "quarter":
        return np.datetime64("2022-10", "M"), np.datetime64("2023-07", "M")
    return np.datetime64("2023-01", "M"), np.datetime64("2023-01", "M")


def _after(step: Step, months: np.ndarray) -> Window:
    """The newest twelve complete months, four quarters or one year, never reaching back past the speech."""
    if step == "year":
        return months[-1], months[-1]
    count = 12 if step == "month" else 4
    span = 11 if step == "month" else 9
    start = max(months[-count:][0], months[-1] - span)
    return max(start, SPEECH_MONTH + 1) if months[-1] > SPEECH_MONTH else start, months[-1]


def _season(months: np.ndarray | np.datetime64) -> np.ndarray:
    return np.asarray(months).astype("datetime64[M]").astype(int) % 12


def _pairs(
    months: np.ndarray, values: np.ndarray, step: Step, before: Window, after: Window
) -> tuple[Pair, ...]:
    """Like calendar periods of the two windows, in the order of the after-window; means where one repeats."""
    sides = []
    for first, last in (before, after):
        inside = (months >= first) & (months <= last)
        sides.append((months[inside], values[inside]))
    (months_before, values_before), (months_after, values_after) = sides
    found = []
    for season in dict.fromkeys(_season(months_after).tolist()):
        left, right = _season(months_before) == season, _season(months_after) == season
        if left.any():
            found.append(
                Pair(
                    months_before[left][0],
                    months_after[right][0],
                    float(values_before[left].mean()),
                    float(values_after[right].mean()),
                )
            )
    return tuple(found)


def _stated(dataset: xr.Dataset, years: Sequence[np.datetime64]) -> float:
    """Stated one-sigma errors of these years, added in quadrature."""
    if "uncertainty" not in dataset:
        return 0.0
    months = dataset["time"].values.astype("datetime64[M]")
    errors = dict(zip(months.tolist(), dataset["uncertainty"].values, strict=True))
    known = [errors[year.tolist()] for year in years if not np.isnan(errors.get(year.tolist(), np.nan))]
    return float(np.sqrt(sum(error**2 for error in known)))
