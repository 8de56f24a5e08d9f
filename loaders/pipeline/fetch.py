"""One source, from its requests to datasets that may be stored. Nothing here writes to the cache."""

from __future__ import annotations

import hashlib
import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import ModuleType
from typing import Any

import xarray as xr

from loaders.cache import manifest, store
from loaders.cache.items import Stored, stored
from loaders.errors import Cache, HttpStatus, LoadError, NotData, TimedOut, Unreachable
from loaders.pipeline.outcomes import Fetched, combined, failed, judge, refused, unchanged
from loaders.pipeline.results import Progress
from loaders.tables.items import Item
from loaders.tables.schema import Source
from loaders.transport import http
from loaders.transport.question import Request
from loaders.transport.refusal import masked

MAX_PAGES = 50
STRIKES = 2


@dataclass(frozen=True)
class Payload:
    """The bytes of one answer, as they came or as they are kept since then."""

    request: Request
    base: str
    body: bytes
    sha256: str
    validators: dict[str, str]
    status: int
    url: str
    not_modified: bool


@dataclass
class Job:
    """One source's share of a refresh; its thread fills ``results``, ``payloads``, ``unread``."""

    source: Source
    rows: dict[str, Item]
    now: datetime
    deadline: float
    force: bool = False
    accept: frozenset[str] = frozenset()
    report: Callable[[Progress], None] = lambda step: None
    results: dict[str, Fetched] = field(default_factory=dict)
    payloads: list[Payload] = field(default_factory=list)
    unread: list[Payload] = field(default_factory=list)
    crash: Exception | None = None


def source_module(source: Source) -> ModuleType:
    """The file of ``loaders/sources`` that the catalogue names; the catalogue checked that it is there."""
    return importlib.import_module(f"loaders.sources.{source.module}")


def guarded(job: Job) -> None:
    """``run`` for a thread; a bug in one source waits until the others are stored."""
    try:
        run(job)
    except Exception as error:  # noqa: BLE001 - raised again by the refresh
        job.crash = error
        _fail(job, job.rows, LoadError(f"bug in Two Seas: {type(error).__name__}: {error}"), {})


def run(job: Job) -> None:
    """Ask, parse and judge every series of the job, request after request."""
    module, old = source_module(job.source), stored(job.rows)
    held = {name: item.held for name, item in old.items()}
    try:
        base = http.base_url(job.source)
        requests = module.requests(list(job.rows.values()), today=job.now.date(), held=held)
    except LoadError as error:
        _fail(job, job.rows, error, old)
        return
    left = Counter(name for request in requests for name in request.series)
    _nothing_to_ask(job, [name for name in job.rows if name not in left], old)
    strikes, stop = 0, None
    errors: dict[str, LoadError] = {}
    for place, request in enumerate(requests, start=1):
        try:
            if stop:
                raise stop
            job.payloads += _ask(job, module, request, base, old)
            strikes = 0
        except LoadError as error:
            strikes += _is_down(error)
            stop = error if strikes >= STRIKES or _ends_all(error) else None
            errors |= dict.fromkeys(request.series, error)
        left.subtract(request.series)
        for name in request.series:
            if not left[name]:
                job.results[name] = _finish(job, module, name, old.get(name), errors.get(name))
        job.report(Progress(job.source.id, place, len(requests)))


def _ask(
    job: Job, module: ModuleType, request: Request, base: str, old: Mapping[str, Stored]
) -> list[Payload]:
    """The answer and the pages that follow it."""
    found: list[Payload] = []
    following: Request | None = request
    for _ in range(MAX_PAGES):
        if following is None:
            break
        payload = _answer(job, following, base, {} if following.step else _kept(job, following, base, old))
        if not following.step:
            found.append(payload)
        more = getattr(module, "more", None)
        following = more(payload.body, following) if more else None
    return found


def _answer(job: Job, request: Request, base: str, kept: Mapping[str, Any]) -> Payload:
    """One answer; "unchanged" is read from the kept raw file, or asked for again where that is damaged."""
    validators = kept.get("validators", {})
    answer = http.get(job.source, request, base=base, validators=validators, deadline=job.deadline)
    if answer.not_modified:
        try:
            body, sha256 = store.read_raw(job.source.id, kept["sha256"]), kept["sha256"]
        except Cache:
            return _answer(job, request, base, {})
    else:
        body, sha256 = answer.body, hashlib.sha256(answer.body).hexdigest()
    seen = (answer.validators, answer.status, answer.url, answer.not_modified)
    return Payload(request, base, body, sha256, *seen)


def _kept(job: Job, request: Request, base: str, old: Mapping[str, Stored]) -> Mapping[str, Any]:
    """What is known of the answer of the last time, where everything it served is still stored undamaged."""
    known = store.raw_entries().get(job.source.id, {}).get(masked(request.name, job.source), {})
    if job.force or known.get("base") != masked(base, job.source):
        return {}
    return known if all(name in old and name in known["series"] for name in request.series) else {}


def _finish(job: Job, module: ModuleType, name: str, old: Stored | None, error: LoadError | None) -> Fetched:
    """The result of a series of which every request was made.

    A source of kind "extend" sends pieces of a series: one that came is good without the other.
    """
    row = job.rows[name]
    answers = [payload for payload in job.payloads if name in payload.request.series]
    if error and not (answers and job.source.merge == "extend"):
        return refused(name, error, old.newest if old else None)
    # Where the newest file is damaged ``old`` is of the generation before, which these answers did not make.
    made = old is not None and old.entry["payload_sha256"] == combined([item.sha256 for item in answers])
    if old is not None and made and all(payload.not_modified for payload in answers):
        return _without(error, unchanged(row.id, old.newest))
    known = old.dataset() if old else None
    found = _judged(job, module, row, answers, known)
    if found.result.outcome == "failed" and job.source.merge == "extend":
        errors = [_refused(module, row, payload) for payload in answers]
        good = [payload for payload, refused in zip(answers, errors, strict=True) if not refused]
        if good and len(good) < len(answers):
            job.unread += [payload for payload in answers if payload not in good]
            error = next(filter(None, errors))
            found = _judged(job, module, row, good, known)
    return _without(error, found)


def _judged(
    job: Job, module: ModuleType, row: Item, answers: list[Payload], old: xr.Dataset | None
) -> Fetched:
    bodies, accept = [payload.body for payload in answers], row.id in job.accept
    return judge(row, job.source, module.parse, bodies, now=job.now, old=old, accept=accept)


def _refused(module: ModuleType, row: Item, payload: Payload) -> LoadError | None:
    """Why an answer cannot be read; None where it can."""
    try:
        module.parse(payload.body, row)
    except LoadError as error:
        return error
    return None


def _without(error: LoadError | None, found: Fetched) -> Fetched:
    """Say of a good result that a piece is missing."""
    if not error or found.result.outcome not in ("updated", "unchanged"):
        return found
    return replace(found, result=replace(found.result, message=f"a piece is missing: {error}"))


def timed_out(row: str, seconds: float) -> Fetched:
    """The result of a series whose source was still busy a second after its deadline."""
    known = store.entries().get(row)
    kept = manifest.newest(known) if known else None
    return failed(row, TimedOut(f"no complete answer within {seconds:g} s"), kept)


def _nothing_to_ask(job: Job, names: Iterable[str], old: Mapping[str, Stored]) -> None:
    for name in names:
        error = NotData("the source has no request for it")
        job.results[name] = unchanged(name, old[name].newest) if name in old else failed(name, error, None)


def _is_down(error: LoadError) -> bool:
    """Whether it is the server that fails, not one of its answers."""
    return isinstance(error, Unreachable) or (isinstance(error, HttpStatus) and error.status >= 500)


def _ends_all(error: LoadError) -> bool:
    """Whether asking the same source again in this refresh is pointless or impolite."""
    return isinstance(error, TimedOut) or (isinstance(error, HttpStatus) and error.status == 429)


def _fail(job: Job, names: Iterable[str], error: LoadError, old: Mapping[str, Stored]) -> None:
    for name in names:
        kept = old[name].newest if name in old else None
        job.results.setdefault(name, failed(name, error, kept))
