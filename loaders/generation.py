"""What one manifest says, with whatever is not well formed left out: its hashes become file names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Entry = dict[str, Any]
HASH = re.compile(r"[0-9a-f]{64}")
SERIES_KEYS = {"sha256", "retrieved_at", "payload_sha256", "first", "newest", "points", "history"}
CHANGE_KEYS = {"when", "series", "added", "changed", "removed", "largest", "message"}
# Three hundred series that change every week fill a month; a manifest stays below a quarter of a megabyte.
MAX_CHANGES = 1000
RAW_KEYS = {"sha256", "url", "base", "time", "status", "validators", "series"}


def sound(content: Entry, schema: int) -> Entry:
    """``{"schema", "series", "raw", "changes"}`` of a manifest; empty where it is of another schema."""
    if content.get("schema") != schema:
        content = {}
    raw = content.get("raw")
    kept = {key: _whole(part, RAW_KEYS) for key, part in raw.items()} if isinstance(raw, dict) else {}
    changes = content.get("changes")
    told = [row for row in changes if _is_change(row)] if isinstance(changes, list) else []
    series = _whole(content.get("series"), SERIES_KEYS)
    return {"schema": schema, "series": series, "raw": kept, "changes": told}


def bounded(changes: list[Entry]) -> list[Entry]:
    """The newest changes; a refresh is kept whole or left out."""
    if len(changes) <= MAX_CHANGES:
        return changes
    cut = changes[MAX_CHANGES]["when"]
    return [row for row in changes[:MAX_CHANGES] if row["when"] != cut]


def records(part: Any) -> Iterator[tuple[str, Entry]]:
    """The members of a JSON object that are objects themselves."""
    for key, item in part.items() if isinstance(part, dict) else ():
        if isinstance(item, dict):
            yield key, item


def hashes(found: Entry) -> set[str]:
    """The series files of a generation."""
    return {item["sha256"] for item in found["series"].values()}


def _is_change(row: Any) -> bool:
    return isinstance(row, dict) and row.keys() == CHANGE_KEYS and isinstance(row["when"], str)


def _whole(part: Any, keys: set[str]) -> dict[str, Entry]:
    return {
        key: item
        for key, item in records(part)
        if keys <= item.keys() and HASH.fullmatch(str(item["sha256"]))
    }
