"""What one manifest says, with whatever is not well formed left out: its hashes become file names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Entry = dict[str, Any]
HASH = re.compile(r"[0-9a-f]{64}")
FIELD_KEYS = {"sha256", "retrieved_at", "payload_sha256", "history"}
SERIES_KEYS = FIELD_KEYS | {"first", "newest", "points"}
RAW_KEYS = {"sha256", "url", "base", "time", "status", "validators", "series"}


def sound(content: Entry, schema: int) -> Entry:
    """``{"schema", "series", "fields", "raw"}`` of a manifest; empty where it is of another schema."""
    if content.get("schema") != schema:
        content = {}
    raw = content.get("raw")
    kept = {key: _whole(part, RAW_KEYS) for key, part in raw.items()} if isinstance(raw, dict) else {}
    return {
        "schema": schema,
        "series": _whole(content.get("series"), SERIES_KEYS),
        "fields": _whole(content.get("fields"), FIELD_KEYS),
        "raw": kept,
    }


def made(schema: int, entries: Mapping[str, Entry], raw: Mapping[str, Mapping[str, Entry]]) -> Entry:
    """A manifest of these entries; those without days are of fields."""
    parts: dict[str, dict[str, Entry]] = {"series": {}, "fields": {}}
    for name, item in entries.items():
        parts["series" if "newest" in item else "fields"][name] = item
    return {"schema": schema, **parts, "raw": {key: dict(part) for key, part in raw.items()}}


def entries(found: Entry) -> dict[str, Entry]:
    """What is said of every series and field; no id stands for both."""
    return {**found["series"], **found["fields"]}


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


def _whole(part: Any, keys: set[str]) -> dict[str, Entry]:
    return {
        key: item
        for key, item in records(part)
        if keys <= item.keys() and HASH.fullmatch(str(item["sha256"]))
    }
