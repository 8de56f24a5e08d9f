"""The change since the speech: like months, and against a normal (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import xarray as xr

from dashboard.series.periods import LENGTH, SPEECH_MONTH, Step, annual_means, periods, step_of

NORMAL = (np.datetime64("1993-01", "M"), np.datetime64("2022-12", "M"))
NORMAL_MIN_YEARS = 20
# Pairs of like periods that a year must have to be told.
MIN_PAIRS = {"month": 9, "quarter": 4, "year": 1}
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
    if len(pairs) < MIN_PAIRS[step]:
        return replace(base, pairs=pairs, reason="too_few_pairs")
    differences = np.array([pair.difference for pair in pairs])
    sides = [month for pair in pairs for month in (pair.before, pair.after)]
    stated = _stated(dataset, sides) if step == "year" else 0.0
    parts = {"block": block_error(differences, step), "systematic": systematic, "stated": stated}
    return judged(replace(base, pairs=pairs, change=float(differences.mean()), parts=parts))


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
    if len(pairs) < MIN_PAIRS[step]:
        return replace(
            recent, pairs=tuple(pairs), change=np.nan, direction="cannot_tell", reason="short_normal"
        )
    differences = np.array([pair.difference for pair in pairs])
    # The error of a mean of thirty years adds little to that of the one year.
    stated = _stated(dataset, [pair.after for pair in pairs]) if step == "year" else 0.0
    parts = {"block": block_error(differences, step), "systematic": systematic, "stated": stated}
    change = float(differences.mean())
    return judged(replace(recent, pairs=tuple(pairs), change=change, parts=parts, reason="", base=NORMAL))


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


def judged(change: Change) -> Change:
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
