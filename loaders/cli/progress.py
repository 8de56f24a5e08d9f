"""A bar per source on a terminal; elsewhere nothing, for the result lines say it all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loaders.pipeline.results import Progress

Step = Callable[[Progress], None]


@contextmanager
def shown() -> Iterator[Step | None]:
    """A function to call with each step; None where standard error is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def step(done: Progress) -> None:
            if done.source not in tasks:
                tasks[done.source] = bars.add_task(done.source, total=done.total)
            bars.update(tasks[done.source], completed=done.done, total=done.total)

        yield step
