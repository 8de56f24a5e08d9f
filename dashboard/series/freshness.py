"""How old the newest point of each live source is, counted in steps of that series' own cadence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.tables.items import Item, Series
from loaders.tables.schema import Catalogue, Source

STATES = ("fresh", "stale", "silent")


@dataclass(frozen=True)
class SourceAge:
    """One live source: what is stored of it, its newest series, and its last attempt.

    ``state`` is ``empty`` or one of STATES, ``steps`` the age of the newest point, both of the series
    ``newest``. A field has no days: where only fields are stored, ``newest`` is the first of them, without
    ``steps``. ``states`` counts what is stored by state; ``result`` is None where it was never asked.
    """

    source: Source
    stored: int
    total: int
    newest: str | None
    state: str
    steps: float | None
    states: Mapping[str, int]
    attempted_at: str | None
    result: str | None
    message: str


def by_source(catalogue: Catalogue, status: Mapping[str, Any], rows: Sequence[Item]) -> list[SourceAge]:
    """The live sources of series and fields in catalogue order. A projection is never the newest."""
    entries = {entry["id"]: entry for entry in (*status["series"], *status["fields"])}
    attempts = {entry["id"]: entry for entry in status["sources"]}
    found = []
    for source in catalogue.sources.values():
        mine = [row for row in rows if row.source == source.id]
        if not source.module or not mine:
            continue
        live = [entries[row.id] for row in mine if entries[row.id]["origin"] == "live"]
        newest = _newest(mine, entries)
        last = attempts.get(source.id, {})
        found.append(
            SourceAge(
                source=source,
                stored=len(live),
                total=len(mine),
                newest=newest["id"] if newest else None,
                state=newest["state"] if newest else "empty",
                steps=newest["age_steps"] if newest else None,
                states=Counter(entry["state"] for entry in live),
                attempted_at=last.get("attempted_at"),
                result=last.get("result"),
                message=last.get("message") or "",
            )
        )
    return found


def _newest(rows: Sequence[Item], entries: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What is stored of the series that reaches furthest, else of the first field."""
    live = [row for row in rows if entries[row.id]["origin"] == "live"]
    records = [entries[row.id] for row in live if isinstance(row, Series) and not row.projection]
    fields = (entries[row.id] for row in live if not isinstance(row, Series))
    reach = [entry for entry in records if entry["newest"]]
    return max(reach, key=lambda entry: entry["newest"], default=next(fields, None))
