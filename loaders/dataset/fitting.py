"""A stored dataset under the row of today."""

from __future__ import annotations

import xarray as xr

from loaders.dataset import contract, fields
from loaders.errors import ContractError
from loaders.tables.items import FieldRow, Item, Series


def fitting(dataset: xr.Dataset, row: Item) -> xr.Dataset:
    """The stored dataset, if what another release stored still has today's unit and zero."""
    if isinstance(row, FieldRow):
        return fields.check(dataset, row)
    assert isinstance(row, Series)
    for name, wanted in (("units", row.unit), ("datum", row.datum)):
        if dataset.attrs.get(name) != wanted:
            raise ContractError(row.id, f"{name} is {wanted}; run refresh --force")
    return contract.check(dataset)
