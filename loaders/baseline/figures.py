"""Tidy files of published figures: rows, periods, and what may become a point of a series.

A file is header lines starting ``#``, then a table that begins ``time,value``. ``time`` is a year, a month, a
quarter or a day; in lists of facts it may also be a span ("1982/2020"), words ("1970s peak") or empty, and
``value`` may be empty where only a range is printed. Such rows are facts and never points.
"""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from loaders.errors import BadFormat

Cells = dict[str, str]
USABLE = {"good": 1, "partial": 3, "questionable": 3}
UNBUILT = {"unusable", "forecast", "target"}
TIME = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?")
WHOLE = ((1, 12), (1, 3), (4, 6), (7, 9), (10, 12), *((month, month) for month in range(1, 13)))


@dataclass(frozen=True)
class Period:
    """First and last day that a value stands for."""

    start: date
    end: date

    @property
    def is_whole(self) -> bool:
        """True for a calendar year, quarter or month."""
        last = monthrange(self.end.year, self.end.month)[1]
        months = (self.start.month, self.end.month)
        return (
            self.start.year == self.end.year
            and self.start.day == 1
            and self.end.day == last
            and months in WHOLE
        )


def read(path: Path) -> list[Cells]:
    """The rows of one tidy file as text. Raises BadFormat for another header, a short row, a new quality."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    reader = csv.DictReader(lines, restkey="extra", restval=None)
    if list(reader.fieldnames or [])[:2] != ["time", "value"]:
        raise BadFormat(f"{path.name}: the table does not begin with time,value")
    rows = list(reader)
    for row in rows:
        if "extra" in row or None in row.values():
            raise BadFormat(f"{path.name}: row {row['time']!r} has another number of cells than the header")
        if row.get("quality", "good") not in {*USABLE, *UNBUILT}:
            raise BadFormat(f"{path.name}: unknown quality {row['quality']!r}")
    return rows


def select(rows: list[Cells], where: Mapping[str, str | list[str]]) -> list[Cells]:
    """The rows whose named columns hold one of the named values."""
    wanted = {column: [value] if isinstance(value, str) else value for column, value in where.items()}
    return [row for row in rows if all(row.get(column) in values for column, values in wanted.items())]


def period(text: str) -> Period | None:
    """The days of a year, ``YYYY-Qn``, ``YYYY-MM`` or ``YYYY-MM-DD``; None for anything else."""
    match = TIME.fullmatch(text)
    if not match:
        return None
    year, quarter, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    first, last = (3 * quarter - 2, 3 * quarter) if quarter else (month or 1, month or 12)
    try:
        if day:
            return Period(date(year, first, day), date(year, first, day))
        return Period(date(year, first, 1), date(year, last, monthrange(year, last)[1]))
    except ValueError:
        return None


def stated_period(row: Cells) -> Period | None:
    """The period that a row states: its own columns, or its time where that is longer than a day."""
    if row.get("period_start") and row.get("period_end"):
        return Period(date.fromisoformat(row["period_start"]), date.fromisoformat(row["period_end"]))
    found = period(row["time"])
    return found if found and found.is_whole else None


def stamp(row: Cells) -> date | None:
    """Where a row stands in time: a whole year, quarter or month at its first day, else at its own day."""
    stated = stated_period(row)
    if stated and stated.is_whole:
        return stated.start
    own = period(row["time"])
    return own.start if own else None


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
