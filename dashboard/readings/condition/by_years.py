"""The yearly ground of a condition: one word from a long gauge list, and the cells that show if it holds.

It is used only where no monthly record reaches past the speech; its grade of data is that of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from dashboard.readings.condition import decision
from dashboard.readings.condition.fit import yearly
from dashboard.readings.condition.fit.estimates import Carried
from dashboard.readings.condition.frozen import Bands
from dashboard.readings.condition.records import UNRATED, Baseline, ConditionState
from dashboard.series.level.levels import CM
from dashboard.series.periods import SPEECH_YEAR, annual_means
from loaders.tables.items import Series

YEARLY = "yearly"
# A year's mean is due within the next year; the same patience as for months comes on top.
STALE_DAYS = 366 + decision.STALE_DAYS


@dataclass(frozen=True)
class Years:
    """Whole good years of one level series, in cm, up to the reading's day."""

    row: Series
    years: np.ndarray
    values: np.ndarray

    @property
    def years_after(self) -> int:
        return int((self.years > SPEECH_YEAR).sum())


@dataclass(frozen=True)
class Ground:
    """The yearly entry, its cells (other baselines, other sources), and the old trend carried on.

    ``possible`` is the first day on which a word is possible, None from then on.
    """

    main: Baseline
    cells: tuple[Baseline, ...]
    carried: Carried | None
    state: ConditionState
    possible: str | None


def years_of(row: Series, dataset: xr.Dataset, as_of: np.datetime64) -> Years:
    years, means = annual_means(dataset, as_of, row.min_obs_per_month)
    return Years(row, years.astype(int) + 1970, means * CM)


def furthest(lists: Sequence[Years]) -> list[Years]:
    """The lists that reach past the speech: the one that reaches furthest first, of these the longest."""
    reaching = [one for one in lists if one.years_after]
    return sorted(reaching, key=lambda one: (one.years[-1], one.years.size), reverse=True)


def ground(lists: Sequence[Years], bands: Bands, as_of: np.datetime64) -> Ground | None:
    """The yearly reading of the list that reaches furthest past the speech; None where none does.

    Its word stands if the other baselines and the first list of each other family give the same one.
    """
    reaching = furthest(lists)
    if not reaching or not bands.yearly:
        return None
    main = reaching[0]
    families = {one.row.independence_group: one for one in reversed(reaching)}
    others = [one for one in families.values() if one.row.independence_group != main.row.independence_group]
    chosen = entry(main, bands, as_of, YEARLY, yearly.BEFORE)
    starts = [entry(main, bands, as_of, start_of(before), before)
              for before in yearly.BEFORES if before != yearly.BEFORE]  # fmt: skip
    also = [entry(one, bands, as_of, start_of(yearly.BEFORE), yearly.BEFORE) for one in others]
    state = decision.over_sources(each.state for each in (chosen, *also))
    if state == chosen.state and {each.state for each in starts} - set(UNRATED) - {chosen.state}:
        state = "depends_on_baseline"
    line = yearly.carried(main.row.id, main.years, main.values / CM)
    return Ground(chosen, (*starts, *also), line, state, too_early_until(main))


def too_early_until(one: Years) -> str | None:
    """The first day on which a yearly word is possible: two whole years after the speech are over."""
    last = SPEECH_YEAR + yearly.AFTERS[0]
    return None if one.years_after >= yearly.AFTERS[0] else f"{last + 1}-01-01"


def start_of(before: int) -> str:
    return str(SPEECH_YEAR - before + 1)


def entry(one: Years, bands: Bands, as_of: np.datetime64, start: str, before: int) -> Baseline:
    """One list, one length before, and as many years after as the list and the frozen lengths allow."""
    chosen = yearly.after_length(one.years_after) or yearly.AFTERS[0]
    count = min(one.years_after, chosen)
    inside = (one.years <= SPEECH_YEAR) & (one.years > SPEECH_YEAR - before)
    base = Baseline(
        start=start,
        state="no_data",
        series=one.row.id,
        before=(start_of(before), str(SPEECH_YEAR)),
        after=(str(SPEECH_YEAR + 1), str(SPEECH_YEAR + count)) if count else None,
        counts=(int(inside.sum()), count),
        band=bands.of_years(before, chosen),
    )
    if base.band is None:
        return replace(base, absence="too_short_to_calibrate")
    newest = np.datetime64(str(one.years[-1] + 1), "D") - 1
    if (as_of - newest).astype(int) > STALE_DAYS:
        return replace(base, absence="stale")
    if count < chosen:
        return replace(base, state="too_early", absence="too_few_years")
    fit = yearly.fit(one.years, one.values, before, chosen)
    if fit is None:
        return replace(base, absence="under_70_percent")
    word, stopped = decision.word(fit, base.band.low, base.band.high)
    rank = sum(value < fit.change.value for value in base.band.own.values)
    return replace(base, state=word, fit=fit, rank=rank, may_have_stopped=stopped)
