"""Fetch, check, store: all sources side by side, one commit at the end.

A source that fails, holds or hangs never disturbs the others, and nothing is stored before every one of them
has answered or run out of time. Heavy modules are imported when a refresh starts, not with this one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from loaders.environment import clock, settings
from loaders.pipeline.plan import Plan, Selection, plan, selected
from loaders.pipeline.results import Progress, RefreshReport, SourceResult
from loaders.tables.catalogue import catalogue

if TYPE_CHECKING:
    from loaders.pipeline.fetch import Job
    from loaders.pipeline.outcomes import Fetched

GRACE = 1.0
Step = Callable[[Progress], None]


def refresh(selection: Selection, on_progress: Step | None = None) -> RefreshReport:
    """Fetch what ``selection`` names and store what is believed. Raises a Cache error, or Asking.

    ``on_progress`` is called from the threads of the sources. The cache id is left to the facade: it also
    counts the baseline, of which a refresh knows nothing.
    """
    from loaders.cache import store
    from loaders.formats import worker
    from loaders.pipeline import storing

    limit = settings.deadline()
    now = clock.now().replace(microsecond=0)
    with store.locked():
        attempts = store.attempts()
        plans = [plan(source, rows, selection, attempts, now) for source, rows in selected(selection)]
        jobs = _start(plans, selection, attempts, now, limit, on_progress or (lambda step: None))
        results = {source_id: _wait(job, thread, limit) for source_id, (job, thread) in jobs.items()}
        worker.close()
        storing.store_results([job for job, _ in jobs.values()], results, now)
        parts = tuple(_in_order(item, results.get(item.source.id, {})) for item in plans)
        done = RefreshReport(parts, cache_id="")
        store.write_attempts(storing.attempted(attempts, done, results, now))
    for job, _ in jobs.values():
        if job.crash:
            raise job.crash
    return done


def _start(
    plans: list[Plan], selection: Selection, attempts: Mapping, now: datetime, limit: float, report: Step
) -> dict[str, tuple[Job, threading.Thread]]:
    from loaders.pipeline.fetch import Job, guarded

    reported = {key for key, last in attempts["series"].items() if last.get("held")}
    accept = frozenset(reported & set(selection.accept))
    started = {}
    for item in plans:
        if not item.ask:
            continue
        job = Job(
            item.source, item.ask, now, time.monotonic() + limit, selection.force, accept, report=report
        )
        thread = threading.Thread(target=guarded, args=(job,), name=item.source.id, daemon=True)
        thread.start()
        started[item.source.id] = (job, thread)
    return started


def _wait(job: Job, thread: threading.Thread, limit: float) -> dict[str, Fetched]:
    """The results of a source; whatever is not there a second after the deadline has timed out."""
    from loaders.pipeline.fetch import timed_out

    thread.join(max(0.0, job.deadline + GRACE - time.monotonic()))
    results = dict(job.results)
    for row in job.rows:
        if row not in results:
            results[row] = timed_out(row, limit)
    job.report(Progress(job.source.id, 1, 1, finished=True))
    return results


def _in_order(item: Plan, results: Mapping[str, Fetched]) -> SourceResult:
    found = {result.series: result for result in item.settled}
    found |= {name: fetched.result for name, fetched in results.items()}
    order = [row for row in catalogue().items if row in found]
    return SourceResult(item.source.id, tuple(found[row] for row in order), item.message)
