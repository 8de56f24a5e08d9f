"""Open stored series: the live one as a whole if it is there and undamaged, else the embedded one."""

from __future__ import annotations

from contextlib import suppress

import xarray as xr

from loaders import baseline, netcdf, pairs, store
from loaders.assemble import fitting
from loaders.catalogue import catalogue, find_series
from loaders.errors import Asking, Cache, Checks, LoadError, NoData
from loaders.model import Series

ORIGINS = ("best", "live", "baseline")


def open_series(series_id: str, origin: str) -> xr.Dataset:
    """A best series is marked where another record of the same sea disagrees with it.

    Raises UnknownSeries, NoData, or CacheCorrupt or ContractError where the only copy is not sound.
    """
    row = find_series(series_id)
    if origin not in ORIGINS:
        raise Asking(f"unknown origin {origin!r}; one of {', '.join(ORIGINS)}")
    dataset = _stored(series_id, row, origin)
    others = [one for one in catalogue().series.values() if pairs.comparable(row, one)]
    for other in others if origin == "best" else ():
        with suppress(LoadError):
            dataset = pairs.marked(dataset, _stored(other.id, other, origin))
    return netcdf.freeze(dataset)


def _stored(series_id: str, row: Series, origin: str) -> xr.Dataset:
    if origin == "baseline":
        return _embedded(series_id)
    try:
        return fitting(store.read(series_id), row)
    except (NoData, Cache, Checks) as live:
        if origin == "live":
            raise
        try:
            return _embedded(series_id)
        except NoData:
            raise live from None


def open_all() -> dict[str, xr.Dataset]:
    found = {}
    for series_id in catalogue().series:
        try:
            found[series_id] = open_series(series_id, "best")
        except LoadError:
            continue
    return found


def _embedded(series_id: str) -> xr.Dataset:
    dataset = baseline.read(series_id)
    known = baseline.manifest()["series"][series_id]
    dataset.attrs |= {"origin": "baseline", "payload_sha256": known["sha256"], "history": known["how"]}
    return dataset
