"""Tables as comma-separated text: found by the names of their columns, believed only where they are whole."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", re.ASCII)
YEAR = re.compile(r"(1[89]|20)\d\d", re.ASCII)


def read_table(
    raw: bytes, required: Sequence[str], *, whole: re.Pattern[str] | None = None
) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows; names are compared without case and are given in lower case.

    A last line without its end may be cut inside a number and is left out, unless it matches ``whole``, the
    form of a row whose numbers have a fixed count of decimals. Raises NotData for no row,
    SchemaChanged for a missing column, Truncated where rows are too short, BadFormat for the rest.
    """
    lines = text_of(raw).splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n") and not (whole and whole.fullmatch(lines[-1])):
        lines.pop()
    try:
        table = [row for row in csv.reader(io.StringIO("".join(lines), newline=""), strict=True) if row]
    except csv.Error as error:
        raise BadFormat(f"not a table of commas: {error}") from None
    if not table:
        raise NotData("empty table")
    names = [name.strip().lower() for name in table[0]]
    if sum(name.count(";") for name in names) >= len(names):
        raise BadFormat("a table of semicolons instead of commas")
    for name in required:
        if name.lower() not in names:
            raise SchemaChanged(f"no column {name!r} in {', '.join(names)[:100]}")
    if len(set(names)) != len(names):
        raise BadFormat("a column stands twice")
    if len(table) == 1:
        raise NotData("a table without rows")
    bad = sum(len(row) != len(names) for row in table[1:])
    if bad:
        raise Truncated(f"{bad} rows have not the {len(names)} columns of the header")
    return names, [dict(zip(names, (cell.strip() for cell in row), strict=True)) for row in table[1:]]


def number(text: str) -> float:
    """The number in a cell, NaN for an empty one. Raises BadFormat."""
    if not text:
        return float("nan")
    if not NUMBER.fullmatch(text):
        raise BadFormat(f"no number in {text[:20]!r}")
    return float(text)


def year(text: str) -> int:
    """The year in a cell. Raises BadFormat."""
    if not YEAR.fullmatch(text):
        raise BadFormat(f"no year in {text[:20]!r}")
    return int(text)


def text_of(raw: bytes) -> str:
    """An answer as UTF-8 text, a byte order mark left out; NotData where empty, BadFormat where not text."""
    if not raw.strip():
        raise NotData("empty answer")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFormat("not UTF-8") from None
    if "\0" in text:
        raise BadFormat("not text")
    return text
