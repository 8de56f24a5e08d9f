"""One series as it is drawn: its points, look and words; and what may be done to it (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from dashboard.analysis import monthly_means

MAX_POINTS = 5000
# The longest time without a value over which a line is still drawn, in days.
GAPS = {"day": 10, "10-day": 45, "month": 45, "quarter": 140, "year": 550, "irregular": 0}

Role = Literal["main", "second", "comparison", "thin"]


@dataclass(frozen=True)
class Line:
    """One series as it is drawn: its points, its look, and the words at its end."""

    series: str
    label: str
    cadence: str
    times: np.ndarray
    values: np.ndarray
    flags: np.ndarray
    provisional: np.ndarray
    color: str
    text_color: str
    role: Role = "main"
    marks: bool = False
    hover: str = ""


def line_of(dataset: xr.Dataset, label: str, color: str, **look: object) -> Line:
    """The drawable points of a series: flags 4 and 9 left out, stated single figures as marks."""
    keep = ~np.isin(dataset["qc"].values, (4, 9)) & ~np.isnan(dataset["value"].values)
    points = dataset.isel(time=keep)
    attrs = dataset.attrs
    settings: dict = {"text_color": color, "marks": attrs["cadence"] == "irregular"} | look
    return Line(
        series=attrs["series_id"],
        label=label,
        cadence=attrs["cadence"],
        times=points["time"].values,
        values=points["value"].values,
        flags=points["qc"].values,
        provisional=points["provisional"].values,
        color=color,
        hover=" · ".join(text for text in (attrs["source"], attrs.get("provider_version", "")) if text),
        **settings,
    )


def clip(drawn: Line, start: np.datetime64 | None, end: np.datetime64 | None) -> Line:
    """The line inside a period of months, both ends included."""
    months = drawn.times.astype("datetime64[M]")
    keep = np.ones(months.size, dtype=bool)
    if start is not None:
        keep &= months >= start
    if end is not None:
        keep &= months <= end
    return _keep(drawn, keep)


def shifted(drawn: Line, by: float) -> Line:
    """The same line with ``by`` taken off every value: change since a period."""
    return Line(**{**drawn.__dict__, "values": drawn.values - by})


def monthly(dataset: xr.Dataset, min_obs: int) -> xr.Dataset:
    """A series finer than a month as its complete monthly means; others as they are."""
    if dataset.attrs["cadence"] not in ("day", "10-day"):
        return dataset
    months, means = monthly_means(dataset, min_obs)
    ones = np.ones(months.size, dtype="int8")
    variables = {"value": ("time", means), "qc": ("time", ones), "provisional": ("time", ones * 0)}
    attrs = {**dataset.attrs, "cadence": "month"}
    return xr.Dataset(variables, coords={"time": months.astype("datetime64[ns]")}, attrs=attrs)


def thin(drawn: Line) -> Line:
    """At most MAX_POINTS points, every n-th and the last, so that a figure stays small."""
    count = drawn.times.size
    if count <= MAX_POINTS:
        return drawn
    keep = np.zeros(count, dtype=bool)
    keep[:: -(-count // MAX_POINTS)] = True
    keep[-1] = True
    return _keep(drawn, keep)


def broken(drawn: Line) -> tuple[np.ndarray, np.ndarray]:
    """Times and values with a NaN inside every gap that is too long to draw over."""
    limit = np.timedelta64(GAPS[drawn.cadence], "D")
    if drawn.marks or drawn.times.size < 2:
        return drawn.times, drawn.values
    wide = np.flatnonzero(np.diff(drawn.times) > limit) + 1
    middle = drawn.times[wide - 1] + (drawn.times[wide] - drawn.times[wide - 1]) // 2
    return np.insert(drawn.times, wide, middle), np.insert(drawn.values, wide, np.nan)


def _keep(drawn: Line, keep: np.ndarray) -> Line:
    fields = ("times", "values", "flags", "provisional")
    return Line(**{**drawn.__dict__, **{name: getattr(drawn, name)[keep] for name in fields}})
