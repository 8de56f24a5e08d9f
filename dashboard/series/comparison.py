"""What "now" is compared with, and which series of a water body are compared or drawn (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.series.change import Change, Window, like_change, normal_change
from dashboard.series.snapshot import Snapshot, last_time, latest_value
from loaders.tables.items import Series

SEAS = ("caspian", "both", "aral")
MORE = ("river-flow", "air-temperature-anomaly", "area", "volume", "water-withdrawal")


@dataclass(frozen=True)
class Comparison:
    """What "now" is compared with: the months before the speech, the 1993-2022 normal, or two windows."""

    kind: str = "speech"
    before: Window | None = None
    after: Window | None = None


def change_of(snapshot: Snapshot, row: Series, comparison: Comparison) -> Change:
    """The change of one series under the chosen comparison."""
    dataset = snapshot.series[row.id]
    error, count = row.systematic_error or 0.0, row.min_obs_per_month
    if comparison.kind == "normal":
        return normal_change(dataset, as_of=snapshot.as_of, systematic=error, min_obs=count)
    return like_change(
        dataset,
        as_of=snapshot.as_of,
        systematic=error,
        min_obs=count,
        before=comparison.before,
        after=comparison.after,
    )


def part_of(snapshot: Snapshot, row: Series) -> str:
    """The place that a series is about: its file may name a part of that of its row."""
    body = snapshot.catalogue.bodies.get(row.place)
    if body is None or not body.measured:
        return row.place
    stored = snapshot.series.get(row.id)
    basin = stored.attrs.get("basin") if stored is not None else None
    return basin or body.measured


@dataclass(frozen=True)
class Linked:
    """One series that a passage of the speech is measured by: its newest figure and its change."""

    row: Series
    when: np.datetime64
    value: float
    change: Change


def linked(
    snapshot: Snapshot, series: Sequence[str], comparison: Comparison
) -> tuple[list[Linked], list[str]]:
    """The stored series among ``series`` in the same order, and the ids of those that are not stored."""
    found, missing = [], []
    for name in series:
        if name in snapshot.series:
            row = snapshot.catalogue.series[name]
            when, value = latest_value(snapshot.series[name])
            found.append(Linked(row, when, value, change_of(snapshot, row, comparison)))
        else:
            missing.append(name)
    return found, missing


def headline(series: Sequence[Linked]) -> Linked | None:
    """The first series whose change can be told, else the first that is stored."""
    return next((one for one in series if one.change.told), series[0] if series else None)


def panels(snapshot: Snapshot, rows: Sequence[Series], *, indicator: str, most: int) -> list[Series]:
    """One series per place and indicator, the one that reaches furthest; lines before single points.

    A projection never stands in for a record; an experimental or derived series has a panel when its
    indicator is chosen.

    Without a chosen indicator: what feeds the seas first, then the air and their size, one for each sea.
    """
    order = (indicator,) if indicator else MORE
    best: dict[tuple[str, str], Series] = {}
    for row in rows:
        if not (row.may_lead or indicator):
            continue
        if row.projection or row.indicator not in order or (row.cadence == "irregular" and not indicator):
            continue
        key = (row.indicator, row.place)
        if key not in best or _reach(snapshot, row) > _reach(snapshot, best[key]):
            best[key] = row
    chosen: list[Series] = []
    for name in order:
        same = [row for (kind, _), row in best.items() if kind == name]
        same.sort(key=lambda row: SEAS.index(row.sea))
        chosen += same if indicator else _one_each(snapshot, same)
    return chosen[:most]


def _one_each(snapshot: Snapshot, rows: Sequence[Series]) -> list[Series]:
    """One series for each sea; of countries only the one that stands for both seas, and spoke."""
    countries = [row for row in rows if snapshot.catalogue.places[row.place].kind in ("country", "world")]
    waters = [row for row in rows if row not in countries]
    first = {row.sea: row for row in reversed(waters)}
    both = [row for row in countries if row.sea == "both"][:1]
    return [*sorted(first.values(), key=lambda row: SEAS.index(row.sea)), *both]


def _reach(snapshot: Snapshot, row: Series) -> tuple[bool, bool, np.datetime64, int]:
    dataset = snapshot.series[row.id]
    whole = row.cadence in ("year", "quarter")
    return row.cadence != "irregular", whole, last_time(dataset), int(dataset.sizes["time"])
