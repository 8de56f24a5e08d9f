"""Whole files only: written beside their target, forced to disk, then moved over it; private to one user."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from loaders.errors import CacheUnwritable

STALE_AFTER = 3600.0
_TEMPORARY = ".two-seas-part-"
_NAMED_BY_HASH = re.compile(r"[0-9a-f]{64}\.(nc|gz|json)")


def make_folder(folder: Path) -> Path:
    """``folder``, made private (0700) if it was not there.

    Raises CacheUnwritable where it is a link, a file, somebody else's, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unwritable(folder, error) from None
    check_owner(folder)
    return folder


def check_owner(path: Path) -> None:
    """Raises CacheUnwritable where ``path`` is a symbolic link or belongs to another user."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritable(path, error) from None
    if stat.S_ISLNK(found.st_mode):
        raise CacheUnwritable(f"cache: {short(path)} is a link; set TWO_SEAS_CACHE to the real folder")
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        text = f"cache: {short(path)} belongs to another user; set TWO_SEAS_CACHE to your own folder"
        raise CacheUnwritable(text)


def write(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` in one step, mode 0600; a reader sees the old file or the new one.

    Raises CacheUnwritable naming the folder and the variable that moves it; the old file is then intact.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        raise _unwritable(path.parent, error) from None


def read(path: Path) -> bytes:
    """The bytes of ``path``; a symbolic link is not followed. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as file:
        return file.read()


def names(folder: Path) -> set[str]:
    """What lies in ``folder``; nothing where it cannot be read."""
    with suppress(OSError):
        return set(os.listdir(folder))
    return set()


def set_aside(path: Path) -> None:
    """Rename a damaged file to ``.bad`` so that it is kept for a look and never read again."""
    with suppress(OSError):
        os.replace(path, path.with_name(path.name + ".bad"))


def sweep(folder: Path, keep: set[str] | None = None) -> None:
    """Remove temporary files older than an hour and, where ``keep`` is given, hash-named files not in it.

    Nothing else is ever removed: the folder is the user's choice and may hold other things.
    """
    oldest = time.time() - STALE_AFTER
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            if path.name.startswith(_TEMPORARY):
                if path.lstat().st_mtime < oldest:
                    path.unlink()
            elif keep is not None and path.name not in keep and _NAMED_BY_HASH.fullmatch(path.name):
                path.unlink()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(folder: Path, error: OSError) -> CacheUnwritable:
    why = error.strerror or type(error).__name__
    return CacheUnwritable(
        f"cache: cannot write {short(folder)} ({why}); set TWO_SEAS_CACHE to another folder"
    )


def short(path: Path) -> str:
    """The end of a path, so that a one-line message keeps room for what to do."""
    text = str(path)
    return text if len(text) <= 60 else "…" + text[-59:]
