"""Kill a refresh at random instants and look at what is left: ``python -m tests.killer FOLDER SEED COUNT``.

A warmed process forks a child for each kill, so that the child is in the middle of its work within a
millisecond. The child runs the real refresh of two series; only the transport is replaced. Both carry the
number of their generation, so that a mixture would be seen.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import loaders
from loaders.cache import location, store
from loaders.pipeline import fetch
from loaders.transport.http import Answer
from tests import made_up
from tests.payloads.gwm import Row, lake_file

COUNT = 2
# A file states centimetres, and a height must stay believable: generations are numbered in turns.
TURNS = 7
NOW = loaders.Selection(force=True)
DAYS = [made_up.date(2026, 7, 1) - made_up.timedelta(days=10 * at) for at in range(40, 0, -1)]


def serve(number: int) -> None:
    """Every source now answers with generation ``number``: its newest height says which."""

    def get(source, request, **options) -> Answer:
        lake = made_up.lake(int(source.id.removeprefix("made-")))
        rows = [Row(day, -1.7 - at % 10 / 100) for at, day in enumerate(DAYS[:-1])]
        rows.append(Row(DAYS[-1], -1.7 - number % TURNS / 100))
        return Answer(lake_file(rows, lake_id=lake), False, {}, 200, "https://example.org/")

    fetch.http.get = get


def generation() -> int:
    """The turn that all stored series carry. Raises AssertionError where they differ or one is not whole."""
    found = set()
    for series_id in store.entries():
        dataset = store.read(series_id)
        assert dataset.sizes["time"] == len(DAYS)
        found.add(round((-1.7 - 26.58 - float(dataset["value"].values[-1])) * 100))
    assert len(store.entries()) == COUNT, store.entries()
    assert len(found) == 1, found
    assert not list(location.folder().rglob("*.bad"))
    return found.pop()


def killed_after(seconds: float) -> bool:
    """Run a refresh in a child and kill it so much later; whether it was still running."""
    child = os.fork()
    if child == 0:
        loaders.refresh(NOW)
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def refresh(number: int) -> float:
    """A refresh that is left alone; how long it took."""
    begun = time.monotonic()
    done = loaders.refresh(NOW)
    assert done.exit_code == 0, done
    assert generation() == number % TURNS
    return time.monotonic() - begun


def run(folder: Path, seed: int, count: int) -> Counter:
    """Kill ``count`` refreshes; how often the old and the new generation were found, and half files left."""
    dice, seen = random.Random(seed), Counter()
    with made_up.sources(folder, COUNT):
        serve(0)
        refresh(0)
        serve(1)
        usual = refresh(1)
        for number in range(2, 2 + count):
            serve(number)
            seen["killed"] += killed_after(dice.uniform(0, 1.5 * usual))
            found = generation()
            assert found in ((number - 1) % TURNS, number % TURNS), (found, number)
            seen["new" if found == number % TURNS else "old"] += 1
            usual = refresh(number)
        seen["half files"] = len(half_files())
        for path in half_files():
            os.utime(path, (1, 1))
        serve(count + 2)
        refresh(count + 2)
        assert not half_files()
    return seen


def half_files() -> list[Path]:
    return list(location.folder().rglob(".two-seas-part-*"))


if __name__ == "__main__":
    print(dict(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
