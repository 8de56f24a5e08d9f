"""Rows of the catalogue and the register with their texts in another language; ids and numbers stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from dashboard.words.text import speaking, translate
from loaders.tables.vocabulary import Row

# The fields that a reader meets as words. Citations, licences, quoted fragments and names of files are none.
FIELDS: dict[str, tuple[str, ...]] = {
    "seas": ("label",),
    "places": ("label",),
    "bodies": ("label", "named", "part"),
    "indicators": ("label", "unit_label"),
    "datums": ("label", "words"),
    "series": ("title", "label"),
    "tables": ("title", "caveat"),
    "fields": ("title", "label", "caveat"),
    "commitments": (
        "short",
        "wording",
        "actor",
        "deadline",
        "what_would_help",
        "missing",
        "changes_reading",
    ),
    "targets": ("label", "unit", "who", "document", "caution"),
    "milestones": ("statement", "said_by", "looked_for"),
}
Rows = TypeVar("Rows")


def rows(english: Rows, lang: str) -> Rows:
    """The same record of mappings, each row with its words in ``lang``."""
    with speaking(lang):
        return replace(english, **{name: _table(getattr(english, name), name) for name in _tables(english)})  # type: ignore[type-var]


def _tables(record: Any) -> list[str]:
    return [name for name in FIELDS if hasattr(record, name)]


def _table(table: Mapping[str, Row], name: str) -> dict[str, Row]:
    return {key: _row(row, FIELDS[name]) for key, row in table.items()}


def _row(row: Row, fields: tuple[str, ...]) -> Row:
    words = {field: translate(text) for field in fields if (text := getattr(row, field))}
    return row.model_copy(update=words)
