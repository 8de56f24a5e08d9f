"""Level series for the tests of the readings: made from plain months or years, by the catalogue's rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from dashboard.series.snapshot import Snapshot
from loaders.dataset.contract import conform
from loaders.tables.catalogue import catalogue

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


def snapshot(*series: xr.Dataset, as_of: str = "2026-11-24") -> Snapshot:
    day = np.datetime64(as_of, "D")
    return Snapshot(catalogue(), {one.attrs["series_id"]: one for one in series}, "0" * 12, as_of=day)


def sample_months(samples: Path) -> tuple[np.ndarray, np.ndarray]:
    """Monthly means (cm) of the sample altimetry, by pandas: at least two points, without the one outlier."""
    table = pd.read_csv(samples / "levels" / "dahiti" / "caspian_dahiti39_okz.csv", parse_dates=["date"])
    table = table[table["date"] != "2000-01-27"]
    grouped = table.groupby(table["date"].dt.to_period("M"))["water level"].agg(["mean", "size"])
    grouped = grouped[grouped["size"] >= 2]
    return grouped.index.to_timestamp().to_numpy().astype("datetime64[M]"), grouped["mean"].to_numpy() * 100


def continued(samples: Path, slope: float, last: str = "2026-11") -> tuple[np.ndarray, np.ndarray]:
    """The sample's months (cm) to July 2023, and from December 2023 on a sea that moves by so many cm a year.

    It starts at the mean of the newest twelve real months, with the season of the whole years 2014 to 2022.
    """
    months, values = sample_months(samples)
    wanted = span("2014-01", "2022-12")
    assert np.isin(wanted, months).all()
    years = values[np.isin(months, wanted)].reshape(9, 12)
    season = (years - years.mean(axis=1, keepdims=True)).mean(axis=0)
    later = span("2023-12", last)
    count = later.astype(int)
    moved = slope * (count - count[0]) / 12
    after = values[-12:].mean() + moved + season[count % 12]
    return np.concatenate([months, later]), np.concatenate([values, after])


def swings(count: int) -> np.ndarray:
    """Small, repeatable scatter without a trend (m), so that no interval has zero width."""
    return 0.01 * np.sin(np.arange(count) * 2.3)
