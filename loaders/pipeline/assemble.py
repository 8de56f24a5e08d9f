"""From the parsed parts of a series to the dataset that is stored: join, mark as provisional, flag, check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import xarray as xr

from loaders.dataset import contract, fields
from loaders.errors import NotData, NoValue
from loaders.quality import qc
from loaders.tables.items import FieldRow, Item, Series
from loaders.tables.schema import Source
from loaders.tables.vocabulary import Flag

Parse = Callable[[bytes, Any], xr.Dataset]
# Attributes that the store adds on open; they are no part of the stored file.
ADDED = ("retrieved_at", "payload_sha256", "history", "origin")


@dataclass(frozen=True)
class Assembled:
    """A checked dataset; of a series the flags to be expected: the source's own, those of a dry bed."""

    dataset: xr.Dataset
    given: np.ndarray | None = None


def assemble(
    row: Item,
    source: Source,
    parse: Parse,
    bodies: Sequence[bytes],
    *,
    retrieved: datetime,
    now: datetime,
    old: xr.Dataset | None,
) -> Assembled:
    """The dataset of ``row`` from all its answers; later answers win where two give the same time.

    A source of kind "extend" sends only what is missing: its points are laid over ``old``.
    Raises the errors of ``parse``, NotData where no answer holds a point, ContractError.
    """
    if isinstance(row, FieldRow):
        return Assembled(conform(parse(bodies[-1], row), row))
    assert isinstance(row, Series)
    parts = [contract.conform(part, row) for part in _parsed(parse, bodies, row)]
    if source.merge == "extend" and old is not None:
        parts.insert(0, _settled(old))
    joined = join(parts) if len(parts) > 1 else parts[0]
    if not joined.sizes["time"] or np.all(np.isnan(joined["value"].values)):
        raise NotData("no value in the answer")
    marked = mark_provisional(joined, source.provisional_days, retrieved)
    return Assembled(contract.check(qc.flag(marked, row, now=now)), qc.doubts(marked, row))


def conform(parsed: xr.Dataset, row: Item) -> xr.Dataset:
    """The parsed answer as its row wants it, checked. Raises SchemaChanged, ContractError."""
    if isinstance(row, FieldRow):
        return fields.conform(parsed, row)
    assert isinstance(row, Series)
    return contract.check(contract.conform(parsed, row))


def _parsed(parse: Parse, bodies: Sequence[bytes], row: Series) -> list[xr.Dataset]:
    """Every answer parsed; one of several pages may have nothing of this series.

    That the provider has published no value weighs more than that a page does not speak of the series.
    """
    found: list[xr.Dataset] = []
    empty: NotData | None = None
    for body in bodies:
        try:
            found.append(parse(body, row))
        except NotData as error:
            empty = empty if isinstance(empty, NoValue) else error
    if not found:
        raise empty or NotData("no answer")
    return found


def join(parts: Sequence[xr.Dataset]) -> xr.Dataset:
    """Conformed datasets of one series as one; the last part wins, and gives the attributes."""
    times = np.concatenate([part["time"].values for part in parts])
    _, back = np.unique(times[::-1], return_index=True)
    pick = times.size - 1 - back
    names = dict.fromkeys(str(name) for part in parts for name in part.data_vars)
    variables: dict[str, Any] = {}
    for name in names:
        sample = next(part[name] for part in reversed(parts) if name in part)
        filled = [part[name].values if name in part else _empty(sample, part) for part in parts]
        variables[name] = ("time", np.concatenate(filled)[pick], sample.attrs)
    return xr.Dataset(variables, coords={"time": times[pick]}, attrs=parts[-1].attrs)


def mark_provisional(dataset: xr.Dataset, days: int, retrieved: datetime) -> xr.Dataset:
    """Points of the ``days`` before ``retrieved`` (UTC) may still be revised; so may what the source says."""
    if not days:
        return dataset
    since = np.datetime64((retrieved - timedelta(days=days)).replace(tzinfo=None), "ns")
    recent = (dataset["time"].values > since) | (dataset["provisional"].values == 1)
    return dataset.assign(provisional=("time", recent.astype("int8"), dataset["provisional"].attrs))


def _settled(old: xr.Dataset) -> xr.Dataset:
    """What is stored, without the marks that only the newest retrieval can set."""
    flags = old["qc"].values.copy()
    flags[flags == Flag.NOT_EVALUATED] = Flag.PASS
    settled = old.assign(
        provisional=("time", np.zeros(flags.shape, dtype="int8"), old["provisional"].attrs),
        qc=("time", flags, old["qc"].attrs),
    )
    settled.attrs = {key: value for key, value in old.attrs.items() if key not in ADDED}
    return settled


def _empty(sample: xr.DataArray, part: xr.Dataset) -> np.ndarray:
    fill = np.nan if sample.dtype.kind == "f" else "" if sample.dtype.kind in "UO" else 0
    return np.full(part.sizes["time"], fill, dtype=sample.dtype)
