"""Make one baseline series: choose rows, drop what must not be built, flag, keep the reason of each drop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import xarray as xr

from loaders.baseline import figures
from loaders.baseline.addresses import SEPARATOR, normalise
from loaders.baseline.figures import Cells
from loaders.dataset.contract import check, conform
from loaders.errors import ContractError
from loaders.quality import qc
from loaders.tables.items import Build, Series
from loaders.tables.vocabulary import Flag

DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?")
# A 95 % interval is 3.92 standard deviations wide.
INTERVAL = 2 * 1.96


@dataclass(frozen=True)
class Point:
    time: date
    value: float
    qc: int
    uncertainty: float = np.nan
    provisional: int = 0
    other: float = np.nan
    start: str = ""
    end: str = ""
    note: str = ""
    link: str = ""


@dataclass(frozen=True)
class Made:
    """One built series: the conformed dataset, and what happened to each row on the way."""

    dataset: xr.Dataset
    inputs: tuple[str, ...]
    rows_read: int
    dropped: tuple[tuple[str, str], ...]


@dataclass
class _Sieve:
    points: list[Point] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    read: int = 0


def make(row: Series, samples: Path, made: Mapping[str, Made]) -> Made:
    """The series of ``row`` from the files below ``samples`` or from a series in ``made``."""
    build = row.build
    assert build is not None
    sieve = _Sieve()
    if build.mean_of and build.per:
        source = made[build.mean_of]
        sieve.points, sieve.read = means(source.dataset, build.per, row)
        sieve.inputs = list(source.inputs)
    else:
        _collect(build, samples, sieve)
    points = _collapse(row.id, sieve)
    dataset = check(qc.flag(conform(_dataset(points, row), row), row))
    return Made(dataset, tuple(sorted(set(sieve.inputs))), sieve.read, tuple(sieve.dropped))


def means(source: xr.Dataset, per: str, row: Series) -> tuple[list[Point], int]:
    """Plain means of the values flagged 1, 2 or 3 in each calendar month or year, to the millimetre.

    A month with fewer than ``min_obs_per_month`` values and a year without all twelve months are suspect.
    """
    good = source.isel(time=source["qc"].values < Flag.FAIL)
    months = good["time"].values.astype("datetime64[M]")
    groups = months if per == "month" else months.astype("datetime64[Y]")
    points = []
    for group in np.unique(groups):
        chosen = groups == group
        seen = np.unique(months[chosen])
        short = chosen.sum() < row.min_obs_per_month if per == "month" else seen.size < 12
        note = ""
        if short:
            note = "one value only" if per == "month" else f"part year: {seen[0]} to {seen[-1]}"
        value = round(float(good["value"].values[chosen].mean()), 3)
        start = group.astype("datetime64[D]").astype(object)
        points.append(Point(start, value, Flag.SUSPECT if short else Flag.PASS, note=note))
    return points, int(good.sizes["time"])


def _collect(build: Build, samples: Path, sieve: _Sieve) -> None:
    rows: list[Cells] = [{"quality": "good", **point} for point in build.points]
    if build.file:
        sieve.inputs.append(build.file)
        rows = figures.select(figures.read(samples / build.file), build.where) + rows
    for row in rows:
        sieve.read += 1
        reason = refusal(row, build)
        if reason:
            sieve.dropped.append((row["time"], reason))
        else:
            sieve.points.append(_point(row, build))
    for part in build.more:
        _collect(part, samples, sieve)


def refusal(row: Cells, build: Build) -> str | None:
    """Why a row cannot be a point of the series, or None."""
    quality = row.get("quality", "good")
    if quality in figures.UNBUILT and not (build.unusable and quality == "unusable"):
        return f"{quality}: {row['note']}" if row.get("note") else quality
    if figures.stamp(row) is None:
        return "no single date: a mark, not a point of a line"
    value = figures.number(row.get(build.value, ""))
    if value is None:
        return "no single value"
    if build.until and row["time"][:4] > build.until:
        return build.cut
    low, high = figures.number(row.get("min", "")), figures.number(row.get("max", ""))
    if low is not None and high is not None and not low <= value <= high:
        return "mean outside its own minimum and maximum"
    return None


def _point(row: Cells, build: Build) -> Point:
    time, stated = figures.stamp(row), figures.stated_period(row)
    assert time is not None
    links, words = normalise(row.get("source_url", "")) if build.links else ("", "")
    return Point(
        time=time,
        value=build.exact.get(row["time"], round(float(row[build.value]) * build.scale, build.decimals)),
        qc=figures.USABLE.get(row.get("quality", "good"), Flag.FAIL),
        uncertainty=np.nan if row["time"] in build.exact else _uncertainty(row, build),
        provisional=int(row["time"] in build.provisional),
        other=build.others.get(row["time"], np.nan),
        start=stated.start.isoformat() if build.periods and stated else "",
        end=stated.end.isoformat() if build.periods and stated else "",
        note=note(row, build.notes.get(row["time"], build.note), words, speaker=build.links),
        link=links or (build.link or "" if build.links else ""),
    )


def _uncertainty(row: Cells, build: Build) -> float:
    if build.interval:
        low, high = (float(row[column]) for column in build.interval)
        return round((high - low) / INTERVAL * build.scale, build.decimals)
    stated = figures.number(row.get("uncertainty", "")) if build.uncertainty else None
    return np.nan if stated is None else stated * build.scale


def note(row: Cells, added: str, words: str, *, speaker: bool) -> str:
    """What is said about one figure: its own note, its range, who said it, and the words of its source."""
    who = row.get("who", "") if speaker else ""
    said = "computed from printed figures" if who == "DERIVED" else f"said by {who}" if who else ""
    span = f"min {row['min']}, max {row['max']}" if row.get("min") and row.get("max") else ""
    source = f"printed {words}" if DAY.fullmatch(words) else f"source: {words}" if words else ""
    return joined("; ", own_note(row), span, added, said, source)


def own_note(row: Cells) -> str:
    """The note of a row, without remarks on where else the figure is kept."""
    text = row.get("note", "")
    return "" if "samples/" in text else text.replace("#", "no. ")


def joined(separator: str, *texts: str) -> str:
    return separator.join(dict.fromkeys(text for text in texts if text))


def _collapse(series_id: str, sieve: _Sieve) -> list[Point]:
    """One point for each time. Two different values at one time are two speakers, so two series."""
    kept: dict[date, Point] = {}
    for point in sieve.points:
        earlier = kept.get(point.time)
        if earlier is None:
            kept[point.time] = point
            continue
        if earlier.value != point.value:
            raise ContractError(series_id, f"two values for {point.time}; each speaker needs an own series")
        links = joined(SEPARATOR, *earlier.link.split(SEPARATOR), *point.link.split(SEPARATOR))
        notes = joined("; ", *earlier.note.split("; "), *point.note.split("; "))
        worse = max(earlier.qc, point.qc)
        kept[point.time] = replace(point, link=links, note=notes, qc=worse)
        sieve.dropped.append((point.time.isoformat(), "repeats a row of the same time and value"))
    return [kept[time] for time in sorted(kept)]


def _dataset(points: list[Point], row: Series) -> xr.Dataset:
    columns: dict[str, list] = {
        "value": [point.value for point in points],
        "qc": [int(point.qc) for point in points],
        "provisional": [point.provisional for point in points],
    }
    for name, key in (("uncertainty", "uncertainty"), ("value_other", "other")):
        numbers = [getattr(point, key) for point in points]
        if not np.all(np.isnan(numbers)):
            columns[name] = numbers
    texts = {"note": "note", "source_url": "link", "period_start": "start", "period_end": "end"}
    for name, key in texts.items():
        if any(getattr(point, key) for point in points):
            columns[name] = [getattr(point, key) for point in points]
    dataset = xr.Dataset(
        {name: ("time", np.array(values)) for name, values in columns.items()},
        coords={"time": np.array([point.time for point in points], dtype="datetime64[ns]")},
    )
    dataset["value"].attrs["units"] = row.unit
    return dataset
