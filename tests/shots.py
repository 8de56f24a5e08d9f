"""The committed baseline as the pages see it, and copies of it with series taken out, changed or made up."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import xarray as xr

import loaders
from dashboard.series.snapshot import Snapshot
from loaders.baseline import csv_tables as embedded

CACHE_ID = "0123456789ab"
BODIES = tuple(loaders.catalogue().bodies)
# The day on which the pages are read, whatever the clock says.
TODAY = np.datetime64("2026-11-24", "D")


@cache
def baseline() -> Snapshot:
    ids = embedded.manifest()["series"]
    series = {name: loaders.open_series(name, origin="baseline") for name in ids}
    return Snapshot(loaders.catalogue(), series, CACHE_ID, as_of=TODAY)


def without(snapshot: Snapshot, *ids: str) -> Snapshot:
    assert set(ids) <= set(snapshot.series)
    return replace(snapshot, series={name: data for name, data in snapshot.series.items() if name not in ids})


def without_aral_levels(snapshot: Snapshot, *, single: bool = False) -> Snapshot:
    """Without the measured levels of the Aral's parts, or without its single published ones too."""
    gone = [row.id for row in snapshot.rows() if row.sea == "aral" and row.indicator == "level"]
    gone = [name for name in gone if single or snapshot.catalogue.series[name].cadence != "irregular"]
    return without(snapshot, *gone)


def with_series(snapshot: Snapshot, *datasets: xr.Dataset) -> Snapshot:
    added = {dataset.attrs["series_id"]: dataset for dataset in datasets}
    return replace(snapshot, series={**snapshot.series, **added})


def moved(dataset: xr.Dataset, by: float, since: str = "1000-01-01") -> xr.Dataset:
    """A copy with ``by`` added to every value from ``since`` on."""
    late = dataset["time"].values >= np.datetime64(since)
    return dataset.assign(value=dataset["value"] + np.where(late, by, 0.0)).assign_attrs(dataset.attrs)


def made(
    series_id: str,
    times: list[str] | np.ndarray,
    values: list[float] | np.ndarray,
    *,
    flags: list[int] | None = None,
    provisional: list[int] | None = None,
    **attrs: str,
) -> xr.Dataset:
    """Made-up values under a row of the catalogue, with the attributes that the dashboard reads."""
    row = loaders.catalogue().series[series_id]
    size = len(times)
    variables = {
        "value": ("time", np.asarray(values, dtype="float64")),
        "qc": ("time", np.asarray(flags or [1] * size, dtype="int8")),
        "provisional": ("time", np.asarray(provisional or [0] * size, dtype="int8")),
    }
    known = {
        "series_id": row.id,
        "title": row.title,
        "units": row.unit,
        "place": row.place,
        "datum": row.datum or "",
        "cadence": row.cadence,
        "cell_methods": row.cell_methods,
        "independence_group": row.independence_group,
        "source": "made up",
        "source_label": "made up",
        "citation": "made up",
        "origin": "live",
        "retrieved_at": "2026-06-12T08:00:00Z",
    }
    coords = {"time": np.array(times, dtype="datetime64[ns]")}
    return xr.Dataset(variables, coords=coords, attrs={**known, **attrs})


def passes(level: float, changes: list[float]) -> tuple[list[str], list[float]]:
    """Three passes a month, November 2022 to November 2024, with a swing within the year.

    ``changes`` is added in the four blocks of three months from December 2023 on.
    """
    times, values = [], []
    for month in np.arange("2022-11", "2024-12", dtype="datetime64[M]"):
        block = (month.astype(int) - np.datetime64("2023-12", "M").astype(int)) // 3
        swing = 0.15 * np.sin(2 * np.pi * (month.astype(int) % 12) / 12)
        for day in ("05", "15", "25"):
            times.append(f"{month}-{day}")
            values.append(level + float(swing) + (changes[block] if block >= 0 else 0.0))
    return times, values
