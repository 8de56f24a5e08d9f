"""Pure arithmetic on series: complete months, like-period change with its uncertainty, agreement of sources.

All functions take datasets of the loaders' contract (``value(time)`` in canonical units, ``qc(time)``) and
never mix two datums: a difference is always taken inside one series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, starmap
from typing import Literal

import numpy as np
import xarray as xr

SPEECH = np.datetime64("2023-11-24", "D")
SPEECH_MONTH = np.datetime64("2023-11", "M")
SPEECH_YEAR = 2023
NORMAL = (np.datetime64("1993-01", "M"), np.datetime64("2022-12", "M"))
NORMAL_MIN_YEARS = 20
MIN_MONTH_PAIRS = 9

# Months of a period.
LENGTH: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
# Days to the next value of a record finer than a month.
REPEAT = {"day": 1, "10-day": 10}
# Months by which a source may end before the newest one and still speak of the same time, or lately.
SAME_TIME, LATELY = 3, 12

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
    side "before"; without it each pair has a period of its own there. ``years`` are the whole-year means of
    the series, by which it is held against another source over the time that both have.
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
    years: Mapping[int, float] | None = None

    @property
    def told(self) -> bool:
        return self.direction != "cannot_tell"

    @property
    def since_last_year(self) -> bool:
        """Whether it is the step from one whole year to the next."""
        (pair, *more) = self.pairs
        gap = pair.after.astype("datetime64[Y]") - pair.before.astype("datetime64[Y]")
        return self.step == "year" and not more and self.base is None and gap.astype(int) == 1

    @property
    def end(self) -> np.datetime64:
        """The last month of the newest period on the side "after"."""
        return max(pair.after for pair in self.pairs).astype("datetime64[M]") + (LENGTH[self.step] - 1)


Concord = Literal["one", "agree", "alone", "disagree"]


@dataclass(frozen=True)
class Agreement:
    """The headline change of one water body, and what its other independent sources say of the same time.

    ``main`` is the newest source with its own number; nothing is averaged over sources. ``others`` are the
    other groups with their own numbers. ``same_direction`` counts the sources, the main one included, that
    over the time in common show one sign with the main one. ``state`` is "disagree" where one of them shows
    the other sign over that time, and "alone" where they agree over it, but the main source's newest change
    has another sign: they end in ``until`` and say nothing of what came later. ``until`` is also set where
    they agree and end more than a year before the main source.
    """

    main: Change
    others: tuple[Change, ...]
    same_direction: int
    total: int
    half_range: float
    state: Concord = "one"
    until: int | None = None


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


def like_change(
    dataset: xr.Dataset,
    *,
    as_of: np.datetime64,
    systematic: float = 0.0,
    min_obs: int = 2,
    before: Window | None = None,
    after: Window | None = None,
) -> Change:
    """Change since the speech in like periods of one series, or between two windows of months (inclusive).

    Without windows: before = the twelve months to October 2023 (four quarters to 2023-Q3; the year 2023),
    after = the newest twelve complete months (four quarters, one year) that were over by ``as_of``. November
    2023 belongs to no side.
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
    months, values = periods(dataset, step, as_of, min_obs)
    if not months.size:
        return replace(base, reason="no_values")
    base = replace(base, newest=months[-1])
    if before is None and after is None:
        years, means = annual_means(dataset, as_of, min_obs)
        numbers = (years.astype(int) + 1970).tolist()
        base = replace(base, years=dict(zip(numbers, means.tolist(), strict=True)))
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


def normal_change(
    dataset: xr.Dataset, *, as_of: np.datetime64, systematic: float = 0.0, min_obs: int = 2
) -> Change:
    """Newest twelve months (four quarters, one year) against the mean of the same periods of 1993-2022.

    A record that ends before the speech has nothing to say of today, as in ``like_change``.
    """
    step = step_of(dataset) or "month"
    recent = like_change(dataset, as_of=as_of, systematic=systematic, min_obs=min_obs)
    if recent.reason in ("irregular", "no_values", "ends_before_speech"):
        return recent
    recent = replace(recent, years=None)
    months, values = periods(dataset, step, as_of, min_obs)
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
    """One headline from several series: the newest of each independence group, the newest of these leads.

    Whether the others agree is asked over whole years that both have, because a rise of the newest months is
    no contradiction to a list that ended before; without such years their printed numbers are compared. Half
    of the range between them is part of the headline's uncertainty, over the common years and, where they
    reach the same time, over the printed numbers. None where no series reaches far enough.
    """
    told = [change for change in changes if change.told]
    if not told:
        return None
    order = {"month": 0, "quarter": 1, "year": 2}
    # Of two sources that end together the finer one leads, then the one with the smaller error.
    ranked = sorted(told, key=lambda one: (-one.end.astype(int), order[one.step], one.uncertainty))
    best: dict[str, Change] = {}
    for change in ranked:
        best.setdefault(change.group, change)
    lead, *others = best.values()
    if not others:
        return Agreement(_judge(lead), (), 1, 1, 0.0)
    shared = [_shared(lead, other) for other in others]
    gaps = [abs(mine - theirs) for mine, theirs in starmap(_shared, combinations(best.values(), 2))]
    alike = [np.sign(mine) == np.sign(theirs) for mine, theirs in shared]
    newer = [(lead.end - other.end).astype(int) for other in others]
    turned = all(alike) and any(np.sign(lead.change) != np.sign(mine) for mine, _ in shared)
    if not turned:
        near = [other for other, months in zip(others, newer, strict=True) if months <= SAME_TIME]
        gaps += [abs(one.change - other.change) for one, other in combinations((lead, *near), 2)]
    half = max(gaps) / 2
    main = _judge(replace(lead, parts={**(lead.parts or {}), "sources": half}))
    state: Concord = "agree"
    if not all(alike):
        main, state = replace(main, direction="cannot_tell", reason="sources_disagree"), "disagree"
    elif turned:
        state = "alone"
    late = state != "agree" or min(newer) > LATELY
    until = max(other.end.astype("datetime64[Y]").astype(int) + 1970 for other in others) if late else None
    same = 1 if turned else 1 + int(sum(alike))
    return Agreement(main, tuple(others), same, len(best), half, state, until)


def _shared(one: Change, other: Change) -> tuple[float, float]:
    """What two sources say of the time that both have: the last common year less the year of the speech."""
    mine, theirs = one.years or {}, other.years or {}
    common = [year for year in mine if year in theirs and year > SPEECH_YEAR]
    if not common or SPEECH_YEAR not in mine or SPEECH_YEAR not in theirs:
        return one.change, other.change
    last = max(common)
    return mine[last] - mine[SPEECH_YEAR], theirs[last] - theirs[SPEECH_YEAR]


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
    whole = counts == {"month": 12, "quarter": 4, "year": 1}[step]
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
