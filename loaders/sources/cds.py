"""C3S lake water level from the Climate Data Store: an order, its state, its result, the file.

The order is taken with a number; its state is asked until it is done; the result names the file, alone or in
a zip archive. An order that is not done within the time of a refresh is done at the next one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged
from loaders.formats import archive, csv_text, grid_file
from loaders.formats.json_text import read_json
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

ORDER = "retrieve/v1/processes/satellite-lake-water-level/execution"
JOBS = "retrieve/v1/jobs"
JOB = re.compile(r"[0-9A-Za-z-]{8,64}")
HEIGHT = "water_surface_height_above_reference_datum"
ERROR = "water_surface_height_uncertainty"
# The store may list a lake under either.
REGIONS = ["northern_asia", "southwestern_asia"]
PAUSE = 3.0
SINCE = re.compile(r"(seconds|hours|days) since (\d{4}-\d\d-\d\d)(?:[T ]00:00:00(?:\.0)?)?Z?\s*(?:UTC)?$")
SECONDS = {"seconds": 1, "hours": 3600, "days": 86_400}
DONE, AT_WORK = "successful", ("accepted", "running")
FIRST = np.datetime64("1985-01-01")  # no radar altimeter measured lakes before


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One order per lake; ``more`` follows it to the file, which holds the whole history."""
    return [_order(row) for row in rows]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The first lake: there is no smaller answer."""
    return _order(rows[0])


def more(raw: bytes, request: Request) -> Request | None:
    """From the order to its state, from there to the result and to the file. Raises BadFormat."""
    if not request.step:
        return None
    answer = read_json(raw)
    if not isinstance(answer, dict):
        raise BadFormat("not an object")
    if "asset" in answer:
        return Request(_file(answer), request.series)
    job, state = str(answer.get("jobID", "")), answer.get("status")
    if not JOB.fullmatch(job):
        raise BadFormat("an answer without the number of the order")
    if state == DONE:
        return Request(f"{JOBS}/{job}/results", request.series, step=True)
    if state in AT_WORK:
        return Request(f"{JOBS}/{job}", request.series, step=True, wait=PAUSE)
    raise BadFormat(f"the order came to nothing: {str(state)[:20]} {_words(answer)}")


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """``value(time)`` in metres with ``uncertainty``, from NetCDF-3 or CSV, alone or in a zip archive.

    Raises UnsafeFile for HDF5 and for archives that lead elsewhere, SchemaChanged for another lake, NotData,
    BadFormat, TooLarge.
    """
    plain = archive.member(raw, (".nc", ".csv")) if archive.is_zip(raw) else raw
    binary = plain.startswith((b"CDF", b"\x89HDF"))
    times, heights, errors, where, note = _netcdf(plain) if binary else _csv(plain)
    _require_inside(where, row)
    if not np.isfinite(heights).any():
        raise NotData("no height in the file")
    if np.any(times < FIRST):
        raise BadFormat("a height from before radar altimetry")
    missing = np.isnan(heights)
    variables: dict[str, Any] = {
        "value": ("time", heights, {"units": "m"}),
        "qc": ("time", np.where(missing, Flag.MISSING, Flag.PASS).astype("int8")),
        "uncertainty": ("time", np.where(missing, np.nan, errors), {"units": "m"}),
    }
    return xr.Dataset(
        variables,
        coords={"time": times.astype("datetime64[ns]")},
        attrs={"datum_note": note, "provider_version": str(row.provider["version"])},
    )


def _order(row: Series) -> Request:
    wanted = {
        "variable": ["all"],
        "region": REGIONS,
        "lake": [row.provider["lake"]],
        "version": [row.provider["version"]],
    }
    return Request(ORDER, (row.id,), body=json.dumps({"inputs": wanted}), step=True)


def _file(answer: dict[str, Any]) -> str:
    asset = answer["asset"]
    value = asset.get("value") if isinstance(asset, dict) else None
    link = value.get("href") if isinstance(value, dict) else None
    if not isinstance(link, str) or not link.startswith(("https://", "http://")):
        raise BadFormat("a result without the address of its file")
    return link


def _words(answer: dict[str, Any]) -> str:
    said = [answer.get(key) for key in ("detail", "message", "title")]
    return next((text for text in said if isinstance(text, str)), "")[:80]


Parts = tuple[np.ndarray, np.ndarray, np.ndarray, tuple[float, float], str]


def _netcdf(raw: bytes) -> Parts:
    dataset = grid_file.plain(raw)
    for name in (HEIGHT, ERROR, "time", "lat", "lon"):
        if name not in dataset.variables:
            raise SchemaChanged(f"no {name!r} in the file")
    height, error = dataset[HEIGHT], dataset[ERROR]
    if height.dims != ("time",) or error.dims != ("time",):
        raise SchemaChanged(f"{HEIGHT} is no list over time")
    for name in (HEIGHT, ERROR):
        if str(dataset[name].attrs.get("units")) not in ("m", "meters", "metres", "meter", "metre"):
            raise SchemaChanged(f"{name} is not in metres")
    latitude, longitude, heights, errors = (
        grid_file.numbers(dataset[name]) for name in ("lat", "lon", HEIGHT, ERROR)
    )
    middle = float(np.nanmean(latitude)), float(np.nanmean(longitude))
    said = [height.attrs.get("long_name"), height.attrs.get("comment"), height.attrs.get("reference_datum")]
    note = "; ".join(str(text) for text in said if text)[:400]
    times = _times(dataset["time"])
    return times, heights, errors, middle, note


def _times(axis: xr.DataArray) -> np.ndarray:
    """Whole seconds of a CF time axis in the common calendar."""
    unit, calendar = str(axis.attrs.get("units")), str(axis.attrs.get("calendar", "standard")).lower()
    said = SINCE.match(unit)
    if not said or calendar not in grid_file.CALENDARS:
        raise SchemaChanged(f"times in {unit[:40]!r} or of another calendar")
    seconds = grid_file.numbers(axis) * SECONDS[said[1]]
    if not np.all(np.abs(seconds) < grid_file.FARTHEST):
        raise BadFormat("times that are none")
    try:
        start = np.datetime64(said[2], "s")
    except ValueError:
        raise BadFormat("times since a day that is none") from None
    return start + np.round(seconds).astype("timedelta64[s]")


def _csv(raw: bytes) -> Parts:
    _, table = csv_text.read_table(raw, ("time", "lat", "lon", HEIGHT, ERROR))
    numbers = {
        name: np.array([csv_text.number(item[name]) for item in table])
        for name in ("lat", "lon", HEIGHT, ERROR)
    }
    try:
        times = np.array([datetime.fromisoformat(item["time"][:19]) for item in table], dtype="datetime64[s]")
    except ValueError:
        raise BadFormat("a time that is none") from None
    middle = float(np.mean(numbers["lat"])), float(np.mean(numbers["lon"]))
    return times, numbers[HEIGHT], numbers[ERROR], middle, ""


def _require_inside(where: tuple[float, float], row: Series) -> None:
    """Raise SchemaChanged where the file's mid-point is not that of the lake."""
    latitude, longitude = where
    box = {side: float(row.provider[side]) for side in ("south", "north", "west", "east")}
    inside = box["south"] <= latitude <= box["north"] and box["west"] <= longitude <= box["east"]
    if not inside:
        raise SchemaChanged(
            f"the file is of a lake at {latitude:.1f} N {longitude:.1f} E, not of {row.place}"
        )
