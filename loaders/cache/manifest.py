"""What one manifest says, with whatever is not well formed left out: its hashes become file names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Entry = dict[str, Any]
HASH = re.compile(r"[0-9a-f]{64}")
FIELD_KEYS = {"sha256", "retrieved_at", "payload_sha256", "history"}
SERIES_KEYS = FIELD_KEYS | {"first", "newest", "points"}
CHANGE_KEYS = {"when", "series", "added", "changed", "removed", "largest", "message"}
# Three hundred series that change every week fill a month; a manifest stays below a quarter of a megabyte.
MAX_CHANGES = 1000
RAW_KEYS = {"sha256", "url", "base", "time", "status", "validators", "series"}


def sound(content: Entry, schema: int) -> Entry:
    """``{"schema", "series", "fields", "raw", "changes"}`` of a manifest; empty where of another schema."""
    if content.get("schema") != schema:
        content = {}
    raw = content.get("raw")
    kept = {key: _whole(part, RAW_KEYS) for key, part in raw.items()} if isinstance(raw, dict) else {}
    changes = content.get("changes")
    told = [row for row in changes if _is_change(row)] if isinstance(changes, list) else []
    return {
        "schema": schema,
        "series": _whole(content.get("series"), SERIES_KEYS),
        "fields": _whole(content.get("fields"), FIELD_KEYS),
        "raw": kept,
        "changes": told,
    }


def made(
    schema: int, entries: Mapping[str, Entry], raw: Mapping[str, Mapping[str, Entry]], changes: list[Entry]
) -> Entry:
    """A manifest of these entries; those without days are of fields."""
    parts: dict[str, dict[str, Entry]] = {"series": {}, "fields": {}}
    for name, item in entries.items():
        parts["series" if "newest" in item else "fields"][name] = item
    kept = {key: dict(part) for key, part in raw.items()}
    return {"schema": schema, **parts, "raw": kept, "changes": bounded(changes)}


def entries(found: Entry) -> dict[str, Entry]:
    """What is said of every series and field; no id stands for both."""
    return {**found["series"], **found["fields"]}


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


def newest(entry: Entry) -> str:
    """The day of a series' newest value; a field is of the day it came."""
    return str(entry.get("newest") or entry["retrieved_at"][:10])


def hashes(found: Entry) -> set[str]:
    """The files of a generation."""
    return {item["sha256"] for item in entries(found).values()}


def _is_change(row: Any) -> bool:
    return isinstance(row, dict) and row.keys() == CHANGE_KEYS and isinstance(row["when"], str)


def _whole(part: Any, keys: set[str]) -> dict[str, Entry]:
    return {
        key: item
        for key, item in records(part)
        if keys <= item.keys() and HASH.fullmatch(str(item["sha256"]))
    }
