"""What to ask of a daily service in one run: the newest months, and a piece of the years still missing.

A call weighs by points, variables and days, and a minute allows 600.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from loaders.tables.items import Series
from loaders.transport.question import Held

FIRST_MONTHS = 24
WEIGHT_LIMIT = 550.0

Piece = tuple[Sequence[Series], date, date]


def pieces(rows: Sequence[Series], *, today: date, held: Mapping[str, Held], since: date) -> list[Piece]:
    """Rows with the first and last day to ask for: up to yesterday, then back towards ``since``.

    The newest piece begins a month before what is stored. Of series whose stored months begin differently
    the largest like group goes back first. All pieces together stay within the minute's allowance.
    """
    stored = [held[row.id] for row in rows if row.id in held]
    begin, end = month(today, -FIRST_MONTHS), today - timedelta(days=1)
    if stored:
        begin = month(date.fromisoformat(min(item.newest for item in stored)[:10]), -1)
    found: list[Piece] = [(rows, begin, end)]
    left = WEIGHT_LIMIT - _weight(rows, begin, end)
    for first, group in _by_first_day(rows, held, begin):
        start, before = _back_to(group, first, left, since), first - timedelta(days=1)
        if start < first:
            found.append((group, start, before))
            left -= _weight(group, start, before)
    return found


def weight(locations: int, variables: int, days: int) -> float:
    """What a call costs of the minute's 600: per point 1, and each tenth of a variable more for two weeks."""
    share = variables / 10
    return locations * max(1.0, share, share * days / 14)


def month(day: date, offset: int) -> date:
    """The first day of the month ``offset`` months from that of ``day``."""
    months = day.year * 12 + day.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


def whole_month(today: date) -> tuple[date, date]:
    """First and last day of the newest month that a service some days late has whole."""
    return month(today, -2), month(today, -1) - timedelta(days=1)


def _by_first_day(
    rows: Sequence[Series], held: Mapping[str, Held], begin: date
) -> list[tuple[date, list[Series]]]:
    """Rows by the first month that is stored, or asked for in this run; the largest group first."""
    groups: dict[date, list[Series]] = {}
    for row in rows:
        first = date.fromisoformat(held[row.id].first[:10]) if row.id in held else begin
        groups.setdefault(month(first, 0), []).append(row)
    return sorted(groups.items(), key=lambda item: -len(item[1]))


def _back_to(rows: Sequence[Series], first: date, left: float, since: date) -> date:
    """The earliest 1 January, not before ``since``, from which the days up to ``first`` cost ``left``."""
    start = first
    while start > since:
        earlier = date(start.year - (start.month == 1), 1, 1)
        if _weight(rows, earlier, first - timedelta(days=1)) > left:
            break
        start = earlier
    return start


def _weight(rows: Sequence[Series], start: date, end: date) -> float:
    variables = {row.provider["variable"] for row in rows}
    return weight(len({row.place for row in rows}), len(variables), (end - start).days + 1)
