"""How one water body is doing: monthly levels against three frozen baselines, each with its placebo band.

Where no monthly record can give a word, the yearly ground of ``ground`` stands beside the three.
Rates are in cm a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from dashboard.readings.condition import decision, frozen
from dashboard.readings.condition.fit import piecewise, placebo
from dashboard.readings.condition.fit.estimates import Carried, Fit
from dashboard.readings.condition.frozen import AFTER_START, BASELINES, BEFORE_END, Bands
from dashboard.readings.condition.records import UNRATED, Baseline, Evidence, SourceReading
from dashboard.series.level.levels import CM
from dashboard.series.periods import SPEECH, monthly_means, usable
from loaders.errors import ContractError
from loaders.tables.items import Series

MONTHLY = ("day", "10-day", "month")
COMPANION = "2014-01"
# Two whole years of months after the speech: fewer do not part a slope from the season.
FOR_A_PACE = 24


@dataclass(frozen=True)
class Record:
    """Complete months of one level series, in cm, and the day of its newest value."""

    row: Series
    months: np.ndarray
    values: np.ndarray
    newest: np.datetime64

    @property
    def months_after(self) -> int:
        return int((self.months >= AFTER_START).sum())


def record(row: Series, dataset: xr.Dataset, as_of: np.datetime64) -> Record:
    """The months of a series that were over by ``as_of``.

    Raises ContractError where the dataset is of another place or height system than its row.
    """
    for name in ("place", "datum"):
        if dataset.attrs.get(name) != getattr(row, name):
            raise ContractError(row.id, f"{name} is {getattr(row, name)}, not {dataset.attrs.get(name)}")
    months, values = monthly_means(dataset, as_of, row.min_obs_per_month)
    known = usable(dataset)["time"].values
    newest = known[-1].astype("datetime64[D]") if known.size else np.datetime64("NaT")
    if dataset.attrs["cadence"] == "month" and months.size:
        newest = (months[-1] + 1).astype("datetime64[D]") - 1
    return Record(row, months, values * CM, newest)


def best_records(records: Sequence[Record]) -> list[Record]:
    """One record a family of sources, the one with most months after the speech; in the given order."""
    best: dict[str, Record] = {}
    for one in records:
        group = one.row.independence_group
        if one.months.size and (group not in best or one.months_after > best[group].months_after):
            best[group] = one
    return list(best.values())


def reading(one: Record, bands: Bands | None, as_of: np.datetime64) -> SourceReading:
    """The word of one source under the three baselines; none where its water body has no bands.

    A band from thirty years of months alone calls a change in 14 to 32 % of cases where there is none, so it
    gives no word. Raises ValueError for bands of another place.
    """
    if bands and bands.place != one.row.place:
        raise ValueError(f"{one.row.id}: bands of {bands.place} do not fit {one.row.place}")
    found = tuple(baseline(one, start, bands, as_of) for start in BASELINES)
    state = decision.over_baselines(each.state for each in found)
    return SourceReading(one.row.id, one.row.independence_group, state, found)


def baseline(one: Record, start: str, bands: Bands | None, as_of: np.datetime64) -> Baseline:
    """One source against one baseline: the first row of the decision table that matches.

    The two lines stand wherever both sides have enough months for them, also where no word can be given.
    """
    wanted, (left, right) = frozen.months_before(start), _sides(one, start)
    counts, span = (int(left.sum()), int(right.sum())), _span(one)
    length = placebo.after_length(span)
    base = Baseline(
        start=start,
        state="no_data",
        series=one.row.id,
        before=(start, str(BEFORE_END)),
        after=(str(AFTER_START), str(one.months[-1])) if span else None,
        counts=counts,
        band=bands.of_months(wanted, length) if bands else None,
    )
    base = replace(base, fit=lines(one, start))
    if base.band is None:
        return replace(base, absence="too_short_to_calibrate")
    if not span:
        return replace(base, absence="ends_before_speech")
    shares = (counts[0] / wanted, counts[1] / span)
    state, absence = decision.absence(shares, int((as_of - one.newest).astype(int)), counts[1])
    if state in UNRATED or base.fit is None:
        return replace(base, state=state, absence=absence)
    word, stopped = decision.word(base.fit, base.band.low, base.band.high)
    rank = sum(value < base.fit.change.value for value in base.band.own.values)
    return replace(base, state=word, rank=rank, may_have_stopped=stopped)


def lines(one: Record, start: str) -> Fit | None:
    """The slopes before and after the speech; None where a side has too few months to know its season."""
    left, right = _sides(one, start)
    if left.sum() < placebo.MIN_SHARE * frozen.months_before(start) or right.sum() < FOR_A_PACE:
        return None
    both = left | right
    return piecewise.fit(one.months[both], one.values[both], SPEECH)


def absent(place: str) -> tuple[Baseline, ...]:
    """The three frozen baselines of a water body without any monthly record, with the band to leave."""
    known = frozen.bands_of(place)
    found = []
    for start in BASELINES:
        base = Baseline(start, "no_data", "too_short_to_calibrate", before=(start, str(BEFORE_END)))
        if known:
            band = known.of_months(frozen.months_before(start), placebo.AFTERS[0])
            base = replace(base, absence="ends_before_speech", band=band)
        found.append(base)
    return tuple(found)


def too_early_until(one: Record | None) -> str | None:
    """The first day on which a word is possible, 36 complete months after the speech; None from then on.

    Without a record it is the day after the 36th month.
    """
    count = one.months_after if one else 0
    if count >= decision.MONTHS_NEEDED:
        return None
    last = max(one.months[-1], AFTER_START - 1) if one and one.months.size else AFTER_START - 1
    return str((last + 1 + (decision.MONTHS_NEEDED - count)).astype("datetime64[D]"))


def evidence(readings: Sequence[SourceReading], grades: Sequence[str]) -> Evidence:
    """Strong where two independent sources give one word, disputed where they differ, else medium."""
    rated = [one.state for one in readings if one.state != "no_data"]
    if not rated:
        return "none"
    if decision.over_sources(rated) == "sources_disagree":
        return "disputed"
    if all(grade == "stated" for grade in grades):
        return "weak"
    return "strong" if len([state for state in rated if state not in UNRATED]) > 1 else "medium"


def carried(one: Record, start: str = COMPANION) -> Carried | None:
    """The trend and season before the speech carried on over the months after; in the series' unit."""
    left, right = _sides(one, start)
    if left.sum() < placebo.MIN_SHARE * frozen.months_before(start) or not right.any():
        return None
    columns, ahead = (piecewise.season(one.months[side]) for side in (left, right))
    values = one.values / CM
    expected, half = piecewise.predict(columns, values[left], one.months[left], ahead)
    return Carried(one.row.id, start, "month", one.months[right], values[right],
                   expected, expected - half, expected + half)  # fmt: skip


def _sides(one: Record, start: str) -> tuple[np.ndarray, np.ndarray]:
    """Which months stand before the speech from ``start`` on, and which after it."""
    left = (one.months >= np.datetime64(start, "M")) & (one.months <= BEFORE_END)
    return left, one.months >= AFTER_START


def _span(one: Record) -> int:
    """Months from December 2023 to the newest complete one."""
    if not one.months.size:
        return 0
    return max(int((one.months[-1] - AFTER_START).astype(int)) + 1, 0)
