"""Make the baseline tables that are no series: facts, level curves, offsets between height systems."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from loaders.baseline import figures
from loaders.baseline.addresses import normalise
from loaders.baseline.build_series import Made, joined, own_note
from loaders.baseline.figures import Cells
from loaders.tables.items import Facts, Table
from loaders.tables.vocabulary import Flag

DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?")
FACTS = ("time", "value", "unit", "what", "where", "who", "source_url", "note", "mark", "qc")
CURVE = ("level", "area", "volume", "years", "qc")
OFFSETS = ("from_datum", "to_datum", "from_series", "to_series", "offset", "sd", "first", "last", "years")


@dataclass(frozen=True)
class MadeTable:
    columns: tuple[str, ...]
    rows: tuple[Cells, ...]
    inputs: tuple[str, ...]
    rows_read: int
    dropped: tuple[tuple[str, str], ...]


def make(table: Table, samples: Path, made: Mapping[str, Made]) -> MadeTable:
    """The table from the files below ``samples``, or from series already made."""
    if table.curve:
        return curve(figures.read(samples / table.curve), table.curve)
    if table.offsets:
        return offsets(table, made)
    rows: list[Cells] = []
    dropped: list[tuple[str, str]] = []
    inputs, read = set(), 0
    for part in table.parts:
        cells: list[Cells] = [{"quality": "good", **point} for point in part.points]
        if part.file:
            inputs.add(part.file)
            cells = figures.select(_with_links(figures.read(samples / part.file)), part.where) + cells
        read += len(cells)
        for row in cells:
            if row.get("quality") == "unusable":
                dropped.append((row["time"], joined(": ", "unusable", own_note(row))))
            else:
                rows.append(fact(row, part))
    return MadeTable(FACTS, tuple(rows), tuple(sorted(inputs)), read, tuple(dropped))


def fact(row: Cells, part: Facts) -> Cells:
    """One fact. A value that is no number goes into the note; a range never becomes a number."""
    cells = defaultdict(str, row | {"note": own_note(row)})
    value = part.value.format_map(cells)
    plain = figures.number(value) is not None
    links, words = normalise(part.source_url.format_map(cells))
    printed = "" if plain else value.replace("/", " to ")
    source = f"printed {words}" if DAY.fullmatch(words) else f"source: {words}" if words else ""
    quality = row.get("quality", "good")
    who = part.who.format_map(cells)
    return {
        "time": part.time.format_map(cells),
        "value": value if plain else "",
        "unit": part.unit.format_map(cells),
        "what": part.what.format_map(cells).replace("_", " "),
        "where": part.place.format_map(cells).replace("_", " "),
        "who": "computed from printed figures" if who == "DERIVED" else who,
        "source_url": links,
        "note": joined("; ", printed, part.note.format_map(cells), source),
        "mark": quality if quality in ("forecast", "target") else part.mark,
        "qc": str(figures.USABLE.get(quality, 1)),
    }


def _with_links(rows: list[Cells]) -> list[Cells]:
    """Rows whose address reads "same" take the address of the row above."""
    found: list[Cells] = []
    for row in rows:
        same = row.get("source_url") == "same" and found
        found.append(row | {"source_url": found[-1]["source_url"]} if same else row)
    return found


def curve(rows: list[Cells], file: str) -> MadeTable:
    """Level, area and volume with rising levels; years of equal level are averaged into one row.

    Equal levels differ by up to 0.1 % in area, so a curve that keeps both cannot be interpolated.
    """
    groups: dict[float, list[Cells]] = defaultdict(list)
    dropped = []
    for row in rows:
        if row["quality"] == "unusable":
            dropped.append((row["time"], "unusable: the level repeats the year before"))
        else:
            groups[float(row["value"])].append(row)
    made: list[Cells] = []
    for level in sorted(groups):
        same = groups[level]
        made.append(
            {
                "level": f"{level:.10g}",
                "area": f"{np.mean([float(row['area_km2']) for row in same]):.10g}",
                "volume": f"{np.mean([float(row['volume_km3']) for row in same]):.10g}",
                "years": " ".join(sorted(row["time"] for row in same)),
                "qc": str(max(figures.USABLE[row["quality"]] for row in same)),
            }
        )
    return MadeTable(CURVE, tuple(made), (file,), len(rows), tuple(dropped))


def offsets(table: Table, made: Mapping[str, Made]) -> MadeTable:
    """Mean and standard deviation of (first - second) over the good whole years of each pair of series."""
    rows: list[Cells] = []
    inputs: set[str] = set()
    for first, second in table.offsets:
        if first not in made or second not in made:
            continue
        one, two = made[first].dataset, made[second].dataset
        inputs |= {*made[first].inputs, *made[second].inputs}
        difference = _good_years(one) - _good_years(two)
        years = difference["time"].dt.year.values
        sd = float(difference.std(ddof=1)) if years.size > 2 else np.nan
        rows.append(
            {
                "from_datum": one.attrs["datum"],
                "to_datum": two.attrs["datum"],
                "from_series": first,
                "to_series": second,
                "offset": f"{float(difference.mean()):.3f}",
                "sd": "" if np.isnan(sd) else f"{sd:.3f}",
                "first": str(years[0]),
                "last": str(years[-1]),
                "years": str(years.size),
            }
        )
    return MadeTable(OFFSETS, tuple(rows), tuple(sorted(inputs)), len(rows), ())


def _good_years(dataset: xr.Dataset) -> xr.DataArray:
    return dataset["value"].isel(time=dataset["qc"].values == Flag.PASS)
