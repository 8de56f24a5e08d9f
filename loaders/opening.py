"""Open what is stored; a series live as a whole if that is there and undamaged, else the embedded one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import xarray as xr

from loaders import baseline, netcdf, store
from loaders.assemble import fitting
from loaders.catalogue import catalogue, find_field, find_series
from loaders.errors import Asking, Cache, Checks, LoadError, NoData

ORIGINS = ("best", "live", "baseline")


def open_series(series_id: str, origin: str) -> xr.Dataset:
    """Raises UnknownSeries, NoData, or CacheCorrupt or ContractError where the only copy is not sound."""
    row = find_series(series_id)
    if origin not in ORIGINS:
        raise Asking(f"unknown origin {origin!r}; one of {', '.join(ORIGINS)}")
    if origin == "baseline":
        return _embedded(series_id)
    try:
        return netcdf.freeze(fitting(store.read(series_id), row))
    except (NoData, Cache, Checks) as live:
        if origin == "live":
            raise
        try:
            return _embedded(series_id)
        except NoData:
            raise live from None


def open_field(field_id: str) -> xr.Dataset:
    """Raises UnknownSeries, NoData, CacheCorrupt or ContractError; the baseline has no fields."""
    row = find_field(field_id)
    return netcdf.freeze(fitting(store.read(field_id), row))


def open_item(item_id: str) -> xr.Dataset:
    """A series or a field, whichever has this id. Raises as they do."""
    return open_field(item_id) if item_id in catalogue().fields else open_series(item_id, "best")


def open_all() -> dict[str, xr.Dataset]:
    """Every series of which something sound is stored."""
    return _sound(catalogue().series, partial(open_series, origin="best"))


def open_fields() -> dict[str, xr.Dataset]:
    """Every field of which something sound is stored."""
    return _sound(catalogue().fields, open_field)


def _sound(ids: Iterable[str], opened: Callable[[str], xr.Dataset]) -> dict[str, xr.Dataset]:
    found = {}
    for name in ids:
        with suppress(LoadError):
            found[name] = opened(name)
    return found


def _embedded(series_id: str) -> xr.Dataset:
    dataset = baseline.read(series_id)
    known = baseline.manifest()["series"][series_id]
    dataset.attrs |= {"origin": "baseline", "payload_sha256": known["sha256"], "history": known["how"]}
    return netcdf.freeze(dataset)
