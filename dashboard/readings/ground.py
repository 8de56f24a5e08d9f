"""The yearly ground of a condition: one word from a long gauge list, and the cells that show if it holds.

It is used only where no monthly record reaches past the speech; its grade of data is that of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from dashboard.analysis import annual_means
from dashboard.readings import verdict, yearly
from dashboard.readings.estimates import Carried
from dashboard.readings.frozen import CM, Bands
from dashboard.readings.placebo import guarded
from dashboard.readings.records import UNRATED, Baseline, ConditionState
from loaders.model import Series

YEARLY = "yearly"
# A year's mean is due within the next year; the same patience as for months comes on top.
STALE_DAYS = 366 + verdict.STALE_DAYS


@dataclass(frozen=True)
class Years:
    """Whole good years of one level series, in cm, up to the reading's day."""

    row: Series
    years: np.ndarray
    values: np.ndarray

    @property
    def years_after(self) -> int:
        return int((self.years > yearly.SPEECH_YEAR).sum())


@dataclass(frozen=True)
class Ground:
    """The yearly entry, its cells (other baselines, one year after, other sources), and the old trend."""

    main: Baseline
    cells: tuple[Baseline, ...]
    carried: Carried | None
    state: ConditionState


def years_of(row: Series, dataset: xr.Dataset) -> Years:
    years, means = annual_means(dataset)
    return Years(row, years.astype(int) + 1970, means * CM)


def ground(lists: Sequence[Years], bands: Bands, as_of: np.datetime64) -> Ground | None:
    """The yearly reading of the first list that reaches past the speech; None where none does.

    Its word stands if the other baselines and the first list of each other family give the same one.
    """
    reaching = [one for one in lists if one.years_after]
    if not reaching or not bands.yearly:
        return None
    main = reaching[0]
    families = {one.row.independence_group: one for one in reversed(reaching)}
    others = [one for one in families.values() if one.row.independence_group != main.row.independence_group]
    chosen = entry(main, bands, as_of, YEARLY, yearly.BEFORE)
    starts = [entry(main, bands, as_of, start_of(before), before)
              for before in yearly.BEFORES if before != yearly.BEFORE]  # fmt: skip
    one_year = entry(main, bands, as_of, start_of(yearly.BEFORE), yearly.BEFORE, after=yearly.ONE_YEAR)
    also = [entry(one, bands, as_of, start_of(yearly.BEFORE), yearly.BEFORE) for one in others]
    state = verdict.over_sources(each.state for each in (chosen, *also))
    if state == chosen.state and {each.state for each in starts} - set(UNRATED) - {chosen.state}:
        state = "depends_on_baseline"
    line = yearly.carried(main.row.id, main.years, main.values / CM)
    return Ground(chosen, (*starts, one_year, *also), line, state)


def start_of(before: int) -> str:
    return str(yearly.SPEECH_YEAR - before + 1)


def entry(
    one: Years, bands: Bands, as_of: np.datetime64, start: str, before: int, after: int | None = None
) -> Baseline:
    """One list, one length before; ``after`` years, or as many as the list and the frozen lengths allow."""
    chosen = after or yearly.after_length(one.years_after) or yearly.AFTERS[0]
    count = min(one.years_after, chosen)
    inside = (one.years <= yearly.SPEECH_YEAR) & (one.years > yearly.SPEECH_YEAR - before)
    own, ten = bands.yearly[before, chosen], bands.yearly[yearly.BEFORE, chosen]
    base = Baseline(
        start=start,
        state="no_data",
        series=one.row.id,
        before=(start_of(before), str(yearly.SPEECH_YEAR)),
        after=(str(yearly.SPEECH_YEAR), str(yearly.SPEECH_YEAR + count)) if count else None,
        counts=(int(inside.sum()), count),
        band=guarded(own, ten),
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
    word, stopped = verdict.word(fit, base.band.low, base.band.high)
    rank = sum(value < fit.change.value for value in base.band.own.values)
    return replace(base, state=word, fit=fit, rank=rank, may_have_stopped=stopped)
