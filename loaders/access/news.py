"""What the refreshes did to the stored series, newest first: what came, what is held, what was built in."""

from __future__ import annotations

from typing import Any

from loaders.baseline import csv_tables
from loaders.cache import store
from loaders.errors import LoadError
from loaders.tables.catalogue import catalogue

KEYS = ("when", "series", "added", "changed", "removed", "largest", "unit", "outcome", "message")
NONE = {"added": 0, "changed": 0, "removed": 0, "largest": None}


def listed() -> list[dict[str, Any]]:
    """The stored updates, what is held now, and the baseline; newest first, in the keys of ``changes()``.

    ``largest`` is in ``unit`` and None where no value changed. The baseline stands at the day it was built,
    with no series and the number of its values as ``added``.
    """
    updates = [row | {"outcome": "updated"} for row in store.changes()]
    units = {name: dict(row).get("unit", "") for name, row in catalogue().items.items()}
    found = [row | {"unit": units[row["series"]]} for row in updates + _held() if row["series"] in units]
    newest_first = sorted(found + _embedded(), key=lambda row: row["when"], reverse=True)
    return [{key: row[key] for key in KEYS} for row in newest_first]


def _held() -> list[dict[str, Any]]:
    """What the last attempt did not believe; once it is accepted it is an update."""
    return [
        NONE
        | {"when": last["asked_at"], "series": name, "outcome": "held"}
        | {"message": f"{last['held']}: accept with --accept {name}"}
        for name, last in store.attempts()["series"].items()
        if last.get("held") and last.get("asked_at")
    ]


def _embedded() -> list[dict[str, Any]]:
    try:
        found = csv_tables.manifest()
    except LoadError:
        return []
    points = sum(entry["points"] for entry in found["series"].values())
    text = f"built in: {len(found['series'])} series with {points} values, {len(found['tables'])} tables"
    entry = {"when": found["built"], "series": None, "unit": "", "outcome": "baseline", "message": text}
    return [NONE | entry | {"added": points}]
