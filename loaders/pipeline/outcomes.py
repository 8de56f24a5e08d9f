"""What becomes of one series or field once its answers are there: unchanged, updated, held or failed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import xarray as xr

from loaders.cache import store
from loaders.dataset import netcdf
from loaders.errors import LoadError, NoValue
from loaders.pipeline.assemble import Assembled, Parse, assemble
from loaders.pipeline.results import SeriesResult
from loaders.quality import field_holds, holds, qc
from loaders.tables.items import Item, Series
from loaders.tables.schema import Source

NOTHING_PUBLISHED = "no value published"


@dataclass(frozen=True)
class Fetched:
    """What became of one series; ``dataset`` is set where it is to be stored."""

    result: SeriesResult
    dataset: xr.Dataset | None = None
    payload_sha256: str = ""
    retrieved_at: str = ""
    held: str | None = None


def judge(
    row: Item,
    source: Source,
    parse: Parse,
    bodies: Sequence[bytes],
    *,
    now: datetime,
    old: xr.Dataset | None,
    accept: bool = False,
) -> Fetched:
    """Parse, flag and compare the answers of one row with what is stored of it."""
    payload_sha256 = combined([hashlib.sha256(body).hexdigest() for body in bodies])
    same = old is not None and old.attrs["payload_sha256"] == payload_sha256
    retrieved = datetime.fromisoformat(old.attrs["retrieved_at"]) if old is not None and same else now
    try:
        made = assemble(row, source, parse, bodies, retrieved=retrieved, now=now, old=old)
    except LoadError as error:
        return refused(row.id, error, newest(old))
    known = store.entries().get(row.id) if old is not None else None
    if known and known["sha256"] == hashlib.sha256(netcdf.encode(made.dataset)).hexdigest():
        return unchanged(row.id, newest(made.dataset) or newest(old))
    rules = holds if isinstance(row, Series) else field_holds
    reason = _doubt(row, old, made)
    if reason and not accept:
        return _held_back(row.id, reason, newest(old))
    change = rules.difference(old, made.dataset)
    result = SeriesResult(
        row.id,
        "updated",
        added=change.added,
        changed=change.changed,
        removed=change.removed,
        largest_change=change.largest,
        newest=newest(made.dataset) or stamp(retrieved)[:10],
        message=f"accepted: {reason}" if reason else "",
    )
    return Fetched(result, made.dataset, payload_sha256, stamp(retrieved))


def _doubt(row: Item, old: xr.Dataset | None, made: Assembled) -> str | None:
    """Why what was made must not replace ``old`` unseen."""
    if isinstance(row, Series):
        return holds.reason(old, made.dataset, made.given, qc.limits_of(made.dataset, row))
    return field_holds.reason(old, made.dataset)


def unchanged(series_id: str, kept: str | None) -> Fetched:
    return Fetched(SeriesResult(series_id, "unchanged", newest=kept))


def refused(name: str, error: LoadError, kept: str | None) -> Fetched:
    """Failed; but where nothing is stored and the provider says that it has nothing, nothing changed."""
    if isinstance(error, NoValue) and kept is None:
        return Fetched(SeriesResult(name, "unchanged", message=NOTHING_PUBLISHED))
    return failed(name, error, kept)


def failed(name: str, error: LoadError, kept: str | None) -> Fetched:
    return Fetched(SeriesResult(name, "failed", newest=kept, error=type(error).__name__, message=str(error)))


def _held_back(series_id: str, reason: str, kept: str | None) -> Fetched:
    text = f"{reason}: accept with --accept {series_id}"
    return Fetched(SeriesResult(series_id, "held", newest=kept, error="QcHeld", message=text), held=reason)


def entry(fetched: Fetched, sha256: str, source: str, history: list[str]) -> dict[str, Any]:
    """What the manifest says of a stored series or field; only a series has days."""
    assert fetched.dataset is not None
    found: dict[str, Any] = {
        "sha256": sha256,
        "retrieved_at": fetched.retrieved_at,
        "payload_sha256": fetched.payload_sha256,
        "source": source,
        "history": history,
    } | {name: fetched.dataset.attrs.get(name) for name in ("units", "datum", "basin")}
    if "time" in fetched.dataset.dims:
        days = _days(fetched.dataset)
        found |= {"first": str(days[0]), "newest": str(days[-1]), "points": int(days.size)}
    return found


def newest(dataset: xr.Dataset | None) -> str | None:
    """The day of the newest value; a stored field is of the day it came."""
    if dataset is None:
        return None
    if "time" not in dataset.dims:
        return str(dataset.attrs.get("retrieved_at", ""))[:10] or None
    days = _days(dataset)
    return str(days[-1]) if days.size else None


def _days(dataset: xr.Dataset) -> np.ndarray:
    """The days that have a value."""
    return dataset["time"].values[~np.isnan(dataset["value"].values)].astype("datetime64[D]")


def stamp(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def combined(hashes: Sequence[str]) -> str:
    """The hash of one answer; of several, the hash of their hashes in order."""
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()
