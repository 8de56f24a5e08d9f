"""Writes a country's year as Climate TRACE's API v7 answers: totals by month, or nulls."""

from __future__ import annotations

import json
from collections.abc import Sequence

GAS = "co2e_100yr"


def answer(
    iso3: str, year: int, months: Sequence[float | None] | None, *, gas: str = GAS, name: str = "A country"
) -> bytes:
    """``months`` in tonnes from January on; None for a year without data, which has a total of nought."""
    series = None
    if months is not None:
        series = [
            {"year": year, "month": number, "gas": gas, "emissionsQuantity": value}
            for number, value in enumerate(months, 1)
        ]
    total = sum(value or 0 for value in months or ())
    nothing = {"summaries": None, "timeseries": None}
    return json.dumps(
        {
            "location": {"name": name, "gadmId": iso3, "country": iso3},
            "totals": {
                "summaries": [{"gas": gas, "emissionsQuantity": total, "percentage": 100}],
                "timeseries": series,
            },
            "sectors": nothing,
            "subsectors": nothing,
        }
    ).encode()
