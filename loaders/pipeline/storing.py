"""Write what a refresh brought: series and raw files, one commit, and the record of who was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from loaders.cache import store
from loaders.dataset import netcdf
from loaders.pipeline import report
from loaders.pipeline.fetch import Job
from loaders.pipeline.outcomes import Fetched, entry, stamp
from loaders.pipeline.results import RefreshReport, SeriesResult
from loaders.transport.refusal import masked

HISTORY = 20
GOOD = ("updated", "unchanged")


def store_results(jobs: Iterable[Job], results: Mapping[str, Mapping[str, Fetched]], now: datetime) -> None:
    """Write the new series and the raw files they came from, then commit once."""
    entries, raw = store.entries(), dict(store.raw_entries())
    for job in jobs:
        source_id, found = job.source.id, results[job.source.id]
        entries |= new_entries(source_id, found, entries, now)
        good = {key for key, item in found.items() if item.result.outcome in GOOD}
        raw[source_id] = _keep_raw(job, raw.get(source_id, {}), good, stamp(now))
    brought = [item.result for found in results.values() for item in found.values()]
    store.commit(entries, {key: part for key, part in raw.items() if part}, news(stamp(now), brought))


def new_entries(
    source_id: str, found: Mapping[str, Fetched], entries: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Write the datasets that are to be stored; their manifest entries, each with its history."""
    made = {}
    for name, fetched in found.items():
        if fetched.dataset is not None:
            sha256 = store.put_series(netcdf.encode(fetched.dataset))
            history = entries.get(name, {}).get("history", [])[-HISTORY + 1 :]
            line = f"{stamp(now)}: {report.change_text(fetched.result)}"
            made[name] = entry(fetched, sha256, source_id, [*history, line])
    return made


def news(when: str, results: Iterable[SeriesResult]) -> list[dict[str, Any]]:
    """One record of each series that a refresh at ``when`` (UTC, to the second) stored."""
    return [
        {
            "when": when,
            "series": result.series,
            "added": result.added,
            "changed": result.changed,
            "removed": result.removed,
            "largest": result.largest_change,
            "message": result.message,
        }
        for result in results
        if result.outcome == "updated"
    ]


def _keep_raw(job: Job, known: Mapping[str, Any], good: set[str], time: str) -> dict[str, Any]:
    """The raw files of the newest generation: new ones that served something, old ones not yet replaced.

    Validators are kept only where everything an answer served was believed: what was held or did not parse
    must be sent again.
    """
    found: dict[str, Any] = {}
    for payload in list(job.payloads):
        served = sorted(good.intersection(payload.request.series))
        if not served or payload in job.unread:
            continue
        path, base = masked(payload.request.name, job.source), masked(payload.base, job.source)
        sha256, last = payload.sha256, known.get(path, {})
        same = last.get("sha256") == sha256 and last.get("base") == base
        sidecar = {
            "sha256": sha256,
            "url": payload.url,
            "base": base,
            "time": last["time"] if same else time,
            "status": last["status"] if same else payload.status,
            "validators": payload.validators if len(served) == len(payload.request.series) else {},
            "length": len(payload.body),
            "series": served,
        }
        if not same or sidecar != last:
            store.put_raw(job.source.id, payload.body, sidecar)
        found[path] = sidecar
    replaced = {name for item in found.values() for name in item["series"]}
    older = {path: item for path, item in known.items() if not replaced.issuperset(item["series"])}
    return {**older, **found}


def attempted(attempts: Mapping, done: RefreshReport, results: Mapping, now: datetime) -> dict[str, Any]:
    """attempts.json with this refresh in it; what was not asked keeps its last attempt."""
    sources, series = dict(attempts["sources"]), dict(attempts["series"])
    for source in done.sources:
        asked = results.get(source.source, {})
        if asked or source.count("skipped"):
            sources[source.source] = {
                "attempted_at": stamp(now),
                "result": report.outcome(source),
                "message": report.summary(source),
            }
        for name, fetched in asked.items():
            still = series.get(name, {}).get("held") if fetched.result.outcome == "failed" else None
            series[name] = {
                "asked_at": stamp(now),
                "outcome": fetched.result.outcome,
                "message": fetched.result.message if fetched.result.outcome == "unchanged" else "",
                "held": fetched.held or still,
            }
    return {"sources": sources, "series": series}
