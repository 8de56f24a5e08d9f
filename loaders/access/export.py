"""Series and fields as a table for spreadsheets and as NetCDF.

A cell of text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay numbers. No
``#`` stands inside a cell, so that readers can take every ``#`` line as a comment.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from loaders.dataset import netcdf
from loaders.dataset.contract import usable
from loaders.errors import Asking

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("series_id", "time", "value", "uncertainty", "qc", "provisional")
BY_LEVEL = ("level", "area", "volume", "cells", "qc")
OPTIONAL = ("value_other", "mission", "note", "source_url", "period_start", "period_end", "spread", "sources")
HEADER = {
    "title": "title",
    "datum": "datum",
    "unit": "units",
    "source": "source",
    "licence": "licence",
    "citation": "citation",
    "retrieved": "retrieved_at",
    "caveat": "caveat",
}
# Lines of the header that only some series have.
SAID = ("formula", "inputs", "uncertainty", "offsets", "experimental")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def to_csv(datasets: Sequence[xr.Dataset], *, raw: bool = False, view: str = "") -> str:
    """Header lines of each series, the ``view`` they were chosen in, then one row per point.

    Without ``raw``, values flagged 4 or 9 are left out. Times are dates where all stand at 00:00, else
    ISO 8601 in UTC. A table by level comes alone, one row per level. Raises Asking for what is no table.
    """
    if any("time" not in dataset.dims for dataset in datasets):
        return _by_level(datasets, raw)
    chosen = [dataset if raw else usable(dataset) for dataset in datasets]
    lines = _headers(chosen, view)
    extra = [name for name in OPTIONAL if any(name in dataset for dataset in chosen)]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([*COLUMNS, *extra])
    whole_days = all(_whole_days(dataset) for dataset in chosen)
    for dataset in chosen:
        columns = [_cells(dataset, name, whole_days) for name in (*COLUMNS, *extra)]
        writer.writerows(zip(*columns, strict=True))
    return "\n".join([*lines, table.getvalue()])


def _by_level(datasets: Sequence[xr.Dataset], raw: bool) -> str:
    ids = [str(dataset.attrs["series_id"]) for dataset in datasets]
    for name, dataset in zip(ids, datasets, strict=True):
        if "latitude" in dataset.dims:
            raise Asking(f"export: {name} is a map, which no table of rows holds; use --format netcdf")
    if len(datasets) > 1:
        raise Asking(f"export: {' and '.join(ids)} do not fit in one CSV; export each by itself")
    chosen = datasets[0] if raw else usable(datasets[0])
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(BY_LEVEL)
    writer.writerows(zip(*(_numbers(chosen[name].values) for name in BY_LEVEL), strict=True))
    return "\n".join([*_header(chosen), table.getvalue()])


def table_to_csv(table: pd.DataFrame, datasets: Sequence[xr.Dataset], *, view: str = "") -> str:
    """Rows made of ``datasets``, under the header lines of each; numbers in full, missing ones empty."""
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(map(_cell, row) for row in table.itertuples(index=False))
    return "\n".join([*_headers(datasets, view), rows.getvalue()])


def to_netcdf(dataset: xr.Dataset) -> bytes:
    """CF NetCDF classic; the attributes added on open travel with it."""
    return netcdf.encode(dataset)


def package(datasets: Sequence[xr.Dataset], format: str, *, raw: bool = False) -> tuple[str, bytes]:
    """``(file name, bytes)``: one CSV of all series, one NetCDF file, or a zip of one file per series."""
    first = str(datasets[0].attrs["series_id"])
    if format == "csv":
        return f"{first if len(datasets) == 1 else 'two-seas'}.csv", to_csv(datasets, raw=raw).encode()
    files = {
        f"{dataset.attrs['series_id']}.nc": to_netcdf(dataset if raw else usable(dataset))
        for dataset in datasets
    }
    return (f"{first}.nc", files[f"{first}.nc"]) if len(files) == 1 else ("two-seas.zip", to_zip(files))


def bundle(datasets: Sequence[xr.Dataset], texts: Mapping[str, str], *, view: str = "") -> bytes:
    """A zip of one CSV without flags 4 and 9, a whole NetCDF file per series, ``texts`` by file name."""
    files = {"two-seas.csv": to_csv(datasets, view=view).encode()}
    files |= {f"series/{dataset.attrs['series_id']}.nc": to_netcdf(dataset) for dataset in datasets}
    files |= {name: text.encode() for name, text in texts.items()}
    return to_zip(dict(sorted(files.items())))


def to_zip(named: dict[str, bytes]) -> bytes:
    """Files in one archive that depends neither on the clock nor on the computer."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in named.items():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system = UNIX
            opened.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _headers(datasets: Sequence[xr.Dataset], view: str) -> list[str]:
    lines = [line for dataset in datasets for line in _header(dataset)]
    return [*lines, f"# view: {_plain(view)}"] if view else lines


def _header(dataset: xr.Dataset) -> list[str]:
    known = dict(dataset.attrs)
    if known.get("origin") == "baseline":
        known["retrieved_at"] = "embedded in this release"
    units = {name: part.attrs.get("units") for name, part in dataset.variables.items()}
    known.setdefault("units", ", ".join(f"{name} {unit}" for name, unit in units.items() if unit))
    lines = [f"# series: {known['series_id']}"]
    for label, attribute in HEADER.items():
        lines.append(f"# {label}: {_plain(str(known.get(attribute) or 'none'))}")
    return lines + [f"# {name}: {_plain(str(known[name]))}" for name in SAID if name in known]


def _plain(text: str) -> str:
    """One line without ``#``; nothing after a comma opens a formula where a spreadsheet splits it."""
    line = " ".join(text.replace("#", "%23" if "://" in text else "no. ").split())
    return re.sub(r"([,;]\s*)(?=[=+@-])", r"\1'", line)


def _cells(dataset: xr.Dataset, name: str, whole_days: bool) -> list[str]:
    size = dataset.sizes["time"]
    if name == "series_id":
        return [str(dataset.attrs["series_id"])] * size
    if name == "time":
        unit = "D" if whole_days else "s"
        texts = np.datetime_as_string(dataset["time"].values.astype(f"datetime64[{unit}]"))
        return [text + ("" if whole_days else "Z") for text in texts.tolist()]
    if name not in dataset:
        return [""] * size
    values = dataset[name].values
    if name == "mission":
        return [_safe(text) for text in _words(dataset[name])]
    return _numbers(values) if values.dtype.kind in "fiu" else [_safe(str(text)) for text in values]


def _numbers(values: np.ndarray) -> list[str]:
    if values.dtype.kind == "f":
        return ["" if np.isnan(value) else repr(float(value)) for value in values]
    return [str(int(value)) for value in values]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else repr(float(value))
    return _safe(str(value))


def _words(flags: xr.DataArray) -> list[str]:
    """The meanings of coded values, or the codes where the series names none."""
    names = str(flags.attrs.get("flag_meanings", "")).split()
    codes = np.atleast_1d(flags.attrs.get("flag_values", ())).tolist()
    known = dict(zip(codes, names, strict=False))
    return [known.get(code, str(code)) for code in flags.values.tolist()]


def _safe(text: str) -> str:
    """One line that no spreadsheet takes for a formula: a bare CR would begin a row of its own."""
    clean = " ".join(text.splitlines()).strip(" ").replace("#", "%23" if "://" in text else "no. ")
    return f"'{clean}" if clean.startswith(FORMULA) else clean


def _whole_days(dataset: xr.Dataset) -> bool:
    times = dataset["time"].values
    return bool(np.all(times == times.astype("datetime64[D]")))
