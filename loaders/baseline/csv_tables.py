"""Read the embedded baseline: tidy CSV files beside a manifest that knows the sha256 of each.

It is what the first launch shows without a network. Files are read as bytes, compared with the manifest, and
only then parsed; a file that differs raises CacheCorrupt and is never shown.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from loaders.dataset.contract import FLAGS, NUMBERS, check, conform
from loaders.errors import CacheCorrupt, NoData, UnknownSeries
from loaders.tables.catalogue import catalogue, find_series
from loaders.tables.items import Series

if TYPE_CHECKING:
    import pandas as pd


@cache
def folder() -> Path:
    """``data_cache/baseline`` of a checkout, else the copy that the installed package carries."""
    checkout = Path(__file__).parents[2] / "data_cache" / "baseline"
    return checkout if (checkout / "manifest.json").is_file() else Path(__file__).parents[1] / "_baseline"


@cache
def manifest() -> dict[str, Any]:
    """``{"schema", "built", "series": {id: ...}, "tables": {id: ...}}``.

    What the catalogue does not have, or a credit group switched off, is not in it. Raises CacheCorrupt where
    the manifest cannot be read.
    """
    path = folder() / "manifest.json"
    try:
        found = json.loads(path.read_text("utf-8"))
        series, tables, _ = found["series"], found["tables"], found["built"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CacheCorrupt(
            f"baseline: manifest.json is unreadable ({type(error).__name__}); install again"
        ) from None
    known = catalogue()
    return found | {
        "series": {key: entry for key, entry in series.items() if key in known.series},
        "tables": {key: entry for key, entry in tables.items() if key in known.tables},
    }


def read(series_id: str) -> xr.Dataset:
    """One embedded series, conformed and checked. Raises UnknownSeries, NoData or CacheCorrupt."""
    row = find_series(series_id)
    entry = manifest()["series"].get(series_id)
    if entry is None:
        raise NoData(f"{series_id}: not part of the baseline; a refresh may bring it")
    return check(conform(parse(_text(entry), row), row))


def read_table(table_id: str) -> pd.DataFrame:
    """One embedded table; ``attrs`` hold its title, unit, datum, caveat and terms. Words stay words."""
    import pandas as pd

    known = catalogue()
    if table_id not in known.tables:
        nearest = tuple(difflib.get_close_matches(table_id, known.tables, n=3, cutoff=0.5))
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        raise UnknownSeries(f"unknown table {table_id!r}{hint}", nearest=nearest)
    entry = manifest()["tables"].get(table_id)
    if entry is None:
        raise NoData(f"{table_id}: not part of the baseline")
    names, columns = _columns(_text(entry))
    frame = pd.DataFrame(dict(zip(names, columns, strict=True)))
    for name in frame.columns.intersection(["value", "level", "area", "volume", "offset", "sd"]):
        frame[name] = pd.to_numeric(frame[name])
    for name in frame.columns.intersection(["qc"]):
        frame[name] = frame[name].astype("int8")
    table, credit = known.tables[table_id], known.credits[known.tables[table_id].credit]
    frame.attrs = {
        "table_id": table.id,
        "title": table.title,
        "sea": table.sea,
        "unit": table.unit,
        "datum": table.datum,
        "caveat": table.caveat,
        "source": credit.source,
        "source_url": credit.source_url,
        "licence": credit.licence,
        "citation": credit.citation,
    }
    return frame


def parse(text: str, row: Series) -> xr.Dataset:
    """The raw dataset of one baseline file, in the canonical unit; an empty number is NaN."""
    names, columns = _columns(text)
    found: dict[str, tuple[str, np.ndarray]] = {}
    times: np.ndarray = np.array([], dtype="datetime64[ns]")
    for name, cells in zip(names, columns, strict=True):
        if name == "time":
            times = np.array(cells, dtype="datetime64[D]").astype("datetime64[ns]")
        elif name in NUMBERS:
            found[name] = ("time", np.array([float(cell) if cell else np.nan for cell in cells]))
        elif name in FLAGS:
            found[name] = ("time", np.array(cells, dtype="int8"))
        else:
            found[name] = ("time", np.array(cells, dtype=str))
    dataset = xr.Dataset(found, coords={"time": times})
    dataset["value"].attrs["units"] = row.unit
    return dataset


def rows_of(text: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Column names and rows of a stored table, as words; its head lines left out."""
    names, *rows = csv.reader(line for line in text.splitlines() if not line.startswith("# "))
    return names, [tuple(row) for row in rows]


def _columns(text: str) -> tuple[list[str], list[tuple[str, ...]]]:
    names, rows = rows_of(text)
    return names, list(zip(*rows, strict=True)) or [() for _ in names]


def _text(entry: dict[str, Any]) -> str:
    path = folder() / entry["file"]
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CacheCorrupt(f"baseline: {entry['file']} is unreadable ({error.strerror})") from None
    if hashlib.sha256(raw).hexdigest() != entry["sha256"]:
        raise CacheCorrupt(f"baseline: {entry['file']} differs from the manifest; install again")
    return raw.decode("utf-8")
