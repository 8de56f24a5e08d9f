"""Writes answers of the World Bank's climate portal as its clients describe them.

Synthetic: no answer as sent was at hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping


def years(first: int, values: list[float | None]) -> dict[str, float | None]:
    """A year is stamped with its July."""
    return {f"{first + offset}-07": value for offset, value in enumerate(values)}


def answer(countries: Mapping[str, Mapping[str, float | None]]) -> bytes:
    return json.dumps({"data": countries}, separators=(",", ":")).encode()
