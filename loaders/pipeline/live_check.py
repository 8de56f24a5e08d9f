"""Ask each live source for its smallest real answer: are address, format and ids still as expected?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from loaders.environment import clock, settings
from loaders.errors import LoadError, TimedOut
from loaders.pipeline import fetch
from loaders.pipeline.assemble import conform
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Item
from loaders.tables.schema import Source
from loaders.transport import http
from loaders.transport.question import Request

GRACE = 1.0


@dataclass(frozen=True)
class Finding:
    """What one source answered; ``text`` is one line."""

    source: str
    outcome: Literal["ok", "failed", "skipped"]
    text: str


def check(source_ids: Iterable[str] = ()) -> list[Finding]:
    """One finding per live source in catalogue order. Nothing is stored."""
    wanted, limit = set(source_ids), settings.deadline()
    now = clock.now()
    tables = catalogue()
    found: dict[str, Finding] = {}
    threads = []
    for source in tables.sources.values():
        rows = [row for row in tables.items.values() if row.source == source.id]
        if not source.module or not rows or (wanted and source.id not in wanted):
            continue
        error = TimedOut(f"no complete answer within {limit:g} s")
        found[source.id] = Finding(source.id, "failed", str(error))
        deadline = time.monotonic() + limit
        job = (source, rows, now.date(), deadline, found)
        threads.append((threading.Thread(target=_into, args=job, daemon=True), deadline))
        threads[-1][0].start()
    for thread, deadline in threads:
        thread.join(max(0.0, deadline + GRACE - time.monotonic()))
    return list(dict(found).values())


def exit_code(findings: list[Finding]) -> int:
    """0 all as expected or skipped; 3 some failed; 4 every one that was asked failed."""
    good = any(finding.outcome == "ok" for finding in findings)
    bad = any(finding.outcome == "failed" for finding in findings)
    if not bad:
        return 0
    return 3 if good else 4


def _into(source: Source, rows: list[Item], today: date, deadline: float, found: dict[str, Finding]) -> None:
    found[source.id] = _ask(source, rows, today, deadline)


def _ask(source: Source, rows: list[Item], today: date, deadline: float) -> Finding:
    if text := settings.missing_key(source):
        return Finding(source.id, "skipped", text)
    try:
        module, base = fetch.source_module(source), http.base_url(source)
        request: Request = module.probe(rows, today=today)
        answer = http.get(source, request, base=base, validators={}, deadline=deadline)
        while request.step and (following := module.more(answer.body, request)):
            request = following
            answer = http.get(source, request, base=base, validators={}, deadline=deadline)
        found = [conform(module.parse(answer.body, row), row) for row in rows if row.id in request.series]
    except LoadError as error:
        return Finding(source.id, "failed", str(error))
    days = [str(dataset["time"].values[-1])[:10] for dataset in found if "time" in dataset.dims]
    what = f"{len(days)} series, newest {max(days)}" if days else f"{len(found)} fields"
    return Finding(source.id, "ok", f"as expected ({what}, {len(answer.body):,} bytes)")
