"""NOAA OISST v2.1: daily surface temperature on 0.25 degrees; of the two seas it knows the Caspian only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import xarray as xr

from loaders.sources.shared import sea_temperature
from loaders.tables.items import Series
from loaders.transport import erddap
from loaders.transport.question import Held, Request

PRODUCT = sea_temperature.Product(
    dataset="ncdcOisst21Agg_LonPM180",
    variable="sst",
    since=date(1981, 9, 1),
    northwards=True,
    depth=erddap.span("0.0"),
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
