"""Where a record changes its instrument or is in doubt, and why: dashed brackets above its line (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import xarray as xr

from dashboard.series.lines import steps_of, within
from dashboard.series.periods import LENGTH
from dashboard.words.text import DASH, MINUS, period, t
from loaders.tables.vocabulary import Flag

# So many neighbouring suspect points make a stretch; of yearly and quarterly figures one is enough.
STRETCH = {"day": 10, "10-day": 3, "month": 3}
# The sign before a number in a remark of a source.
HYPHEN = re.compile(r"(?<![\w.])-(?=\d)")


@dataclass(frozen=True)
class Bracket:
    """A stretch from its first day to the day after its last one; ``why`` is shown on hover."""

    first: np.datetime64
    last: np.datetime64
    words: str
    why: str


def brackets(
    dataset: xr.Dataset,
    label: str,
    start: np.datetime64 | None = None,
    end: np.datetime64 | None = None,
) -> list[Bracket]:
    """The doubts of one series inside a period of months, in order of time; single figures have no line."""
    inside = dataset.isel(time=within(dataset["time"].values, start, end))
    if not inside.sizes["time"] or dataset.attrs["cadence"] == "irregular":
        return []
    return sorted([*_stretches(inside, label), *_missions(inside, label)], key=lambda one: one.first)


def _stretches(dataset: xr.Dataset, label: str) -> list[Bracket]:
    """Runs of points with flag 3: suspect, or only part of their period."""
    times, steps = dataset["time"].values, steps_of(dataset)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], dataset["qc"].values == Flag.SUSPECT, [0]])))
    found, needed = [], STRETCH.get(dataset.attrs["cadence"], 1)
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if after - first < needed:
            continue
        named = dict.fromkeys(period(times[at], steps[at]) for at in (first, after - 1))
        why = t("doubt.why", label=label, span=DASH.join(named), notes=_notes(dataset, first, after))
        last = _end(times[after - 1], steps[after - 1])
        found.append(Bracket(times[first].astype("datetime64[D]"), last, t("doubt.words"), why))
    return found


def _notes(dataset: xr.Dataset, first: int, after: int) -> str:
    """What the source says of the points, each remark once; else what the flag means."""
    notes = dict.fromkeys(dataset["note"].values[first:after].tolist() if "note" in dataset else ())
    return HYPHEN.sub(MINUS, "; ".join(filter(None, notes))) or t("chart.flag_3")


def _missions(dataset: xr.Dataset, label: str) -> list[Bracket]:
    """From the last pass of one satellite to the first of the next."""
    if "mission" not in dataset:
        return []
    codes, times = dataset["mission"].values, dataset["time"].values.astype("datetime64[D]")
    names = dict(
        zip(
            np.atleast_1d(dataset["mission"].attrs.get("flag_values", ())).tolist(),
            str(dataset["mission"].attrs.get("flag_meanings", "")).split(),
            strict=False,
        )
    )
    found = []
    for before, at in pairwise(range(codes.size)):
        if codes[before] != codes[at]:
            old, new = (names.get(int(codes[one]), str(codes[one])) for one in (before, at))
            words = t("doubt.mission", label=label, old=old, new=new, when=period(times[at], "day"))
            found.append(Bracket(times[before], times[at], new, words))
    return found


def _end(time: np.datetime64, step: str) -> np.datetime64:
    """The day after the period that starts at ``time``."""
    months = LENGTH.get(step)
    if months is None:
        return time.astype("datetime64[D]") + 1
    return (time.astype("datetime64[M]") + months).astype("datetime64[D]")
