"""The lines of a refresh: one per source, one per series that was held, failed or revised."""

from __future__ import annotations

from collections import Counter

from loaders.errors import LoadError
from loaders.pipeline.results import Outcome, RefreshReport, SeriesResult, SourceResult
from loaders.tables.catalogue import catalogue

WORST_FIRST: tuple[Outcome, ...] = ("failed", "held", "updated", "unchanged", "skipped")
ORDER: tuple[Outcome, ...] = ("updated", "unchanged", "held", "failed", "skipped")
# What the reader of one line can do about each class of error.
ADVICE = {
    "Unreachable": "check the connection, then run refresh again",
    "TimedOut": "run refresh again, or raise TWO_SEAS_DEADLINE",
    "Truncated": "run refresh again; the transfer may have been cut",
    "HttpStatus": "run refresh again later; check-live tells whether the source moved",
    "QcHeld": "look at the source, then --accept",
}
ELSE = "run check-live; the source may have changed"


def lines(done: RefreshReport) -> list[str]:
    """Everything for standard output, in catalogue order."""
    found = []
    for source in done.sources:
        found.append(f"{source.source}: {summary(source)}")
        found += [f"  {text}" for text in details(source)]
    return found


def summary(source: SourceResult) -> str:
    """``1 updated (12 new, 0 changed, newest 2026-08-04), 4 failed (HTTP 404; kept none)``."""
    parts = []
    for outcome in ORDER:
        group = [result for result in source.series if result.outcome == outcome]
        if group:
            detail = _detail(outcome, group, source.message)
            parts.append(f"{len(group)} {outcome}" + (f" ({detail})" if detail else ""))
    return ", ".join(parts) or "nothing selected"


def details(source: SourceResult) -> list[str]:
    """A line for each series that was held, failed, or came with revised or lost values."""
    found = []
    for result in source.series:
        if result.outcome in ("held", "failed"):
            found.append(f"{result.series}: {result.outcome}: {result.message}; {_kept([result])}")
        elif result.outcome == "unchanged" and result.message:
            found.append(f"{result.series}: unchanged; {result.message}")
        elif result.outcome == "updated" and (result.changed or result.removed or result.message):
            found.append(f"{result.series}: {change_text(result)}")
    return found


def change_text(result: SeriesResult) -> str:
    """What an update did to a series: ``2 new, 1 changed by up to 0.004 m, 1 removed``."""
    text = f"{result.added} new, {result.changed} changed"
    if result.largest_change is not None:
        row = catalogue().series.get(result.series)
        text += f" by up to {result.largest_change:.4g} {row.unit if row else ''}".rstrip()
    if result.removed:
        text += f", {result.removed} removed"
    return f"{text}; {result.message}" if result.message else text


def error_line(source: SourceResult) -> str | None:
    """``SOURCE: what happened; kept data of DATE; try X`` in at most 200 characters, or None."""
    bad = [result for result in source.series if result.outcome in ("failed", "held")]
    if not bad:
        return None
    first = next((result for result in bad if result.outcome == "failed"), bad[0])
    advice = ADVICE.get(first.error or "", ELSE)
    if first.outcome == "held":
        advice = f"look at the source, then --accept {first.series}"
    tail = f"; {_kept(bad)}; {advice}"
    what = first.message.split(": accept with")[0]
    head = f"{source.source}: {what}"
    room = 200 - len(tail)
    return (head if len(head) <= room else head[: room - 1] + "…") + tail


def cache_line(error: LoadError, newest: str | None) -> str:
    """The line of a cache that could not be used, with the newest day that is still read."""
    what, _, advice = str(error).rpartition("; ")
    return f"{what}; {_kept_until(newest)}; {advice}"


def outcome(source: SourceResult) -> Outcome:
    """The word for a source as a whole: the worst that happened to one of its series."""
    return next((word for word in WORST_FIRST if source.count(word)), "skipped")


def _detail(word: Outcome, group: list[SeriesResult], message: str) -> str:
    if word == "updated":
        added, changed = sum(item.added for item in group), sum(item.changed for item in group)
        removed = sum(item.removed for item in group)
        newest = max((item.newest for item in group if item.newest), default="unknown")
        lost = f", {removed} removed" if removed else ""
        return f"{added} new, {changed} changed{lost}, newest {newest}"
    if word == "failed":
        reasons = {_short(item) for item in group}
        return f"{reasons.pop() if len(reasons) == 1 else 'several reasons'}; {_kept(group)}"
    if word == "held":
        return _kept(group)
    empty = Counter(item.message for item in group if word == "unchanged" and item.message)
    return "; ".join(filter(None, [message, *(f"{count} {said}" for said, count in empty.items())]))


def _short(result: SeriesResult) -> str:
    return result.message.split(":")[0] if result.error == "HttpStatus" else result.message


def _kept(group: list[SeriesResult]) -> str:
    return _kept_until(max((item.newest for item in group if item.newest), default=None))


def _kept_until(newest: str | None) -> str:
    return f"kept data of {newest}" if newest else "kept none"
