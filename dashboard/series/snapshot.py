"""Everything the pages read, loaded once per process: the series that would be opened, and their identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import xarray as xr

import loaders
from dashboard import clock
from dashboard.series.lines import steps_of
from dashboard.series.periods import LENGTH
from dashboard.words import translated
from dashboard.words.text import DEFAULT
from loaders.tables.ages import STALE
from loaders.tables.items import Item, Series
from loaders.tables.schema import Catalogue

# Days of the longest step: a period is not late before its longest successor could have ended.
LONGEST = {"day": 1, "10-day": 10, "month": 31, "quarter": 92, "year": 366}


@dataclass(frozen=True)
class Snapshot:
    """The catalogue and all that is stored in memory, read-only, with the cache id that names this state.

    ``as_of`` is the day on which it is read: a period that was not over by then enters no mean.
    """

    catalogue: Catalogue
    series: Mapping[str, xr.Dataset]
    cache_id: str
    fields: Mapping[str, xr.Dataset] = field(default_factory=dict)
    as_of: np.datetime64 = field(default_factory=lambda: clock.today())

    def rows(self) -> list[Series]:
        """The catalogue rows of the series that hold data, in catalogue order."""
        return [row for key, row in self.catalogue.series.items() if key in self.series]

    def of(self, place: str, indicator: str) -> list[Series]:
        """What a sentence may rest on, of one place and indicator."""
        found = (row for row in self.rows() if row.place == place and row.indicator == indicator)
        return [row for row in found if row.may_lead]

    def tone(self, place: str, sea: str) -> str:
        """Role of a place's lines in the palette: its water body's, else its sea's; ink for both seas."""
        rows = (self.catalogue.bodies.get(place), self.catalogue.seas.get(sea))
        return next((row.color for row in rows if row), "ink")

    @cached_property
    def newest(self) -> Series | None:
        """The measured level series that reaches furthest; stated single figures are not measurements."""
        levels = [
            row
            for row in self.rows()
            if row.indicator == "level" and row.provenance_grade != "stated" and row.may_lead
        ]
        return max(levels, key=lambda row: end_of(self.series[row.id]), default=None)


def speaking(snapshot: Snapshot, lang: str) -> Snapshot:
    """The same data under rows in another language."""
    if lang == DEFAULT:
        return snapshot
    return replace(snapshot, catalogue=translated.rows(snapshot.catalogue, lang))


def load() -> Snapshot:
    return Snapshot(loaders.catalogue(), loaders.open_all(), loaders.cache_id(), loaders.open_fields())


def label(row: Item) -> str:
    """The short name of a series or a field for direct labels, else its title."""
    return row.label or row.title


def last_time(dataset: xr.Dataset) -> np.datetime64:
    """Start of the newest period that counts: flags 4 and 9 out, part-periods (flag 3) of lists too."""
    flags = dataset["qc"].values
    out = (3, 4, 9) if dataset.attrs["cadence"] in ("year", "quarter") else (4, 9)
    keep = ~np.isin(flags, out) & ~np.isnan(dataset["value"].values)
    times = dataset["time"].values[keep] if keep.any() else dataset["time"].values
    return times[-1].astype("datetime64[D]")


def end_of(dataset: xr.Dataset) -> np.datetime64:
    """Last day of the newest counted period: 31 March for a first quarter."""
    start = last_time(dataset)
    months = LENGTH.get(last_step(dataset))
    if months is None:
        return start
    return (start.astype("datetime64[M]") + months).astype("datetime64[D]") - 1


def stale(dataset: xr.Dataset, today: np.datetime64) -> bool:
    """Whether the newest counted period ended more than three steps ago; single figures have no step."""
    step = LONGEST.get(dataset.attrs["cadence"])
    return step is not None and (today - end_of(dataset)).astype(int) > STALE * step


def last_step(dataset: xr.Dataset) -> str:
    """What the newest counted point stands for: a year, a quarter, a month or a day."""
    times = dataset["time"].values.astype("datetime64[D]")
    return steps_of(dataset)[int(np.flatnonzero(times == last_time(dataset))[-1])]


def months_between(first: np.datetime64, last: np.datetime64) -> int:
    """Whole months from one day to a later one; never negative."""
    gap = last.astype("datetime64[M]").astype(int) - first.astype("datetime64[M]").astype(int)
    return max(int(gap), 0)


def latest_value(dataset: xr.Dataset) -> tuple[np.datetime64, float]:
    """Time and value of the newest counted point."""
    when = last_time(dataset)
    at = int(np.flatnonzero(dataset["time"].values.astype("datetime64[D]") == when)[-1])
    return when, float(dataset["value"].values[at])
