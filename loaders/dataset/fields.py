"""What a field must be, and when a new one is not believed: things that do not change with time.

==========  ============================================================================================
table       ``area(level)`` km2, ``volume(level)`` km3, ``cells(level)``, ``qc(level)``; ``level`` m, rising
map         ``height(latitude, longitude)`` m, float32, NaN = left out; both axes ascending
==========  ============================================================================================

Heights and levels count from the field's ``datum``. The attributes are those of a series, less what only a
series has; ``reference_level`` is the level in m at which two fields are compared.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from loaders.dataset import contract
from loaders.errors import ContractError, SchemaChanged
from loaders.geometry import hypsometry
from loaders.tables.items import FieldRow

UNITS = {"level": "m", "area": "km2", "volume": "km3", "height": "m"}
FORMS = {
    "levels": (("level",), ("area", "volume", "cells", "qc")),
    "map": (("latitude", "longitude"), ("height",)),
}


def conform(parsed: xr.Dataset, row: FieldRow) -> xr.Dataset:
    """The parsed field with the row's attributes. Raises SchemaChanged for a unit, ContractError."""
    for name, unit in UNITS.items():
        if name in parsed.variables and parsed[name].attrs.get("units") != unit:
            raise SchemaChanged(f"{name} in {parsed[name].attrs.get('units')!r}, not in {unit}")
    given = {key: value for key, value in parsed.attrs.items() if isinstance(value, str)}
    attributes = given | contract.attributes(row, parsed.attrs)
    return check(parsed.assign_attrs(attributes | {"reference_level": row.level}), row)


def check(field: xr.Dataset, row: FieldRow) -> xr.Dataset:
    """The field itself if it is what its row promises, else ContractError naming the rule."""

    def require(holds: bool | np.bool_, rule: str) -> None:
        if not holds:
            raise ContractError(row.id, rule)

    axes, names = FORMS[row.form]
    require(set(field.dims) == set(axes), f"its dimensions are {' and '.join(axes)}")
    require(set(names) <= set(field.data_vars), f"it has {', '.join(names)}")
    require(field.attrs.get("datum") == row.datum, f"its datum is {row.datum}; run refresh --force")
    for axis in axes:
        require(np.all(np.diff(field[axis].values) > 0), f"{axis} is strictly increasing")
    if row.form == "levels":
        for name in ("area", "volume"):
            values = field[name].values
            require(np.all(np.isfinite(values)), f"{name} is finite")
            require(np.all(np.diff(values) >= 0), f"{name} never falls as the level rises")
    else:
        known = field["height"].values[~np.isnan(field["height"].values)]
        low, high = row.heights
        require(known.size > 0, "it has a height")
        require(low <= known.min() and known.max() <= high, f"heights lie within {low:g} to {high:g} m")
    area, (low, high) = hypsometry.area_at(field, row.level), row.area_km2
    rule = f"at {row.level:g} m the sea has {low:,.0f} to {high:,.0f} km2"
    require(low <= area <= high, f"{rule}; here it would have {area:,.0f}")
    return field
