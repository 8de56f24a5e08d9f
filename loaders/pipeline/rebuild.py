"""Parse the kept raw answers again, without network: a corrected parser needs no download."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from loaders.access import overview
from loaders.cache import store
from loaders.cache.items import stored
from loaders.environment import clock
from loaders.errors import Cache
from loaders.pipeline import fetch, storing
from loaders.pipeline.outcomes import Fetched, failed, judge, stamp
from loaders.pipeline.results import RefreshReport, SourceResult
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Item
from loaders.tables.schema import Source


def rebuild(source_ids: Iterable[str] = ()) -> RefreshReport:
    """Every series whose raw answers are kept, parsed as of the day they came; what they say is accepted.

    Raises a Cache error.
    """
    wanted = set(source_ids)
    with store.locked():
        entries, parts = store.entries(), []
        for source_id, raw in store.raw_entries().items():
            source = catalogue().sources.get(source_id)
            if not source or not source.module or (wanted and source_id not in wanted):
                continue
            results = _source(source, raw)
            now = max(datetime.fromisoformat(item["time"]) for item in raw.values())
            entries |= storing.new_entries(source_id, results, entries, now)
            parts.append(SourceResult(source_id, tuple(found.result for found in results.values())))
        made = [result for part in parts for result in part.series]
        store.commit(entries, store.raw_entries(), storing.news(stamp(clock.now()), made))
        return RefreshReport(tuple(parts), overview.cache_id())


def _source(source: Source, raw: dict[str, Any]) -> dict[str, Fetched]:
    served: dict[str, list[dict[str, Any]]] = {}
    for item in sorted(raw.values(), key=lambda item: item["time"]):
        for series_id in item["series"]:
            served.setdefault(series_id, []).append(item)
    rows = [row for row in catalogue().items.values() if row.id in served]
    return {row.id: _item(source, row, served[row.id]) for row in rows}


def _item(source: Source, row: Item, items: list[dict[str, Any]]) -> Fetched:
    old = stored({row.id: row}).get(row.id)
    kept = old.newest if old else None
    try:
        bodies = [store.read_raw(source.id, item["sha256"]) for item in items]
    except Cache as error:
        return failed(row.id, error, kept)
    now = datetime.fromisoformat(items[-1]["time"])
    parse = fetch.source_module(source).parse
    dataset = old.dataset() if old else None
    return judge(row, source, parse, bodies, now=now, old=dataset, accept=True)
