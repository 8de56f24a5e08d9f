"""The only place where a value changes its unit. pint loads in 0.4 s, so it is imported on first use."""

from __future__ import annotations

from functools import cache

import numpy as np

from loaders.errors import SchemaChanged

# Providers' spellings that are not in CF's registry, or whose characters vary.
ALIASES = {
    "°c": "degC",
    "c": "degC",
    "celsius": "degC",
    "degree_c": "degC",
    "km²": "km2",
    "km^2": "km2",
    "km³": "km3",
    "m³/s": "m3 s-1",
    "m/s": "m s-1",
    "km/h": "km h-1",
    "mt co2e": "Mt",
    "t co2e": "t",
}


def convert(values: np.ndarray, given: str, wanted: str) -> np.ndarray:
    """Values in ``given`` units as float64 in ``wanted`` units; NaN stays NaN.

    Raises SchemaChanged where the two do not measure the same thing.
    """
    values = np.asarray(values, dtype="float64")
    source, target = _plain(given), _plain(wanted)
    if source == target:
        return values
    try:
        quantity = _registry().Quantity(values, source)
        return np.asarray(quantity.to(target).magnitude, dtype="float64")
    except Exception as error:
        # Some texts, such as "kW-hr/m^2/day", break the reader of units itself.
        known = isinstance(error, (AttributeError, TypeError, ValueError))
        if known or type(error).__module__.startswith("pint"):
            raise SchemaChanged(f"unit {given!r} cannot be read as {wanted!r}") from None
        raise


def _plain(unit: str) -> str:
    text = " ".join(unit.split())
    return ALIASES.get(text.lower(), text)


@cache
def _registry():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for matplotlib, which nothing here needs
        from cf_xarray.units import units
    return units
