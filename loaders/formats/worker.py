"""The process that reads upstream NetCDF for us: one at a time, killed when it takes too long.

A file that kills, fills or stops it costs that file and no more: the next one gets a new process. It is given
no access key.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import threading
from pathlib import Path

from loaders.environment import settings
from loaders.errors import BadFormat

CHILD = Path(__file__).with_name("netcdf_child.py")
SECONDS = 10.0

_one_at_a_time = threading.Lock()
_running: subprocess.Popen[bytes] | None = None


def arrays(raw: bytes) -> bytes:
    """The arrays of a NetCDF-3 file, see ``netcdf_child``. Raises BadFormat where they cannot be had."""
    with _one_at_a_time:
        process = _started()
        slow = threading.Timer(SECONDS, process.kill)
        slow.start()
        try:
            found = _exchange(process, raw)
        finally:
            slow.cancel()
        if found is None:
            ended = process.wait()
            raise BadFormat(f"a NetCDF file that its reader did not survive (ended with {ended})")
    if not found:
        raise BadFormat("a NetCDF file that cannot be read")
    return found


def close() -> None:
    """End the process; the next file starts another."""
    if _running is not None:
        _running.kill()
        _running.wait()


def _started() -> subprocess.Popen[bytes]:
    global _running
    if _running is None or _running.poll() is not None:
        # Without -P the folder of the child would come first, where ``http.py`` is not Python's own.
        _running = subprocess.Popen(
            [sys.executable, "-P", str(CHILD)],
            env=settings.others(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        atexit.register(close)
    return _running


def _exchange(process: subprocess.Popen[bytes], raw: bytes) -> bytes | None:
    """What the process answers; None where it ended instead."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(len(raw).to_bytes(8, "big") + raw)
        process.stdin.flush()
        size = process.stdout.read(8)
        found = process.stdout.read(int.from_bytes(size, "big"))
    except OSError:
        return None
    return found if len(size) == 8 and len(found) == int.from_bytes(size, "big") else None
