"""Level series for the tests of the readings: made from plain months or years, by the catalogue's rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from dashboard.snapshot import Snapshot
from loaders.catalogue import catalogue
from loaders.contract import conform

GWM, DAHITI = "caspian-level-gwm", "caspian-level-dahiti"
SECTOR = "caspian-level-kazhydromet-sector-annual"
DAYS = (4, 14, 24)


def span(first: str, last: str) -> np.ndarray:
    """All months from one to the other, both included."""
    return np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)


def ten_day(series: str, months: np.ndarray, values: np.ndarray, flags: int = 1) -> xr.Dataset:
    """Three equal points a month, so that each month's mean is its value (m)."""
    times = np.concatenate([months.astype("datetime64[D]") + day for day in DAYS]).astype("datetime64[ns]")
    return dataset(series, times, np.tile(values, len(DAYS)), flags)


def yearly(series: str, years: np.ndarray, values: np.ndarray) -> xr.Dataset:
    return dataset(
        series, (np.asarray(years) - 1970).astype("datetime64[Y]").astype("datetime64[ns]"), values
    )


def dataset(series: str, times: np.ndarray, values: np.ndarray, flags: int = 1) -> xr.Dataset:
    row = catalogue().series[series]
    raw = xr.Dataset(
        {
            "value": ("time", np.asarray(values, dtype="float64"), {"units": row.unit}),
            "qc": ("time", np.full(len(times), flags, dtype="int8")),
        },
        coords={"time": times},
    )
    return conform(raw, row)


def snapshot(*series: xr.Dataset) -> Snapshot:
    return Snapshot(catalogue(), {one.attrs["series_id"]: one for one in series}, "0" * 12)


def sample_months(samples: Path) -> tuple[np.ndarray, np.ndarray]:
    """Monthly means (cm) of the sample altimetry, by pandas: at least two points, without the one outlier."""
    table = pd.read_csv(samples / "levels" / "dahiti" / "caspian_dahiti39_okz.csv", parse_dates=["date"])
    table = table[table["date"] != "2000-01-27"]
    grouped = table.groupby(table["date"].dt.to_period("M"))["water level"].agg(["mean", "size"])
    grouped = grouped[grouped["size"] >= 2]
    return grouped.index.to_timestamp().to_numpy().astype("datetime64[M]"), grouped["mean"].to_numpy() * 100


def swings(count: int) -> np.ndarray:
    """Small, repeatable scatter without a trend (m), so that no interval has zero width."""
    return 0.01 * np.sin(np.arange(count) * 2.3)
