"""ERDDAP, the server of several sources: how it is asked for a grid, and what its refusals mean.

A request is ``griddap/DATASET.nc?VARIABLE[FIRST:STRIDE:LAST]...`` with one bracket per axis. A value stands
in parentheses, and the nearest step of the axis is taken; a bare number or ``last`` counts steps.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from loaders.errors import HttpStatus, LoadError, NotData, SchemaChanged, TooLarge
from loaders.geometry.regions import Box
from loaders.tables.items import Series
from loaders.transport.question import Held, Request
from loaders.transport.spans import month

BLOCK = re.compile(r'^\s*Error \{\s*code=\d+;\s*message="(.*)";\s*\}', re.DOTALL)
PAGE = re.compile(r"<b>message</b>(.*?)</p>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[^>]*>")
UNKNOWN_DATASET = re.compile(r"Currently unknown datasetID=([\w-]{1,60})")
UNKNOWN_VARIABLE = re.compile(r'Unrecognized variable="?\\?"?([\w-]{1,60})')
OUTSIDE = re.compile(r"is (greater|less) than the axis (maximum|minimum)")
WRONG_WAY = re.compile(
    r"StartIndex\b.*\bgreater than\b.*\bStopIndex|Start\w* is greater than Stop", re.DOTALL
)


def span(first: object, last: object | None = None, *, stride: int = 1) -> str:
    """One axis from one value to another; without ``last`` the step nearest to ``first`` alone."""
    inside = f"({first})" if last is None else f"({first}):{stride}:({last})"
    return f"%5B{inside}%5D"


def newest(steps: int) -> str:
    """The last ``steps`` steps of an axis, whatever their values."""
    return f"%5Blast-{steps - 1}:1:last%5D"


def request(
    dataset: str,
    variable: str,
    axes: Sequence[str],
    area: Box,
    series: Sequence[str],
    *,
    northwards: bool,
    stride: int = 1,
) -> Request:
    """``variable`` over ``area``; ``axes`` are the spans of time and depth, where there are such axes.

    ``northwards`` tells the direction of the latitude axis. Asked the wrong way round the server fails, so
    the other direction is what to ask instead.
    """
    ends = (area.south, area.north)
    east = span(area.west, area.east, stride=stride)

    def path(first: float, last: float) -> str:
        return f"griddap/{dataset}.nc?{variable}{''.join(axes)}{span(first, last, stride=stride)}{east}"

    ways = [path(*ends), path(*ends[::-1])]
    asked, instead = ways if northwards else ways[::-1]
    return Request(asked, tuple(series), instead=instead)


def months(
    rows: Sequence[Series], held: Mapping[str, Held], *, since: date, overlap: int
) -> list[tuple[date, date | None]]:
    """First and last day of what to ask in one run: the months not yet stored, then one year further back.

    None is the newest day there is. The newest call begins ``overlap`` months before what is stored. Empty
    where one of the rows has nothing stored.
    """
    known = [held[row.id] for row in rows if row.id in held]
    if len(known) < len(rows):
        return []
    last = date.fromisoformat(min(item.newest for item in known)[:10])
    first = month(date.fromisoformat(max(item.first for item in known)[:10]), 0)
    found: list[tuple[date, date | None]] = [(month(last, -overlap), None)]
    if first > since:
        found.append((max(since, month(first, -12)), first - timedelta(days=1)))
    return found


def refusal(status: int, body: bytes) -> LoadError | None:
    """The error that a refusal of an ERDDAP server stands for; None where it says nothing of its own.

    404 has two meanings: an empty selection is final, an unknown dataset may be one that is being reloaded.
    """
    text = said(body)
    if WRONG_WAY.search(text):
        return SchemaChanged(f"HTTP {status}: an axis runs the other way than it was asked for")
    if OUTSIDE.search(text):
        return NotData(f"HTTP {status}: the source has nothing at the times or places asked for")
    if "produced no matching results" in text:
        return NotData(f"HTTP {status}: nothing matches what was asked for")
    if found := UNKNOWN_DATASET.search(text):
        words = f"HTTP {status}: the server does not know {found[1]} now; it may be reloading, try later"
        return HttpStatus(words, status=status)
    if found := UNKNOWN_VARIABLE.search(text):
        return SchemaChanged(f"HTTP {status}: the source no longer has a variable {found[1]!r}")
    if text and (status == 413 or "Payload Too Large" in text):
        return TooLarge(f"HTTP {status}: more than the server sends in one answer")
    return None


def said(body: bytes) -> str:
    """The message of an error block or of the web page around it; "" where the body is neither."""
    text = body.decode("utf-8", "replace")
    if found := BLOCK.search(text):
        return found[1].replace('\\"', '"')
    if found := PAGE.search(text):
        return " ".join(html.unescape(TAG.sub("", found[1])).split())
    return ""
