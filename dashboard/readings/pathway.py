"""Pathways: the observed rate against the rate that a straight line needs, and the words for their ratio.

Yearly national data: least-squares slope over the newest n + 1 yearly values, n = 7, with n = 5 to 10 as the
range. Other series: slope over all values since the start, or their end points where fewer than five exist.
Rates carry their sign; falling is negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from dashboard.readings.condition.records import Evidence
from dashboard.readings.records import Pace, Pathway, PathwayState
from dashboard.register.rows import Pace as Line
from dashboard.register.rows import Target
from dashboard.series.periods import good

INTERVALS = 7
WINDOWS = range(5, 11)
MIN_POINTS = 5
YEAR = 365.25
DIGITS = 9
SUSPECT = 3
CUTS: tuple[tuple[float, PathwayState], ...] = ((1.0, "on_track"), (0.5, "too_slow"), (0.0, "far_too_slow"))
Points = tuple[np.ndarray, np.ndarray]
Series = Mapping[str, xr.Dataset]


def word(ratio: float) -> PathwayState:
    """At least 1, 0.5 or 0; under 0 the number moves the other way. Rounding errors do not cross a cut."""
    if np.isnan(ratio):
        return "cannot_tell"
    return next((state for cut, state in CUTS if round(ratio, DIGITS) >= cut), "wrong_direction")


def pathway(line: Line | None, series: Series, evidence: Evidence = "none") -> Pathway:
    """The pace of a register row on its frozen line, with its other sources and what stands beside it.

    ``evidence`` replaces the strength found from the data, where the figures themselves are disputed.
    """
    if line is None:
        return Pathway("no_target", "", "", ("", np.nan), ("", np.nan), None, (), None, np.nan, "none", ())
    found = _of(line, series)
    others = [_of(_other(line, name, series), series) for name in line.sources if name in series]
    spread = (*found.spread, *(pace for other in others for pace in other.spread))
    beside = tuple(_of(_other(line, name, series), series) for name in line.beside if name in series)
    used = (*found.series_used, *(other.series for other in others if other.main))
    state = over_range(found.main, spread)
    words = {word(other.main.ratio) for other in (found, *others) if other.main}
    strength = evidence if evidence != "none" else _strength(series, used, len(words) > 1)
    return replace(
        found, state=state, spread=spread, beside=beside, series_used=used,
        evidence_strength=strength if found.main else "none",
    )  # fmt: skip


def towards(target: Target, series: Series, evidence: Evidence = "none") -> Pathway | None:
    """The pace towards a number that officials set later, over all stated starts and dates.

    None where the target has no date, no frozen start, or no stored series.
    """
    stored = [name for name in target.series if name in series]
    if not (target.start and target.date and stored) or target.start_value is None:
        return None
    line = Line(series=stored[0], start=target.start, start_value=target.start_value, end=target.date,
                end_value=target.value, unit=target.unit)  # fmt: skip
    dates = [date for date in (target.date, target.earliest) if date]
    starts = target.observed_from or (target.start,)
    lines = [line.model_copy(update={"end": date}) for date in dates]
    spread = tuple(pace for since in starts for one in lines if (pace := _pace(one, series, since)))
    found = _of(line, series)
    main = spread[0] if spread else None
    strength = evidence if evidence != "none" else _strength(series, (line.series,), False)
    return replace(found, main=main, spread=spread, state=over_range(main, spread), target=target,
                   passed=_passed(main, series), evidence_strength=strength if main else "none")  # fmt: skip


def over_range(main: Pace | None, spread: Sequence[Pace]) -> PathwayState:
    """The word of the main pace if every pace of the range has it, else that sources or windows disagree."""
    if main is None or np.isnan(main.ratio):
        return "cannot_tell"
    words = {word(pace.ratio) for pace in (main, *spread)}
    return word(main.ratio) if len(words) == 1 else "sources_disagree"


def inflow_to_hold(fall: float, area: float) -> float:
    """Extra water (km3 a year) that would hold a level falling by ``fall`` m a year over ``area`` km2."""
    return fall * area / 1000


def years_between(start: str, end: str) -> float:
    """Years of a line. Two years count from year to year; a year after a dated start means its last day."""
    if len(start) == len(end) == 4:
        return float(int(end) - int(start))
    last = np.datetime64(str(int(end) + 1), "D") - 1 if len(end) == 4 else np.datetime64(end, "D")
    return float((last - np.datetime64(start, "D")).astype(int)) / YEAR


def _of(line: Line, series: Series) -> Pathway:
    """One series on its line: the main pace, and for yearly data every window."""
    spread = tuple(pace for n in WINDOWS if (pace := _pace(line, series, line.start, n)))
    if not _yearly(line, series):
        spread = spread[:1]
    main = _pace(line, series, line.start)
    times, values = _points(line, series)
    newest = (_name(times[-1], line, series), float(values[-1])) if times.size else None
    left = years_between(newest[0], line.end) if newest else np.nan
    remaining = (line.end_value - newest[1]) / left if newest and left > 0 else np.nan
    return Pathway(
        state=over_range(main, spread),
        series=line.series,
        unit=line.unit,
        start=(line.start, line.start_value),
        end=(line.end, line.end_value),
        main=main,
        spread=spread,
        newest=newest,
        remaining_rate=remaining,
        evidence_strength=_strength(series, (line.series,), False) if main else "none",
        series_used=(line.series,) if line.series in series else (),
    )


def _pace(line: Line, series: Series, since: str, intervals: int = INTERVALS) -> Pace | None:
    """One observed and one needed rate; None where there are too few values."""
    span = years_between(line.start, line.end)
    times, values = _points(line, series)
    needed = (line.end_value - line.start_value) / span if span > 0 else np.nan
    if _yearly(line, series):
        times, values = times[-intervals - 1 :], values[-intervals - 1 :]
        if times.size < intervals + 1:
            return None
    else:
        keep = times >= np.datetime64(since, "D")
        times, values = times[keep], values[keep]
        if 2 <= times.size < MIN_POINTS:
            times, values = times[[0, -1]], values[[0, -1]]
    if times.size < 2:
        return None
    names = _name(times[0], line, series), _name(times[-1], line, series)
    return Pace(line.series, *names, times.size - 1, _slope(line, series, times, values), needed)


def _passed(main: Pace | None, series: Series) -> tuple[tuple[str, float], ...]:
    """Days and values with flag 3 between the ends of a pace, oldest first."""
    if main is None:
        return ()
    dataset = series[main.series].sel(time=slice(main.first, main.last))
    doubtful = dataset.isel(time=dataset["qc"].values == SUSPECT)
    days = doubtful["time"].values.astype("datetime64[D]").astype(str)
    return tuple(zip(days.tolist(), doubtful["value"].values.tolist(), strict=True))


def _slope(line: Line, series: Series, times: np.ndarray, values: np.ndarray) -> float:
    """Least-squares slope a year; between two values it is their difference over their years."""
    if _whole_years(line, times):
        years = times.astype("datetime64[Y]").astype(float)
    else:
        years = times.astype(float) / YEAR
    return float(np.polyfit(years - years.mean(), values, 1)[0])


def _points(line: Line, series: Series) -> Points:
    """Days and values with flag 1 or 2, oldest first."""
    if line.series not in series:
        return np.array([], dtype="datetime64[D]"), np.array([])
    points = good(series[line.series])
    return points["time"].values.astype("datetime64[D]"), points["value"].values


def _yearly(line: Line, series: Series) -> bool:
    return line.series in series and series[line.series].attrs["cadence"] == "year"


def _whole_years(line: Line, times: np.ndarray) -> bool:
    """Whether the line and all its points are dated by years alone."""
    starts = times.astype("datetime64[Y]").astype("datetime64[D]")
    return len(line.start) == 4 and bool((times == starts).all())


def _name(time: np.datetime64, line: Line, series: Series) -> str:
    """A point's date as it is printed: its year, or its day."""
    return str(time)[:4] if _whole_years(line, np.array([time])) else str(time)


def _other(line: Line, name: str, series: Series) -> Line:
    """The same line for another series, from its own value at the start."""
    own = line.model_copy(update={"series": name, "unit": str(series[name].attrs["units"])})
    times, values = _points(own, series)
    at = times.astype("datetime64[Y]").astype(str) == line.start[:4]
    return own.model_copy(update={"start_value": float(values[at][-1]) if at.any() else np.nan})


def _strength(series: Series, names: Sequence[str], differ: bool) -> Evidence:
    """Two independent open series that agree are strong, one is medium, an official's statement is weak."""
    attrs = [series[name].attrs for name in names if name in series]
    if all(attr["provenance_grade"] == "stated" for attr in attrs):
        return "weak"
    if differ:
        return "disputed"
    return "strong" if len({attr["independence_group"] for attr in attrs}) > 1 else "medium"
