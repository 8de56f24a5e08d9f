"""Open what is stored; a series live as a whole if that is there and undamaged, else the embedded one."""

from __future__ import annotations

from contextlib import suppress

import xarray as xr

from loaders.baseline import csv_tables
from loaders.cache import store
from loaders.dataset import netcdf
from loaders.dataset.fitting import fitting
from loaders.errors import Asking, Cache, Checks, LoadError, NoData
from loaders.quality import pairs, qc
from loaders.tables.catalogue import catalogue, find_field, find_series
from loaders.tables.items import Series
from loaders.tables.lineage import partners

ORIGINS = ("best", "live", "baseline")


def open_series(series_id: str, origin: str) -> xr.Dataset:
    """A best series is marked where another record of the same sea disagrees with it.

    Raises UnknownSeries, NoData, or CacheCorrupt or ContractError where the only copy is not sound.
    """
    row = find_series(series_id)
    if origin not in ORIGINS:
        raise Asking(f"unknown origin {origin!r}; one of {', '.join(ORIGINS)}")
    return _opened(row, origin, {})


def open_all() -> dict[str, xr.Dataset]:
    found: dict[str, xr.Dataset] = {}
    known: dict[str, xr.Dataset] = {}
    for row in catalogue().series.values():
        try:
            found[row.id] = _opened(row, "best", known)
        except LoadError:
            continue
    return found


def _opened(row: Series, origin: str, known: dict[str, xr.Dataset]) -> xr.Dataset:
    """The series as it is shown; ``known`` keeps what was opened on the way to derived series."""
    if row.id not in known:
        made = _derived(row, origin, known) if row.derive else _beside(row, _stored(row, origin), origin)
        known[row.id] = netcdf.freeze(made)
    return known[row.id]


def _stored(row: Series, origin: str) -> xr.Dataset:
    if origin == "baseline":
        return _embedded(row.id)
    try:
        return fitting(store.read(row.id), row)
    except (NoData, Cache, Checks) as live:
        if origin == "live":
            raise
        try:
            return _embedded(row.id)
        except NoData:
            raise live from None


def open_field(field_id: str) -> xr.Dataset:
    """Raises UnknownSeries, NoData, CacheCorrupt or ContractError; the baseline has no fields."""
    row = find_field(field_id)
    return netcdf.freeze(fitting(store.read(field_id), row))


def open_item(item_id: str) -> xr.Dataset:
    """A series or a field, whichever has this id. Raises as they do."""
    return open_field(item_id) if item_id in catalogue().fields else open_series(item_id, "best")


def open_fields() -> dict[str, xr.Dataset]:
    """Every field of which something sound is stored."""
    found = {}
    for name in catalogue().fields:
        with suppress(LoadError):
            found[name] = open_field(name)
    return found


def _derived(row: Series, origin: str, known: dict[str, xr.Dataset]) -> xr.Dataset:
    """Computed from its inputs; as live as the newest of them."""
    from loaders.derived.deriving import derive

    assert row.derive is not None
    inputs = []
    for name in row.derive.inputs:
        try:
            inputs.append(_opened(find_series(name), origin, known))
        except NoData:
            raise NoData(f"{row.id}: no data yet: needs {name}; run refresh") from None
    made = derive(row, inputs)
    origins = {part.attrs["origin"] for part in inputs}
    retrieved = [part.attrs["retrieved_at"] for part in inputs if "retrieved_at" in part.attrs]
    made.attrs |= {"origin": "live" if "live" in origins else "baseline", "history": made.attrs["formula"]}
    made.attrs |= {"retrieved_at": max(retrieved)} if retrieved else {}
    return made


def _beside(row: Series, dataset: xr.Dataset, origin: str) -> xr.Dataset:
    """With the points suspect that a second record of the same quantity does not bear out."""
    for other, limit in partners(row, catalogue()):
        with suppress(LoadError):
            dataset = qc.apart(dataset, _stored(other, origin), limit)
    for other in catalogue().series.values():
        if origin == "best" and pairs.comparable(row, other):
            with suppress(LoadError):
                dataset = pairs.marked(dataset, _stored(other, origin))
    return dataset


def _embedded(series_id: str) -> xr.Dataset:
    dataset = csv_tables.read(series_id)
    known = csv_tables.manifest()["series"][series_id]
    dataset.attrs |= {"origin": "baseline", "payload_sha256": known["sha256"], "history": known["how"]}
    return dataset
