"""The refreshed cache: files by content hash, and a manifest replaced last as the single commit point.

live/
├── manifest.json           what is stored now, and what changed; one atomic replace makes a refresh true
├── manifest.previous.json  the generation before, read where a file of this one is damaged
├── attempts.json           when each source was last asked, with what result
├── series/<sha256>.nc      NetCDF classic, of series and fields; written once, never changed
└── raw/<source>/           <sha256>.gz, the provider's bytes, each with a sidecar <sha256>.json

Everything here is read as bytes, compared with its hash, then opened from memory.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from loaders.cache import files, manifest
from loaders.environment import clock
from loaders.errors import CacheBusy, CacheCorrupt, CacheUnwritable, NoData

if TYPE_CHECKING:
    import xarray as xr
from loaders.cache.location import Entry, dump, folder, read_json, write_json

SCHEMA = 1
MANIFEST, PREVIOUS, ATTEMPTS = "manifest.json", "manifest.previous.json", "attempts.json"
LOCK, HOLDER = "refresh.lock", "refresh.json"
LOCK_WAIT = 5.0
Found = TypeVar("Found")
MOST_LOOKS = 50


# ---- reading ----------------------------------------------------------------------------------------------


def entries() -> dict[str, Entry]:
    """The manifest's entry of every stored series and field, of the newest generation whose file is there."""

    def look() -> tuple[dict[str, Entry], bool]:
        found: dict[str, Entry] = {}
        contents = [manifest.entries(_manifest(name)) for name in (MANIFEST, PREVIOUS)]
        there = files.names(folder() / "series")
        for content in contents:
            for name, known in content.items():
                if name not in found and f"{known['sha256']}.nc" in there:
                    found[name] = known
        return found, all(found.get(name) is known for name, known in contents[0].items())

    return _unhurried(look)


def raw_entries() -> dict[str, dict[str, Entry]]:
    """What is known of the kept raw files, by source and request path."""
    return _manifest(MANIFEST)["raw"]


def changes() -> list[Entry]:
    """What the refreshes so far did to each series they stored, newest first."""
    return _manifest(MANIFEST)["changes"] or _manifest(PREVIOUS)["changes"]


def read(series_id: str) -> xr.Dataset:
    """A stored series or field with ``retrieved_at``, ``payload_sha256``, ``history`` and ``origin`` added.

    Raises NoData where nothing is stored, CacheCorrupt where no generation has an undamaged file.
    """
    return _with_origin(*_undamaged(series_id))


def entry(series_id: str) -> Entry:
    """The manifest's entry of what ``read`` would open. Raises as ``read`` does."""
    return _undamaged(series_id)[1]


def read_raw(source: str, sha256: str) -> bytes:
    """The provider's bytes as they came. Raises CacheCorrupt."""
    try:
        body = gzip.decompress(files.read(_raw_path(source, sha256)))
    except (OSError, EOFError, ValueError):
        body = b""
    if hashlib.sha256(body).hexdigest() != sha256:
        raise CacheCorrupt(f"{source}: a kept raw file is missing or damaged; run refresh --force")
    return body


def attempts() -> Entry:
    """``sources`` and ``series`` with the time and result of the last attempt; empty where none was made."""
    found = read_json(ATTEMPTS) or {}
    return {part: dict(manifest.records(found.get(part))) for part in ("sources", "series")}


def fingerprint() -> str:
    """A cheap text that changes whenever the stored generation changes."""
    try:
        found = (folder() / MANIFEST).stat()
    except OSError:
        return "none"
    return f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}"


# ---- writing, under the lock ------------------------------------------------------------------------------


@contextmanager
def locked(wait: float | None = None) -> Iterator[None]:
    """Hold the cache for one refresh. Raises CacheBusy after ``wait`` (5) seconds, CacheUnwritable."""
    from filelock import FileLock, Timeout

    home = files.make_folder(folder())
    lock = FileLock(home / LOCK, mode=0o600)
    try:
        with warnings.catch_warnings():
            # Without locks of the file system, filelock before 3.24 gives up; later ones warn and lock by the
            # file's being there, and until 4.1 the second holder then removes the file of the first.
            warnings.filterwarnings("error", "flock not supported")
            lock.acquire(timeout=LOCK_WAIT if wait is None else wait)
    except Timeout:
        holder = read_json(HOLDER) or {}
        since, process = holder.get("since", "?"), holder.get("pid", "?")
        raise CacheBusy(f"cache: refresh running since {since}, pid {process}; try again later") from None
    except (OSError, NotImplementedError, UserWarning) as error:
        why = getattr(error, "strerror", None) or "its file system knows no locks"
        raise CacheUnwritable(
            f"cache: cannot lock {files.short(home)} ({why}); set TWO_SEAS_CACHE to another folder"
        ) from None
    try:
        _refuse_newer()
        write_json(HOLDER, {"pid": os.getpid(), "since": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"})
        yield
    finally:
        lock.release()


def put_series(data: bytes) -> str:
    """Store an encoded series or field; gives its sha256. Invisible until ``commit``."""
    sha256 = hashlib.sha256(data).hexdigest()
    if _checked(sha256) is None:
        files.make_folder(folder() / "series")
        files.write(_series_path(sha256), data)
    return sha256


def put_raw(source: str, body: bytes, sidecar: Mapping[str, Any]) -> None:
    """Keep the provider's bytes under ``sidecar["sha256"]``; the sidecar never holds a key."""
    files.make_folder(folder() / "raw")
    path = _raw_path(source, sidecar["sha256"])
    files.make_folder(path.parent)
    if not path.is_file():
        files.write(path, gzip.compress(body, mtime=0))
    files.write(path.with_suffix(".json"), dump(sidecar))


def commit(
    entries: Mapping[str, Entry], raw: Mapping[str, Mapping[str, Entry]], news: Sequence[Entry] = ()
) -> bool:
    """Make this the newest generation, ``raw`` by source and request path; False if it is already.

    ``news`` says what became of each series and goes before the changes already told.
    The generation before is kept unless both hold the same files: then it is no spare.
    """
    now = _manifest(MANIFEST)
    new = manifest.made(SCHEMA, entries, raw, [*news, *changes()])
    if new == now:
        return False
    if manifest.hashes(now) and manifest.hashes(now) != manifest.hashes(new):
        files.write(folder() / PREVIOUS, dump(now))
    files.write(folder() / MANIFEST, dump(new))
    _sweep(new, _manifest(PREVIOUS))
    return True


def write_attempts(found: Mapping[str, Any]) -> None:
    write_json(ATTEMPTS, {"schema": SCHEMA, **found})


def _sweep(new: Entry, previous: Entry) -> None:
    files.sweep(
        folder() / "series", {f"{sha}.nc" for sha in manifest.hashes(new) | manifest.hashes(previous)}
    )
    files.sweep(folder())
    for part in (folder() / "raw").glob("*"):
        kept = {item["sha256"] for item in new["raw"].get(part.name, {}).values()}
        files.sweep(part, {f"{sha}{end}" for sha in kept for end in (".gz", ".json")})


def _refuse_newer() -> None:
    found = read_json(MANIFEST) or {}
    if isinstance(found.get("schema"), int) and found["schema"] > SCHEMA:
        raise CacheUnwritable("cache: written by a newer version of Two Seas; upgrade, or set TWO_SEAS_CACHE")


def _series_path(sha256: str) -> Path:
    return folder() / "series" / f"{sha256}.nc"


def _raw_path(source: str, sha256: str) -> Path:
    return folder() / "raw" / source / f"{sha256}.gz"


def _undamaged(series_id: str) -> tuple[bytes, Entry]:
    def look() -> tuple[tuple[bytes, Entry] | bool, bool]:
        known_any = False
        for name in (MANIFEST, PREVIOUS):
            known = manifest.entries(_manifest(name)).get(series_id)
            known_any = known_any or known is not None
            data = _checked(known["sha256"]) if known else None
            if known and data is not None:
                return (data, known), name == MANIFEST
        return known_any, not known_any

    found = _unhurried(look)
    if isinstance(found, tuple):
        return found
    if found:
        raise CacheCorrupt(f"{series_id}: the stored file is missing or damaged; run refresh again")
    raise NoData(f"{series_id}: nothing stored; run refresh")


def _unhurried(look: Callable[[], tuple[Found, bool]]) -> Found:
    """What ``look`` finds, looked for again where it is not whole, while the generation changes.

    Two commits between reading a manifest and opening its file sweep that file away: such a reader
    was slow, and nothing is lost.
    """
    for _ in range(MOST_LOOKS):
        before = fingerprint()
        found, whole = look()
        if whole or fingerprint() == before:
            break
    return found


def _checked(sha256: str) -> bytes | None:
    """The bytes whose hash is ``sha256``; a file that holds others is set aside."""
    path = _series_path(sha256)
    try:
        data = files.read(path)
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() == sha256:
        return data
    files.set_aside(path)
    return None


def _manifest(name: str) -> Entry:
    """One generation, with whatever is not well formed left out: its hashes become file names."""
    path = folder() / name
    try:
        files.check_owner(path.parent)
        found = path.stat()
    except (OSError, CacheUnwritable):
        return _parsed(path, None)
    return _parsed(path, (found.st_mtime_ns, found.st_size, found.st_ino))


@lru_cache(maxsize=8)
def _parsed(path: Path, stamp: tuple[int, ...] | None) -> Entry:
    return manifest.sound((read_json(path.name) if stamp else None) or {}, SCHEMA)


def _with_origin(data: bytes, known: Entry) -> xr.Dataset:
    from loaders.dataset.netcdf import decode

    dataset = decode(data)
    dataset.attrs |= {
        "retrieved_at": known["retrieved_at"],
        "payload_sha256": known["payload_sha256"],
        "history": "\n".join(known["history"]),
        "origin": "live",
    }
    return dataset
