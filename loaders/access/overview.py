"""What is there: the list of series, their age, and the cache id, from the manifests alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from typing import Any

from loaders.cache import store
from loaders.environment import clock
from loaders.errors import LoadError
from loaders.tables import lineage
from loaders.tables.ages import SILENT, STALE, STEP_DAYS
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Item, Series


def series_list(sea: str | None = None, indicator: str | None = None) -> list[dict[str, Any]]:
    """One record per series in catalogue order; asking for one sea also gives the series of both."""
    rows = catalogue().series.values()
    return _records([row for row in rows if not indicator or row.indicator == indicator], sea)


def field_list(sea: str | None = None) -> list[dict[str, Any]]:
    """One record per field, with the keys of a series; what only a series has is None."""
    return _records(catalogue().fields.values(), sea)


def _records(rows: Iterable[Item], sea: str | None) -> list[dict[str, Any]]:
    tables, today, live = catalogue(), clock.now().date(), store.entries()
    found = []
    for row in rows:
        if sea and row.sea not in (sea, "both"):
            continue
        own = dict(row)
        origin, known = stored(row, live)
        found.append(
            {
                "id": row.id,
                "title": row.title,
                "sea": row.sea,
                "basin": known.get("basin") or row.basin,
                "indicator": own.get("indicator"),
                "unit": own.get("unit"),
                "datum": row.datum,
                "source": row.source,
                "kind": row.kind,
                "provenance_grade": row.provenance_grade,
                "experimental": bool(own.get("experimental")),
                "key_needed": tables.sources[row.source].key_needed,
                "inputs": list(own["derive"].inputs) if own.get("derive") else [],
                "needs": needs(row, live),
                "state": state(row, origin, known, today),
                "first": known.get("first"),
                "newest": known.get("newest"),
                "points": known.get("points", None if known else 0),
            }
        )
    return found


def status() -> dict[str, Any]:
    """The cache id, the newest day of all, the age of each series, the last attempts, and what came."""
    from loaders.access import news

    today, live = clock.now().date(), store.entries()
    attempts = store.attempts()["sources"]
    series, fields = (
        [_age(row, *stored(row, live), today) for row in rows.values()]
        for rows in (catalogue().series, catalogue().fields)
    )
    sources = [
        {"id": key, "attempted_at": None, "result": None, "message": ""}
        | {name: text for name, text in attempts.get(key, {}).items() if name != "id"}
        for key, source in catalogue().sources.items()
        if source.module
    ]
    ahead = {row.id for row in catalogue().series.values() if row.projection}
    days = [item["newest"] for item in series if item["newest"] and item["id"] not in ahead]
    return {
        "cache_id": cache_id(),
        "newest": max(days, default=None),
        "series": series,
        "fields": fields,
        "sources": sources,
        "changes": news.listed(),
    }


def _age(row: Item, origin: str | None, known: dict[str, Any], today: date) -> dict[str, Any]:
    newest = known.get("newest")
    return {
        "id": row.id,
        "origin": origin,
        "newest": newest,
        "age_days": age_days(newest, today),
        "age_steps": age_steps(row, known, today) if isinstance(row, Series) else None,
        "state": state(row, origin, known, today),
    }


def cache_id() -> str:
    """12 hex digits that move only when a value moves: the hash of all that is stored and would be opened.

    A derived series moves with its inputs and adds nothing.
    """
    lines, live = [], store.entries()
    for series_id in catalogue().items:
        _, known = best(series_id, live)
        if known:
            lines.append(f"{series_id} {known['sha256']}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:12]


def stored(row: Item, live: dict[str, dict[str, Any]]) -> tuple[str | None, dict[str, Any]]:
    """Origin and extent of a series: from the manifests, or of a derived one as it comes out when opened."""
    if not isinstance(row, Series) or not row.derive:
        return best(row.id, live)
    return (None, {}) if needs(row, live) else _computed(row.id, cache_id())


def needs(row: Item, live: dict[str, dict[str, Any]]) -> list[str]:
    """The stored series without data that a derived one waits for."""
    if not isinstance(row, Series):
        return []
    rows = catalogue().series
    behind = [name for name in sorted(lineage.behind(row, catalogue())) if not rows[name].derive]
    return [name for name in behind if best(name, live)[0] is None]


def best(series_id: str, live: dict[str, dict[str, Any]]) -> tuple[str | None, dict[str, Any]]:
    """``("live" | "baseline", entry)`` of what would be opened, or ``(None, {})``."""
    if series_id in live:
        return "live", live[series_id]
    embedded = _baseline().get(series_id)
    return ("baseline", embedded) if embedded else (None, {})


def state(row: Item, origin: str | None, known: dict[str, Any], today: date) -> str:
    """``fresh``, ``stale`` (older than 3 steps) or ``silent`` (10); else ``baseline`` or ``empty``.

    A field does not age.
    """
    if origin != "live":
        return origin or "empty"
    if not isinstance(row, Series):
        return "fresh"
    steps = age_steps(row, known, today)
    if steps is None or steps <= STALE:
        return "fresh"
    return "stale" if steps <= SILENT else "silent"


def age_steps(row: Series, known: dict[str, Any], today: date) -> float | None:
    """The age of the newest point in steps of the series' own cadence; None where either is unknown."""
    age = age_days(known.get("newest"), today)
    step = STEP_DAYS.get(row.cadence) or _mean_step(known)
    return None if age is None or not step else age / step


def age_days(newest: str | None, today: date) -> int | None:
    """Days from ``newest`` to ``today``; None where unknown or where the clock is behind the data."""
    if not newest:
        return None
    age = (today - date.fromisoformat(newest)).days
    return age if age >= 0 else None


@lru_cache(maxsize=256)
def _computed(series_id: str, cache_id: str) -> tuple[str | None, dict[str, Any]]:
    """Kept while ``cache_id`` stands: until then the values cannot move."""
    from loaders.access import opening

    try:
        dataset = opening.open_series(series_id, "best")
    except LoadError:
        return None, {}
    days = dataset["time"].values.astype("datetime64[D]")
    return dataset.attrs["origin"], {"first": str(days[0]), "newest": str(days[-1]), "points": days.size}


def _mean_step(known: dict[str, Any]) -> float | None:
    if known.get("points", 0) < 2:
        return None
    span = date.fromisoformat(known["newest"]) - date.fromisoformat(known["first"])
    return span.days / (known["points"] - 1)


@cache
def _baseline() -> dict[str, Any]:
    from loaders.baseline import csv_tables

    try:
        return csv_tables.manifest()["series"]
    except LoadError:
        return {}
