"""NOAA Coral Reef Watch CoralTemp: daily surface temperature on 0.05 degrees, of which every fifth point.

A year of the whole grid over the Caspian would be 60 MB; points 0.25 degrees apart tell its mean as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import xarray as xr

from loaders.sources.shared import sea_temperature
from loaders.tables.items import Series
from loaders.transport.question import Held, Request

# The axis of latitudes runs from north to south.
PRODUCT = sea_temperature.Product(
    dataset="dhw_5km", variable="CRW_SST", since=date(1985, 5, 1), northwards=False, stride=5
)


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """The newest months, then one year further back in each run."""
    return sea_temperature.requests(PRODUCT, rows, held)


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """One whole month."""
    return sea_temperature.probe(PRODUCT, rows, today)


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """Monthly means of the sea, see ``loaders.sources.shared.sea_temperature``."""
    return sea_temperature.parse(PRODUCT, raw, row)
