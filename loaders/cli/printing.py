"""Text and bytes on the two standard streams, whatever they are connected to."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from loaders.errors import Asking

LIST_COLUMNS = (
    "id", "sea", "indicator", "unit", "datum", "source", "kind", "experimental", "key_needed", "first",
    "newest", "state",
)  # fmt: skip


def prepare() -> None:
    """A terminal that cannot show a character gets a question mark instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def text(lines: Iterable[str]) -> None:
    with _whoever_reads(sys.stdout):
        for line in lines:
            print(line)


def error(line: str | None) -> None:
    """One line on standard error; there is nowhere to say that it cannot be written."""
    if line:
        with suppress(Asking), _whoever_reads(sys.stderr):
            print(line, file=sys.stderr)


def json_text(content: Any) -> None:
    """UTF-8 whatever the terminal says."""
    raw((json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def raw(data: bytes) -> None:
    with _whoever_reads(sys.stdout):
        if sys.stdout is not None:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)


@contextmanager
def _whoever_reads(stream: TextIO | None) -> Iterator[None]:
    """A closed stream is no error; a reader that goes away gets no more, and the work goes on.

    Raises Asking where what is said cannot be written, as on a full disk.
    """
    try:
        yield
        if stream is not None:
            stream.flush()
    except OSError as error:
        if stream is not None:  # what is still waiting in the stream would fail once more at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise Asking(f"cannot write the output ({error.strerror})") from None


def list_table(found: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = [[*(_cell(item[name]) for name in LIST_COLUMNS[:-1]), _state(item)] for item in found]
    return _table([name.replace("_", " ") for name in LIST_COLUMNS], rows)


def status_table(found: Mapping[str, Any]) -> list[str]:
    series = ("id", "origin", "newest", "age_days", "state")
    sources = ("id", "attempted_at", "result", "message")
    return [
        f"cache id {found['cache_id']}, newest data {found['newest'] or 'none'}",
        "",
        *_table(
            ["series", *(name.replace("_", " ") for name in series[1:])],
            [[_cell(item[name]) for name in series] for item in (*found["series"], *found["fields"])],
        ),
        "",
        *_table(
            ["source", "last attempt", "result", "message"],
            [[_cell(item.get(name)) for name in sources] for item in found["sources"]],
        ),
    ]


def _state(item: Mapping[str, Any]) -> str:
    """Derived series say what they wait for."""
    return f"{item['state']}, needs {' '.join(item['needs'])}" if item["needs"] else item["state"]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None or value == "" else str(value)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]
