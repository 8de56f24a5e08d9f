"""Which level lines stand together and how: by source, by whole-year change, by one datum (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from dashboard.series.change import NORMAL_MIN_YEARS
from dashboard.series.lines import Line
from dashboard.series.periods import annual_means, offset
from dashboard.series.snapshot import Snapshot, label
from loaders.tables.items import Series

MOST = 6
RATE_YEARS = 10
# Centimetres in the metre of the series.
CM = 100.0
NORMAL_YEARS = range(1993, 2023)


@dataclass(frozen=True)
class Offset:
    """How far one series stands above another, from the whole years that both have."""

    one: Series
    other: Series
    gap: float
    spread: float
    first: int
    last: int
    count: int


def comparable(snapshot: Snapshot, rows: Sequence[Series], year: int) -> list[Series]:
    """Series with a whole-year mean of ``year``, longest first, one for each zone, group and datum.

    Of the steps of one record the one that reaches furthest stands for it; an experimental or derived series
    stands for none.
    """
    best: dict[tuple[str, ...], Series] = {}
    for row in rows:
        if not row.may_lead:
            continue
        years, _ = annual_means(snapshot.series[row.id], snapshot.as_of, row.min_obs_per_month)
        if np.datetime64(str(year), "Y") not in years:
            continue
        key = (row.independence_group, row.zone, row.datum or "")
        if key not in best or _rank(snapshot, row) > _rank(snapshot, best[key]):
            best[key] = row
    return sorted(best.values(), key=lambda row: _rank(snapshot, row), reverse=True)[:MOST]


def yearly_line(snapshot: Snapshot, row: Series, color: str, **look: object) -> Line:
    """Whole-year means of a series as a line; part-years are left out."""
    years, values = annual_means(snapshot.series[row.id], snapshot.as_of, row.min_obs_per_month)
    return Line(
        series=row.id,
        label=label(row),
        cadence="year",
        times=years.astype("datetime64[ns]"),
        values=values,
        flags=np.ones(years.size, dtype="int8"),
        provisional=np.zeros(years.size, dtype="int8"),
        steps=("year",) * years.size,
        color=color,
        hover=snapshot.series[row.id].attrs["source"],
        **{"text_color": color, **look},  # type: ignore[arg-type]
    )


def value_in(line: Line, year: int) -> float:
    """The line's value of one whole year. Raises KeyError where it has none."""
    at = np.flatnonzero(line.times.astype("datetime64[Y]").astype(int) + 1970 == year)
    if not at.size:
        raise KeyError(year)
    return float(line.values[at[0]])


def residual(line: Line, reference: Line) -> Line:
    """One line minus another in the years of both."""
    common, left, right = np.intersect1d(line.times, reference.times, return_indices=True)
    ones = np.ones(common.size, dtype="int8")
    return replace(
        line,
        times=common,
        values=line.values[left] - reference.values[right],
        flags=ones,
        provisional=ones * 0,
        steps=("year",) * common.size,
    )


def offsets(snapshot: Snapshot, rows: Sequence[Series]) -> list[Offset]:
    """Every other series against the first, where three whole years are common and the datums differ."""
    found = []
    for row in rows[1:]:
        if row.datum == rows[0].datum:
            continue
        try:
            numbers = offset(snapshot.series[row.id], snapshot.series[rows[0].id], snapshot.as_of)
        except ValueError:
            continue
        found.append(Offset(row, rows[0], *numbers))
    return found


def running_rate(years: np.ndarray, values: np.ndarray, span: int = RATE_YEARS) -> tuple[np.ndarray, ...]:
    """Least-squares slope of each ``span`` whole years, by their last year, in units a year, and 95 % limits.

    The interval is the textbook one for independent residuals: neighbouring years move together, so it is
    too narrow, and the page says so.
    """
    from scipy.stats import t as student

    numbers = years.astype("datetime64[Y]").astype(int) + 1970
    ends, slopes, errors = [], [], []
    x = np.arange(span) - (span - 1) / 2
    for at in range(span, numbers.size + 1):
        inside, part = numbers[at - span : at], values[at - span : at]
        if inside[-1] - inside[0] != span - 1:
            continue
        slope = float(x @ (part - part.mean()) / (x @ x))
        rest = part - part.mean() - slope * x
        ends.append(years[at - 1])
        slopes.append(slope)
        errors.append(float(np.sqrt(rest @ rest / (span - 2) / (x @ x))))
    width = student.ppf(0.975, span - 2) * np.array(errors)
    return (
        np.array(ends, dtype="datetime64[Y]"),
        np.array(slopes),
        np.array(slopes) - width,
        np.array(slopes) + width,
    )


def _rank(snapshot: Snapshot, row: Series) -> tuple:
    years, _ = annual_means(snapshot.series[row.id], snapshot.as_of, row.min_obs_per_month)
    return years[-1], int(years.size), row.cadence == "year"


def normal_band(dataset: xr.Dataset) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """10th percentile, median, 90th percentile of each calendar month of 1993-2022; None if too short."""
    months = dataset["time"].values.astype("datetime64[M]")
    years = months.astype("datetime64[Y]").astype(int) + 1970
    inside = (years >= NORMAL_YEARS[0]) & (years <= NORMAL_YEARS[-1])
    seasons, values = months.astype(int) % 12, dataset["value"].values
    rows = [values[inside & (seasons == season)] for season in range(12)]
    if min(row.size for row in rows) < NORMAL_MIN_YEARS:
        return None
    low, middle, high = (np.array([np.percentile(row, share) for row in rows]) for share in (10, 50, 90))
    return low, middle, high
