"""Writes a chart's table, without a line end behind its last row, and its description."""

from __future__ import annotations

import json
from collections.abc import Mapping

NAMES = {
    "AZE": "Azerbaijan",
    "IRN": "Iran",
    "KAZ": "Kazakhstan",
    "KGZ": "Kyrgyzstan",
    "RUS": "Russia",
    "TJK": "Tajikistan",
    "TKM": "Turkmenistan",
    "UZB": "Uzbekistan",
    "OWID_WRL": "World",
}


def table(
    values: Mapping[str, Mapping[int, float | None]],
    *,
    column: str = "emissions_total",
    short: bool = True,
    world: float = 38_000_000_000.0,
) -> bytes:
    """Sorted by entity and year; ``short`` names come in lower case. World stands last."""
    head = ["entity", "code", "year"] if short else ["Entity", "Code", "Year"]
    lines = [",".join([*head, column])]
    everything = {**values, "OWID_WRL": {2024: world}}
    for code in sorted(everything, key=NAMES.__getitem__):
        for year, value in sorted(everything[code].items()):
            lines.append(f"{NAMES[code]},{code},{year},{'' if value is None else value}")
    return "\n".join(lines).encode()


def description(unit: str, *, column: str = "emissions_total", cited: str = "A source (2025)") -> bytes:
    found = {
        "chart": {
            "title": "A chart",
            "citation": cited,
            "originalChartUrl": "https://ourworldindata.org/grapher/a",
        },
        "columns": {
            column: {
                "titleShort": "A title",
                "unit": unit,
                "shortUnit": unit[:1],
                "timespan": "1750-2024",
                "type": "Numeric",
                "shortName": column,
                "lastUpdated": "2025-11-13",
                "nextUpdate": "2026-11-13",
                "citationShort": cited,
                "citationLong": cited,
            }
        },
        "dateDownloaded": "2026-08-10",
    }
    return json.dumps(found).encode()
