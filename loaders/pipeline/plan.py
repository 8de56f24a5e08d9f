"""What a refresh asks of whom: the selected series by source, less those that need no asking."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from loaders.environment import settings
from loaders.errors import LoadError
from loaders.pipeline.results import SeriesResult
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Item
from loaders.tables.schema import Source


@dataclass(frozen=True)
class Selection:
    """What to refresh; an empty tuple means all. ``accept`` releases the last reported hold of a series."""

    seas: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    force: bool = False
    accept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What one source is asked for, and the results that are known without asking."""

    source: Source
    ask: dict[str, Item]
    settled: tuple[SeriesResult, ...] = ()
    message: str = ""


def selected(selection: Selection) -> list[tuple[Source, dict[str, Item]]]:
    """The live rows of the selection by source, in catalogue order; a sea also gives ``both``."""
    tables = catalogue()
    found = []
    for source in tables.sources.values():
        if not source.module or (selection.sources and source.id not in selection.sources):
            continue
        rows = {
            row.id: row
            for row in tables.items.values()
            if row.source == source.id
            and (not selection.seas or row.sea in (*selection.seas, "both"))
            and (not selection.indicators or dict(row).get("indicator") in selection.indicators)
        }
        if rows:
            found.append((source, rows))
    return found


def plan(
    source: Source, rows: Mapping[str, Item], selection: Selection, attempts: Mapping, now: datetime
) -> Plan:
    """Leave out a source without its key, and what was answered within the source's minimum interval."""
    from loaders.cache import store
    from loaders.cache.manifest import newest

    if text := settings.missing_key(source):
        return Plan(source, {}, tuple(SeriesResult(row, "skipped", message=text) for row in rows), text)
    if selection.force or _is_local(source):
        return Plan(source, dict(rows))
    known, settled, minutes = store.entries(), [], 0
    for row in rows:
        last = attempts["series"].get(row, {})
        age = _minutes(last.get("asked_at"), now)
        said = last.get("message", "")
        good = last.get("outcome") in ("updated", "unchanged") and (row in known or said)
        if good and age is not None and age < source.min_interval_hours * 60:
            minutes = max(minutes, age)
            kept = newest(known[row]) if row in known else None
            settled.append(SeriesResult(row, "unchanged", newest=kept, message=said))
    text = f"asked {minutes} min ago; --force asks again" if settled else ""
    left = {key: row for key, row in rows.items() if key not in {item.series for item in settled}}
    return Plan(source, left, tuple(settled), text)


def _is_local(source: Source) -> bool:
    """Whether the source is asked at a loopback address, which has no minimum interval."""
    from loaders.transport import http

    try:
        host = urlsplit(http.base_url(source)).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except (LoadError, ValueError):
        return False


def _minutes(text: str | None, now: datetime) -> int | None:
    """Whole minutes since ``text``; None where it is unknown or lies ahead of the clock."""
    try:
        age = now - datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return int(age.total_seconds() // 60) if age.total_seconds() >= 0 else None
