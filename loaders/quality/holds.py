"""When a well-formed file is not believed: rules that compare what came with what is stored.

Each rule is a pure function of two datasets of one series and gives a reason or None. A reason holds the
series: the stored data stay, until somebody accepts the change by name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from loaders.quality import rules
from loaders.tables.schema import Threshold
from loaders.tables.vocabulary import Flag

MAX_FAIL = 0.05
MAX_SUSPECT = 0.20
# Of fewer new points a share says nothing: one true record value would hold every weekly refresh.
MIN_NEW = 5
MAX_LOST = 0.02
MAX_SHIFT = {"level": 0.05}
MIN_OVERLAP = 12
# A stated error of a millimetre or two is formal: no radar height is that sure.
FORMAL_ERROR = 0.005
# Another mission passes within its own repeat of ten days.
PASSES = np.timedelta64(10, "D")


@dataclass(frozen=True)
class Difference:
    """What a refresh does to a series: points added, changed, removed, and the largest change of a value."""

    added: int
    changed: int
    removed: int
    largest: float | None


def reason(
    old: xr.Dataset | None,
    new: xr.Dataset,
    given: np.ndarray | None = None,
    limits: Threshold | None = None,
) -> str | None:
    """Why ``new`` must not replace ``old``, in one line without the series' name; None if it may.

    ``given`` are the flags before the quality rules ran: what the source itself doubts is no surprise.
    """
    found = [flagged(old, new, given)]
    if old is not None:
        found += [shifted(old, new), shortened(old, new), departed(new, limits)]
    return next((text for text in found if text), None)


def flagged(old: xr.Dataset | None, new: xr.Dataset, given: np.ndarray | None = None) -> str | None:
    """Too many of the new or changed points fail or are suspect by our rules."""
    flags = new["qc"].values
    if np.all(np.isin(flags, (Flag.FAIL, Flag.MISSING))):
        return "none of its values is usable"
    known = np.isin(given, (Flag.SUSPECT, Flag.FAIL)) if given is not None else np.zeros(flags.shape, bool)
    fresh = np.where(known, Flag.PASS, flags)[_fresh(old, new)]
    failed, suspect = int(np.sum(fresh == Flag.FAIL)), int(np.sum(fresh == Flag.SUSPECT))
    if fresh.size > 1 and failed == fresh.size:
        return f"all {fresh.size} new values are out of range"
    if fresh.size < MIN_NEW:
        return None
    if failed > MAX_FAIL * fresh.size:
        return f"{failed} of {fresh.size} new values are out of range"
    if suspect > MAX_SUSPECT * fresh.size:
        return f"{suspect} of {fresh.size} new values are suspect"
    return None


def shifted(old: xr.Dataset, new: xr.Dataset) -> str | None:
    """The days that both know moved together: another zero or another reference."""
    limit = MAX_SHIFT.get(str(new.attrs.get("indicator")))
    if limit is None:
        return None
    error = _stated_error(new)
    if error is not None and error > FORMAL_ERROR:
        limit = min(limit, 3 * error)
    before, after = _usable_days(old), _usable_days(new)
    _, left, right = np.intersect1d(before[0], after[0], return_indices=True)
    if left.size < MIN_OVERLAP:
        return None
    shift = abs(float(np.median(after[1][right] - before[1][left])))
    return f"source changed its zero by {shift:.2f} m" if shift > limit else None


def shortened(old: xr.Dataset, new: xr.Dataset) -> str | None:
    """Days that had a value are gone, and no other mission has passed instead."""
    before, after = _usable_days(old)[0], _days(new)[0]
    gone = before[~np.isin(before, after)]
    lost = int(np.sum(~_replaced(old, new, gone)))
    if lost <= MAX_LOST * before.size:
        return None
    return f"{lost} of {before.size} stored values are missing from the new file"


def departed(new: xr.Dataset, limits: Threshold | None) -> str | None:
    """The newest three values stand where neither trend nor season lead."""
    if limits is None or limits.tail_hold is None:
        return None
    good = ~np.isin(new["qc"].values, (Flag.FAIL, Flag.MISSING))
    apart = rules.departure(new["time"].values[good], new["value"].values[good])
    if apart is None or abs(apart) <= limits.tail_hold:
        return None
    return f"the newest three values stand {abs(apart):.2f} m off trend and season"


def difference(old: xr.Dataset | None, new: xr.Dataset) -> Difference:
    """Points of ``new`` beside those of ``old``, matched by their exact time; missing values do not count."""
    times, values = _known(new)
    if old is None:
        return Difference(times.size, 0, 0, None)
    old_times, old_values = _known(old)
    _, left, right = np.intersect1d(old_times, times, return_indices=True)
    changes = np.abs(values[right] - old_values[left])
    moved = changes[changes > 0]
    return Difference(
        added=times.size - right.size,
        changed=moved.size,
        removed=old_times.size - left.size,
        largest=float(moved.max()) if moved.size else None,
    )


def _stated_error(dataset: xr.Dataset) -> float | None:
    """The median of the errors that the source states, in the unit of the series."""
    if "uncertainty" not in dataset or np.all(np.isnan(dataset["uncertainty"].values)):
        return None
    return float(np.nanmedian(dataset["uncertainty"].values))


def _replaced(old: xr.Dataset, new: xr.Dataset, gone: np.ndarray) -> np.ndarray:
    """Which lost days have a new one of another mission within ten days."""
    if "mission" not in old or "mission" not in new:
        return np.zeros(gone.shape, dtype=bool)
    was = dict(zip(old["time"].values.astype("datetime64[D]"), _missions(old), strict=True))
    there = _fresh(old, new)
    days, missions = new["time"].values[there].astype("datetime64[D]"), _missions(new)[there]
    return np.array(
        [np.any((abs(days - day) <= PASSES) & (missions != was[day])) for day in gone], dtype=bool
    )


def _missions(dataset: xr.Dataset) -> np.ndarray:
    """The name of each point's mission: codes may be counted anew in another file."""
    names = np.array(["", *str(dataset["mission"].attrs.get("flag_meanings", "")).split()])
    codes = dataset["mission"].values.astype(int)
    return np.where(
        (codes > 0) & (codes < names.size), names[np.clip(codes, 0, names.size - 1)], codes.astype(str)
    )


def _fresh(old: xr.Dataset | None, new: xr.Dataset) -> np.ndarray:
    """Where ``new`` has a value that ``old`` has not, or another one."""
    there = ~np.isnan(new["value"].values)
    if old is None:
        return there
    _, left, right = np.intersect1d(old["time"].values, new["time"].values, return_indices=True)
    same = np.zeros(there.shape, dtype=bool)
    same[right] = old["value"].values[left] == new["value"].values[right]
    return there & ~same


def _known(dataset: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    there = ~np.isnan(dataset["value"].values)
    return dataset["time"].values[there], dataset["value"].values[there]


def _days(dataset: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Days with a value, and the first value of each: a reprocessed file may move a pass by minutes."""
    times, values = _known(dataset)
    days, first = np.unique(times.astype("datetime64[D]"), return_index=True)
    return days, values[first]


def _usable_days(dataset: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    good = ~np.isin(dataset["qc"].values, (Flag.FAIL, Flag.MISSING))
    return _days(dataset.isel(time=good))
