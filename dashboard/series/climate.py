"""Yearly anomalies on one base period, and what the newest years say beside it (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from dashboard.series.periods import annual_means
from dashboard.series.snapshot import Snapshot
from loaders.tables.items import Series

BASE = (1991, 2020)
BASE_MIN_YEARS = 20
RECENT = 10
# Temperatures are differences in degrees; amounts are compared in percent of their own mean, because the
# reanalysis is wetter than gauges by 8 to 75 % and only its relative course can be used.
ABSOLUTE = ("air-temperature-anomaly", "air-temperature")
ORDER = ("air-temperature-anomaly", "precipitation", "river-flow", "inflow", "evaporation")


@dataclass(frozen=True)
class Anomaly:
    """Whole years against the mean of 1991-2020 of the same series.

    ``values`` are degrees for temperatures, percent of the base mean for amounts; years without a whole
    value are absent. ``base_mean`` is in the series' own unit.
    """

    series: str
    years: np.ndarray
    values: np.ndarray
    percent: bool
    base_mean: float
    base_years: int

    @property
    def recent(self) -> tuple[int, int, float]:
        """First and last year and the mean of the newest ten whole years."""
        last = self.years[-RECENT:]
        return int(last[0]), int(last[-1]), float(self.values[-RECENT:].mean())


def anomaly(dataset: xr.Dataset, as_of: np.datetime64) -> Anomaly | None:
    """Yearly anomaly against 1991-2020; None where fewer than 20 whole years of the base exist.

    Only years that were over by ``as_of``. A series that comes as a difference from another base period is
    moved to this one by its own mean.
    """
    years, values = annual_means(dataset, as_of)
    numbers = years.astype(int) + 1970
    base = (numbers >= BASE[0]) & (numbers <= BASE[1])
    if base.sum() < BASE_MIN_YEARS:
        return None
    mean = float(values[base].mean())
    percent = dataset.attrs["indicator"] not in ABSOLUTE
    found = (values / mean - 1) * 100 if percent else values - mean
    return Anomaly(dataset.attrs["series_id"], numbers, found, percent, mean, int(base.sum()))


def panels(snapshot: Snapshot, rows: Sequence[Series]) -> list[tuple[Series, Anomaly]]:
    """One anomaly per place and indicator that reach the base period, the newest first choice of each."""
    best: dict[tuple[str, str], tuple[Series, Anomaly]] = {}
    for row in rows:
        if row.indicator not in ORDER or row.cadence not in ("year", "month"):
            continue
        found = anomaly(snapshot.series[row.id], snapshot.as_of)
        if found is None:
            continue
        key = (row.indicator, row.place)
        if key not in best or _better(found, best[key][1]):
            best[key] = (row, found)
    rank = {"caspian": 0, "both": 1, "aral": 2}
    return sorted(best.values(), key=lambda pair: (ORDER.index(pair[0].indicator), rank[pair[0].sea]))


def _better(one: Anomaly, other: Anomaly) -> bool:
    return (one.years[-1], one.years.size) > (other.years[-1], other.years.size)
