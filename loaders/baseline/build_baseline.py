"""Write the embedded baseline: every published series and table of the catalogue, and the manifest.

The same figures and the same catalogue give the same bytes on every computer; the day in the manifest
moves only when something else in it does.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from loaders.baseline import build_series, build_tables, csv_tables
from loaders.baseline.build_series import Made
from loaders.baseline.build_tables import MadeTable
from loaders.dataset.contract import NUMBERS, TEXTS
from loaders.environment import clock
from loaders.errors import NoData
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series, Table
from loaders.tables.schema import Catalogue, Credit

BUILDER = "1"
SCHEMA = 1


def build(samples: Path, out: Path, tables: Catalogue | None = None) -> dict[str, Any]:
    """Write ``series/*.csv``, ``tables/*.csv`` and ``manifest.json`` below ``out``; return the manifest.

    ``samples`` holds the folders of figures that the catalogue names. Files of series that are no longer in
    the catalogue are removed. Raises NoData where a file of figures is absent.
    """
    tables = tables or catalogue()
    _require(samples, tables)
    made: dict[str, Made] = {}
    for row in tables.series.values():
        if row.build:
            made[row.id] = build_series.make(row, samples, made)
    files: dict[str, str] = {}
    manifest: dict[str, Any] = {"schema": SCHEMA, "builder_version": BUILDER, "series": {}, "tables": {}}
    for series_id, one in made.items():
        row, credit = tables.series[series_id], tables.credits[str(tables.series[series_id].credit)]
        name = f"series/{series_id}.csv"
        files[name] = series_text(one.dataset, credit)
        entry = _series_entry(one, row) | _record(one, credit, samples)
        manifest["series"][series_id] = {"file": name, "sha256": _sha(files[name])} | entry
    for table in tables.tables.values():
        credit, content = tables.credits[table.credit], build_tables.make(table, samples, made)
        name = f"tables/{table.id}.csv"
        files[name] = table_text(content, table, credit)
        manifest["tables"][table.id] = {"file": name, "sha256": _sha(files[name])} | _record(
            content, credit, samples
        )
    manifest["built"] = _built(manifest)
    files["manifest.json"] = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    _write(out, files)
    return manifest


def series_text(dataset: xr.Dataset, credit: Credit) -> str:
    """One series as tidy CSV: header lines, then only the columns that hold something."""
    attrs = dataset.attrs
    head = {
        "title": attrs["title"],
        "datum": attrs.get("datum"),
        "unit": attrs["units"],
        "source": credit.source,
        "licence": credit.licence,
        "citation": credit.citation,
        "how": credit.how,
        "grade": attrs["provenance_grade"],
    }
    order = ("value", "uncertainty", "qc", "provisional", "value_other", *TEXTS[2:], *TEXTS[:2])
    names = [name for name in order if name in dataset]
    times = dataset["time"].values.astype("datetime64[D]").astype(str)
    columns = [times, *([_cell(name, item) for item in dataset[name].values] for name in names)]
    return _text(head, ["time", *names], [list(cells) for cells in zip(*columns, strict=True)])


def table_text(made: MadeTable, table: Table, credit: Credit) -> str:
    """One table as tidy CSV with the same header lines."""
    head = {
        "title": table.title,
        "datum": table.datum,
        "unit": table.unit,
        "source": credit.source,
        "licence": credit.licence,
        "citation": credit.citation,
        "how": credit.how,
        "caveat": table.caveat,
    }
    return _text(head, list(made.columns), [[row[name] for name in made.columns] for row in made.rows])


def _cell(name: str, item: Any) -> str:
    if name not in NUMBERS:
        return str(item)
    return "" if np.isnan(item) else f"{item:.10g}"


def _text(head: dict[str, str | None], columns: list[str], rows: list[list[str]]) -> str:
    lines = "".join(f"# {key}: {' '.join(value.split())}\n" for key, value in head.items() if value)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([columns, *rows])
    return lines + buffer.getvalue()


def _series_entry(made: Made, row: Series) -> dict[str, Any]:
    times = made.dataset["time"].values.astype("datetime64[D]").astype(str)
    return {
        "first": str(times[0]),
        "newest": str(times[-1]),
        "points": int(times.size),
        "grade": row.provenance_grade,
    }


def _record(made: Made | MadeTable, credit: Credit, samples: Path) -> dict[str, Any]:
    """Where the numbers come from, under which terms, and what was left out and why."""
    built = len(made.rows) if isinstance(made, MadeTable) else int(made.dataset.sizes["time"])
    return {
        "credit": credit.id,
        "source": credit.source,
        "source_url": credit.source_url,
        "licence": credit.licence,
        "citation": credit.citation,
        "how": credit.how,
        "inputs": [{"file": file, "sha256": _sha_of(samples / file)} for file in made.inputs],
        "rows_read": made.rows_read,
        "rows_built": built,
        "dropped": [{"time": time, "reason": reason} for time, reason in made.dropped],
        "builder_version": BUILDER,
    }


def _built(manifest: dict[str, Any]) -> str:
    """The day of the embedded build, if that is the same, else today (UTC)."""
    path = csv_tables.folder() / "manifest.json"
    embedded = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    same = all(embedded.get(key) == part for key, part in manifest.items())
    return embedded["built"] if same and "built" in embedded else f"{clock.now():%Y-%m-%d}"


def _require(samples: Path, tables: Catalogue) -> None:
    builds = [row.build for row in tables.series.values() if row.build]
    named = {part.file for build in builds for part in (build, *build.more) if part.file}
    for table in tables.tables.values():
        named |= {file for file in (table.curve, *(part.file for part in table.parts)) if file}
    for file in sorted(named):
        if not (samples / file).is_file():
            raise NoData(f"baseline: {file} is not in {samples.name}; nothing was written")


def _write(out: Path, files: dict[str, str]) -> None:
    for folder in ("series", "tables"):
        (out / folder).mkdir(parents=True, exist_ok=True)
        for path in (out / folder).glob("*.csv"):
            if f"{folder}/{path.name}" not in files:
                path.unlink()
    for name, text in files.items():
        (out / name).write_bytes(text.encode("utf-8"))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _sha_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
