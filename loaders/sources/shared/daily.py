"""Answers of the Open-Meteo services: a point with parallel lists of times and values, and months of days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated

SHARE_OF_DAYS = 0.8
STEPS = {"daily": "D", "hourly": "h"}


def location(answer: Any, at: tuple[float, float], *, name: str, farthest: float) -> dict[str, Any]:
    """The point of ``answer`` at ``at`` (latitude, longitude): one comes as an object, several as a list.

    Raises BadFormat with the service's own reason, SchemaChanged where the nearest point is further away
    than ``farthest`` degrees or its days are not those of UTC.
    """
    found = points(answer)
    try:
        nearest = min(found, key=lambda item: _apart(item, at))
        apart = _apart(nearest, at)
    except (KeyError, TypeError, ValueError):
        raise BadFormat("a point without coordinates") from None
    if not apart <= farthest:
        raise SchemaChanged(f"the nearest point of the answer is {apart:.2f} degrees from {name}")
    if nearest.get("utc_offset_seconds") != 0:
        raise SchemaChanged("the days are not those of UTC")
    return nearest


def points(answer: Any) -> list[dict[str, Any]]:
    """All points of the answer in the order asked."""
    found = answer if isinstance(answer, list) else [answer]
    if not found or not all(isinstance(item, dict) for item in found):
        raise BadFormat("neither an object nor a list of objects")
    if found[0].get("error"):
        raise BadFormat(f"the source says: {str(found[0].get('reason'))[:80]}")
    return found


def values_of(point: dict[str, Any], block: str, variable: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Times, values with NaN for null, and the stated unit of ``variable`` in ``daily`` or ``hourly``.

    The times follow one another without a gap. Raises BadFormat, SchemaChanged or Truncated.
    """
    table, units = point.get(block), point.get(f"{block}_units")
    if not isinstance(table, dict) or not isinstance(units, dict):
        raise BadFormat(f"a point without {block} values or units")
    if variable not in table or not isinstance(units.get(variable), str):
        raise SchemaChanged(f"no {variable} or no unit of it in the answer")
    times, numbers = table.get("time"), table[variable]
    if not isinstance(times, list) or not isinstance(numbers, list):
        raise BadFormat(f"times or {variable} are no list")
    if len(times) != len(numbers):
        raise Truncated(f"{len(numbers)} values of {variable} for {len(times)} times")
    if any(isinstance(item, bool) or not isinstance(item, int | float | None) for item in numbers):
        raise BadFormat(f"a value of {variable} that is no number")
    values = np.array([np.nan if item is None else item for item in numbers], dtype="float64")
    return _times(times, STEPS[block]), values, units[variable]


def require_values(values: np.ndarray, *, noughts_are_real: bool = False) -> None:
    """Raise NotData for no value, and for noughts alone: a masked model answers so."""
    known = values[np.isfinite(values)]
    if not known.size:
        raise NotData("no value at this point")
    if not known.any() and not noughts_are_real:
        raise NotData("noughts only: no data at this point")


def monthly(
    days: np.ndarray, values: np.ndarray, unit: str, *, total: bool = False, share: float = 1.0
) -> xr.Dataset:
    """Monthly ``value(time)`` at the first day of the month: the mean of its days, or their ``total``.

    A month counts from ``share`` of its days on, and the last one from four fifths on, where it is
    provisional until its days are all there. Raises NotData where no month counts.
    """
    months = days.astype("datetime64[M]")
    there = np.isfinite(values)
    last = months[there][-1] if there.any() else None
    found: list[tuple[np.datetime64, float, bool]] = []
    for month in np.unique(months):
        inside = values[(months == month) & there]
        length = int(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int))
        needed = min(share, SHARE_OF_DAYS) if month == last else share
        if inside.size >= needed * length:
            number = inside.sum() if total else inside.mean()
            found.append((month, round(float(number), 4), month == last and inside.size < length))
    if not found:
        raise NotData("no whole month in the answer")
    return xr.Dataset(
        {
            "value": ("time", np.array([value for _, value, _ in found]), {"units": unit}),
            "provisional": ("time", np.array([unfinished for _, _, unfinished in found], dtype="int8")),
        },
        coords={"time": np.array([month for month, _, _ in found]).astype("datetime64[ns]")},
    )


def _apart(item: dict[str, Any], at: tuple[float, float]) -> float:
    return max(abs(float(item["latitude"]) - at[0]), abs(float(item["longitude"]) - at[1]))


def _times(texts: list[Any], step: str) -> np.ndarray:
    try:
        times = np.array([datetime.fromisoformat(text) for text in texts], dtype="datetime64[s]")
    except (TypeError, ValueError):
        raise BadFormat("a time that is none") from None
    if np.any(times != times.astype(f"datetime64[{step}]")):
        raise BadFormat("times off the hour or the day")
    if np.any(np.diff(times.astype(f"datetime64[{step}]")).astype(int) != 1):
        raise BadFormat("times that do not follow one another")
    return times.astype(f"datetime64[{step}]")
