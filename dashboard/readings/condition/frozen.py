"""The constants that were fixed before any level after the speech was looked at: baselines and placebo bands.

``frozen.toml`` is made by ``freeze()`` from the embedded record before the speech and never changes with new
data. Its checksum covers every number; a test makes the table again.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from dashboard.readings.condition.fit import placebo, yearly
from dashboard.readings.condition.fit.estimates import Band, Guarded
from dashboard.series.level.levels import CM
from dashboard.series.periods import SPEECH, annual_means, monthly_means
from loaders.errors import CatalogueError

FILE = Path(__file__).with_name("frozen.toml")
BASELINES = ("2006-01", "2014-01", "2018-01")
BEFORE_END = np.datetime64("2023-10", "M")
AFTER_START = np.datetime64("2023-12", "M")
# The records that the bands are made of: the satellite months, and a century of gauge years of the whole sea.
MONTHLY, YEARLY = "caspian-level-dahiti", "caspian-level-kazhydromet-annual"
Key = tuple[int, int]


@dataclass(frozen=True)
class Bands:
    """The bands of one water body by length before and after, in months or in years; cm a year."""

    place: str
    monthly: Mapping[Key, Band]
    yearly: Mapping[Key, Band]

    def of_months(self, before: int, after: int) -> Guarded | None:
        """The band that decides for so many months before and after, widened by the century's list."""
        century = self.yearly.get((round(before / 12), after // 12))
        return placebo.guarded(self.monthly[before, after], self.monthly[placebo.TEN_YEARS, after], century)

    def of_years(self, before: int, after: int) -> Guarded | None:
        """The band that decides for so many whole years before and after."""
        return placebo.guarded(self.yearly[before, after], self.yearly[yearly.BEFORE, after])


def months_before(start: str) -> int:
    """Months of a baseline: from its first month to October 2023."""
    return int((BEFORE_END - np.datetime64(start, "M")).astype(int)) + 1


@cache
def bands_of(place: str) -> Bands | None:
    """The frozen bands of a water body; None where none were made. Raises CatalogueError on a wrong sum."""
    content = load(FILE)
    rows = [row for row in content["band"] if row["place"] == place]
    if not rows:
        return None
    found = [_band(row) for row in rows]
    steps = {step: {(b.before, b.after): b for b in found if b.step == step} for step in ("month", "year")}
    return Bands(place, steps["month"], steps["year"])


def load(path: Path) -> dict[str, Any]:
    """The table, its checksum compared."""
    content = tomllib.loads(path.read_text("utf-8"))
    if content["checksum"] != checksum(content):
        raise CatalogueError(f"{path.name}: checksum: the frozen numbers were changed")
    return content


def freeze(monthly: xr.Dataset, years: xr.Dataset) -> dict[str, Any]:
    """The table from the two records; what they hold after the speech has no part in it."""
    months, values = monthly_means(monthly, SPEECH)
    numbers, means = annual_means(years, SPEECH)
    numbers = numbers.astype(int) + 1970
    lengths = [*(months_before(start) for start in BASELINES), placebo.TEN_YEARS]
    made = [placebo.band(months, values * CM, b, a) for a in placebo.AFTERS for b in sorted(set(lengths))]
    made += [yearly.band(numbers, means * CM, b, a) for a in yearly.AFTERS for b in yearly.BEFORES]
    place = monthly.attrs["place"]
    content: dict[str, Any] = {
        "schema": 1,
        "unit": "cm a year",
        "monthly": monthly.attrs["series_id"],
        "yearly": years.attrs["series_id"],
        "baseline": [{"start": start, "end": str(BEFORE_END), "months": months_before(start)}
                     for start in BASELINES],
        "band": [{"place": place, **_row(band)} for band in made if band.count],
    }  # fmt: skip
    return {"checksum": checksum(content), **content}


def checksum(content: Mapping[str, Any]) -> str:
    """sha256 of everything but the checksum itself."""
    rest = {key: value for key, value in content.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def as_toml(content: Mapping[str, Any]) -> str:
    """The table as it is stored; plain values first, then one table per row."""
    lines = ["# Made by `python -m dashboard.readings.condition.frozen`; not edited by hand.", ""]
    rows = {key: value for key, value in content.items() if isinstance(value, list)}
    lines += [f"{key} = {json.dumps(value)}" for key, value in content.items() if key not in rows]
    for key, tables in rows.items():
        for table in tables:
            lines += ["", f"[[{key}]]", *_fields(table)]
    return "\n".join(lines) + "\n"


def _fields(table: Mapping[str, Any]) -> Iterable[str]:
    for name, value in table.items():
        if not isinstance(value, list):
            yield f"{name} = {json.dumps(value)}"
            continue
        yield f"{name} = ["
        for at in range(0, len(value), 12):
            yield "  " + ", ".join(json.dumps(item) for item in value[at : at + 12]) + ","
        yield "]"


def _row(band: Band) -> dict[str, Any]:
    return asdict(band) | {"values": list(band.values)}


def _band(row: Mapping[str, Any]) -> Band:
    fields = {key: value for key, value in row.items() if key != "place"}
    return replace(Band(**fields), values=tuple(row["values"]))


def main() -> None:
    import loaders

    records = (loaders.open_series(name, origin="baseline") for name in (MONTHLY, YEARLY))
    FILE.write_text(as_toml(freeze(*records)), "utf-8")


if __name__ == "__main__":
    main()
