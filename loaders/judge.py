"""What becomes of one series once its answers are there: unchanged, updated, held or failed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import xarray as xr

from loaders import holds, netcdf, qc, store
from loaders.assemble import Assembled, Parse, assemble
from loaders.errors import LoadError
from loaders.model import Series, SeriesResult, Source


@dataclass(frozen=True)
class Fetched:
    """What became of one series; ``dataset`` is set where it is to be stored."""

    result: SeriesResult
    dataset: xr.Dataset | None = None
    payload_sha256: str = ""
    retrieved_at: str = ""
    held: str | None = None


def judge(
    row: Series,
    source: Source,
    parse: Parse,
    bodies: Sequence[bytes],
    *,
    now: datetime,
    old: xr.Dataset | None,
    accept: bool = False,
) -> Fetched:
    """Parse, flag and compare the answers of one series with what is stored of it."""
    payload_sha256 = combined_sha256(bodies)
    same = old is not None and old.attrs["payload_sha256"] == payload_sha256
    retrieved = datetime.fromisoformat(old.attrs["retrieved_at"]) if old is not None and same else now
    try:
        made = assemble(row, source, parse, bodies, retrieved=retrieved, now=now, old=old)
    except LoadError as error:
        return failed(row.id, error, old)
    known = store.entries().get(row.id) if old is not None else None
    if known and known["sha256"] == hashlib.sha256(netcdf.encode(made.dataset)).hexdigest():
        return unchanged(row.id, made.dataset)
    reason = holds.reason(old, made.dataset, made.given, qc.limits_of(made.dataset, row))
    if reason and not accept:
        return _held_back(row.id, reason, old)
    result = _updated(row.id, made, old, f"accepted: {reason}" if reason else "")
    return Fetched(result, made.dataset, payload_sha256, stamp(retrieved))


def unchanged(series_id: str, old: xr.Dataset) -> Fetched:
    return Fetched(SeriesResult(series_id, "unchanged", newest=newest(old)))


def failed(name: str, error: LoadError, old: xr.Dataset | None) -> Fetched:
    kept = newest(old) if old is not None else None
    return Fetched(SeriesResult(name, "failed", newest=kept, error=type(error).__name__, message=str(error)))


def _held_back(series_id: str, reason: str, old: xr.Dataset | None) -> Fetched:
    kept = newest(old) if old is not None else None
    text = f"{reason}: accept with --accept {series_id}"
    return Fetched(SeriesResult(series_id, "held", newest=kept, error="QcHeld", message=text), held=reason)


def _updated(series_id: str, made: Assembled, old: xr.Dataset | None, message: str) -> SeriesResult:
    change = holds.difference(old, made.dataset)
    return SeriesResult(
        series_id,
        "updated",
        added=change.added,
        changed=change.changed,
        removed=change.removed,
        largest_change=change.largest,
        newest=newest(made.dataset),
        message=message,
    )


def entry(fetched: Fetched, sha256: str, source: str, history: list[str]) -> dict[str, Any]:
    """What the manifest says of a stored series."""
    assert fetched.dataset is not None
    there = ~np.isnan(fetched.dataset["value"].values)
    days = fetched.dataset["time"].values[there].astype("datetime64[D]")
    return {
        "sha256": sha256,
        "retrieved_at": fetched.retrieved_at,
        "payload_sha256": fetched.payload_sha256,
        "first": str(days[0]),
        "newest": str(days[-1]),
        "points": int(days.size),
        "source": source,
        "basin": fetched.dataset.attrs.get("basin"),
        "history": history,
    }


def newest(dataset: xr.Dataset) -> str | None:
    """The day of the newest value."""
    days = dataset["time"].values[~np.isnan(dataset["value"].values)].astype("datetime64[D]")
    return str(days[-1]) if days.size else None


def stamp(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def combined_sha256(bodies: Sequence[bytes]) -> str:
    """The hash of one answer; of several, the hash of their hashes in order."""
    hashes = [hashlib.sha256(body).hexdigest() for body in bodies]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()
