"""One series as it is drawn: its points, look and words; and what may be done to it (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from dashboard.series.periods import LENGTH, monthly_means

MAX_POINTS = 5000
# The longest time without a value over which a line is still drawn, in days.
GAPS = {"day": 10, "10-day": 45, "month": 45, "quarter": 140, "year": 550, "irregular": 0}

Role = Literal["main", "comparison", "thin"]


@dataclass(frozen=True)
class Line:
    """One series as it is drawn: its points, its look, and the words at its end.

    ``age`` is said of a stale record, whose end is drawn hollow; ``dash`` tells thin lines apart.
    """

    series: str
    label: str
    cadence: str
    times: np.ndarray
    values: np.ndarray
    flags: np.ndarray
    provisional: np.ndarray
    steps: tuple[str, ...]
    color: str
    text_color: str
    role: Role = "main"
    marks: bool = False
    hover: str = ""
    age: str = ""
    dash: str = ""


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
        steps=steps_of(points),
        color=color,
        hover=" · ".join(text for text in (attrs["source"], attrs.get("provider_version", "")) if text),
        **settings,
    )


def clip(drawn: Line, start: np.datetime64 | None, end: np.datetime64 | None) -> Line:
    """The line inside a period of months, both ends included."""
    return _keep(drawn, within(drawn.times, start, end))


def within(times: np.ndarray, start: np.datetime64 | None, end: np.datetime64 | None) -> np.ndarray:
    """Which times lie inside a period of months, both ends included; None leaves an end open."""
    months = times.astype("datetime64[M]")
    keep = np.ones(months.size, dtype=bool)
    if start is not None:
        keep &= months >= start
    if end is not None:
        keep &= months <= end
    return keep


def shifted(drawn: Line, by: float) -> Line:
    """The same line with ``by`` taken off every value: change since a period."""
    return Line(**{**drawn.__dict__, "values": drawn.values - by})


def monthly(dataset: xr.Dataset, as_of: np.datetime64, min_obs: int) -> xr.Dataset:
    """A series finer than a month as its monthly means complete by ``as_of``; others as they are."""
    if dataset.attrs["cadence"] not in ("day", "10-day"):
        return dataset
    months, means = monthly_means(dataset, as_of, min_obs)
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
    keep[:: -(-count // (MAX_POINTS - 1))] = True
    keep[-1] = True
    return _keep(drawn, keep)


def broken(drawn: Line) -> Line:
    """The line with a NaN inside every gap that is too long to draw over."""
    if drawn.marks or drawn.times.size < 2:
        return drawn
    wide = np.flatnonzero(np.diff(drawn.times) > np.timedelta64(GAPS[drawn.cadence], "D")) + 1
    middle = drawn.times[wide - 1] + (drawn.times[wide] - drawn.times[wide - 1]) // 2
    steps = np.insert(np.array(drawn.steps), wide, "day")
    filled = {
        "times": np.insert(drawn.times, wide, middle),
        "values": np.insert(drawn.values, wide, np.nan),
        "flags": np.insert(drawn.flags, wide, 9),
        "provisional": np.insert(drawn.provisional, wide, 0),
    }
    return Line(**{**drawn.__dict__, **filled, "steps": tuple(steps.tolist())})


def last_counted(drawn: Line) -> int:
    """Index of the newest point that is not a part-period; the newest of all where every point is one."""
    whole = np.flatnonzero(drawn.flags == 1)
    return int(whole[-1]) if whole.size and not drawn.marks else drawn.times.size - 1


def end_of_record(drawn: Line) -> np.datetime64:
    """The day on which the newest point's period ends: 1 January 2025 for the year 2024."""
    months = LENGTH.get(drawn.steps[-1])
    last = drawn.times[-1]
    return (
        last.astype("datetime64[D]")
        if months is None
        else (last.astype("datetime64[M]") + months).astype("datetime64[D]")
    )


def _keep(drawn: Line, keep: np.ndarray) -> Line:
    fields = ("times", "values", "flags", "provisional")
    steps = tuple(step for step, kept in zip(drawn.steps, keep, strict=True) if kept)
    return Line(**{**drawn.__dict__, **{name: getattr(drawn, name)[keep] for name in fields}, "steps": steps})


def steps_of(dataset: xr.Dataset) -> tuple[str, ...]:
    """What each point stands for: a year, a quarter, a month or a day.

    Stated figures come with mixed precision: the period that is printed beside them decides, else what the
    series says it averages, else a date on the first of a month means that month.
    """
    cadence, times = dataset.attrs["cadence"], dataset["time"].values.astype("datetime64[D]")
    if cadence != "irregular":
        return ("day" if cadence == "10-day" else cadence,) * times.size
    for word in ("year", "month"):
        if (
            f"calendar {word}" in dataset.attrs["cell_methods"]
            or f"{word} as printed" in dataset.attrs["cell_methods"]
        ):
            return (word,) * times.size
    if "period_start" in dataset and "period_end" in dataset:
        pairs = zip(dataset["period_start"].values, dataset["period_end"].values, strict=True)
        return tuple(_printed(str(first), str(last)) for first, last in pairs)
    return tuple("month" if str(when).endswith("-01") else "day" for when in times)


def _printed(first: str, last: str) -> str:
    if first.endswith("-01-01") and last == f"{first[:4]}-12-31":
        return "year"
    return "month" if first.endswith("-01") and last[:7] == first[:7] and last[8:] >= "28" else "day"
