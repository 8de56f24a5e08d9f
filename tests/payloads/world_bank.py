"""Writes answers as the World Bank's API v2 sends them: a list of a head and rows, or of one message."""

from __future__ import annotations

import json
from collections.abc import Mapping

ISO2 = {
    "KAZ": "KZ",
    "UZB": "UZ",
    "TKM": "TM",
    "KGZ": "KG",
    "TJK": "TJ",
    "AZE": "AZ",
    "RUS": "RU",
    "IRN": "IR",
}
NAMES = {
    "KAZ": "Kazakhstan",
    "UZB": "Uzbekistan",
    "TKM": "Turkmenistan",
    "KGZ": "Kyrgyz Republic",
    "TJK": "Tajikistan",
    "AZE": "Azerbaijan",
    "RUS": "Russian Federation",
    "IRN": "Iran, Islamic Rep.",
}


def rows(code: str, values: Mapping[str, Mapping[int, float | None]]) -> list[dict]:
    """One row per country and year, grouped by country, newest year first."""
    return [
        {
            "indicator": {"id": code, "value": "A name"},
            "country": {"id": ISO2[iso3], "value": NAMES[iso3]},
            "countryiso3code": iso3,
            "date": str(year),
            "value": years[year],
            "unit": "",
            "obs_status": "",
            "decimal": 1,
        }
        for iso3, years in values.items()
        for year in sorted(years, reverse=True)
    ]


def answer(
    items: list[dict] | None,
    *,
    page: int = 1,
    pages: int = 1,
    per_page: int | str = 20_000,
    source: str | None = "2",
) -> bytes:
    head = {
        "page": page,
        "pages": pages,
        "per_page": per_page,
        "total": len(items or ()) * pages,
        "sourceid": source,
        "sourcename": source and "World Development Indicators",
        "lastupdated": "2026-07-15",
    }
    return json.dumps([head, items], separators=(",", ":")).encode()


def message(*messages: tuple[str, str, str]) -> bytes:
    """An error, which comes with status 200: each message is id, key and words."""
    found = [{"id": code, "key": key, "value": words} for code, key, words in messages]
    return json.dumps([{"message": found}], separators=(",", ":")).encode()
