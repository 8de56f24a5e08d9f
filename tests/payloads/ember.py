"""Writes answers of Ember's API: counts, then one record per country, year and kind of power station."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Records = Sequence[Mapping[str, Any]]


def intensity(values: Mapping[str, Mapping[int, float | None]]) -> list[dict[str, Any]]:
    return [
        {**_head(iso3, year), "emissions_intensity_gco2_per_kwh": value}
        for iso3, years in values.items()
        for year, value in years.items()
    ]


def generation(
    iso3: str, series: str, years: Mapping[int, tuple[float | None, float | None]], *, aggregate: bool = False
) -> list[dict[str, Any]]:
    """Each year is TWh and the share of all generation in percent."""
    return [
        {
            **_head(iso3, year),
            "series": series,
            "is_aggregate_series": aggregate,
            "generation_twh": twh,
            "share_of_generation_pct": share,
        }
        for year, (twh, share) in years.items()
    ]


def answer(records: Records, *, announced: int | None = None) -> bytes:
    stats = {
        "timestamp": "2026-08-28T00:00:00Z",
        "number_of_records": len(records) if announced is None else announced,
    }
    return json.dumps({"stats": stats, "data": list(records)}).encode()


def _head(iso3: str, year: int) -> dict[str, Any]:
    return {
        "entity": f"Land {iso3}",
        "entity_code": iso3,
        "is_aggregate_entity": False,
        "date": str(year),
    }
