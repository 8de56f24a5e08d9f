"""What every series must be, and how a parsed answer is made into it.

One series = one quantity, one place, one source, one datum:

==================  ====================================================================================
``time``            datetime64[ns], UTC calendar, strictly increasing
``value(time)``     float64 in the indicator's canonical unit; NaN = missing
``qc(time)``        int8 QARTOD flag: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing
``uncertainty``     float64, one standard deviation in the same unit; only where the source states it
``provisional``     int8 0/1: subject to revision
optional            ``mission``, ``note``, ``source_url``, ``period_start``, ``period_end``, ``value_other``
derived             ``spread`` of the sources behind a value, and ``sources``, their number
==================  ====================================================================================
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from loaders.dataset.units import convert
from loaders.errors import ContractError
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Item, Series
from loaders.tables.vocabulary import Flag

CONVENTIONS = "CF-1.11"
NUMBERS = ("value", "uncertainty", "value_other", "spread")
FLAGS = ("qc", "provisional", "mission", "sources")
TEXTS = ("note", "source_url", "period_start", "period_end")
REQUIRED = (
    "series_id",
    "sea",
    "indicator",
    "title",
    "units",
    "cell_methods",
    "source",
    "source_url",
    "licence",
    "citation",
    "kind",
    "provenance_grade",
    "independence_group",
    "Conventions",
)
QC_ATTRIBUTES = {
    "long_name": "quality flag",
    "standard_name": "aggregate_quality_flag",
    "flag_values": np.array([flag.value for flag in Flag], dtype="int8"),
    "flag_meanings": " ".join(flag.name.lower() for flag in Flag),
}


def conform(parsed: xr.Dataset, row: Series) -> xr.Dataset:
    """Sort, collapse repeated times (the last row wins), convert the unit, and add the row's attributes.

    ``parsed`` has the dimension ``time``, ``value(time)`` with a ``units`` attribute, and any of the optional
    variables. Its attributes ``provider_version``, ``datum_note``, ``basin`` and ``caveat`` are kept.
    Raises SchemaChanged where the unit cannot be converted.
    """
    times = parsed["time"].values.astype("datetime64[ns]")
    order = np.argsort(times, kind="stable")
    last = np.append(times[order][1:] != times[order][:-1], True) if times.size else np.array([], dtype=bool)
    pick = order[last]
    unit = str(parsed["value"].attrs.get("units", row.unit))
    variables: dict[str, tuple] = {}
    for name in NUMBERS:
        if name in parsed:
            numbers = convert(parsed[name].values[pick], unit, row.unit)
            variables[name] = ("time", numbers, {"units": row.unit})
    for name in FLAGS:
        if name in parsed:
            variables[name] = ("time", parsed[name].values[pick].astype("int8"), dict(parsed[name].attrs))
    for name in TEXTS:
        if name in parsed:
            variables[name] = ("time", parsed[name].values[pick].astype(str))
    variables.setdefault("qc", ("time", np.full(pick.size, Flag.PASS, dtype="int8")))
    variables.setdefault("provisional", ("time", np.zeros(pick.size, dtype="int8")))
    dataset = xr.Dataset(variables, coords={"time": times[pick]}, attrs=attributes(row, parsed.attrs))
    dataset["qc"].attrs = QC_ATTRIBUTES
    standard_name = catalogue().indicators[row.indicator].standard_name
    if standard_name:
        dataset["value"].attrs["standard_name"] = standard_name
    dataset["value"].attrs |= {"long_name": row.title, "cell_methods": row.cell_methods}
    return dataset


def attributes(row: Item, given: dict | None = None) -> dict[str, str]:
    """The lasting attributes of a series or field: the catalogue's, and what the file itself said."""
    tables, own = catalogue(), dict(row)
    source, given = tables.sources[row.source], given or {}
    credit = tables.credits[own["credit"]] if own.get("credit") else None
    found = {
        "Conventions": CONVENTIONS,
        "series_id": row.id,
        "title": row.title,
        "sea": row.sea,
        "basin": given.get("basin") or row.basin,
        "place": row.place,
        "zone": own.get("zone"),
        "indicator": own.get("indicator"),
        "units": own.get("unit"),
        "cell_methods": own.get("cell_methods"),
        "datum": row.datum,
        "datum_note": given.get("datum_note") or row.datum_note,
        "source": credit.source if credit else source.label,
        "source_id": row.source,
        "source_label": credit.label if credit else source.label,
        "source_url": credit.source_url if credit else source.page or source.url,
        "licence": given.get("licence") or (credit.licence if credit else source.licence),
        "citation": credit.citation if credit else source.citation,
        "provider_version": given.get("provider_version"),
        "kind": row.kind,
        "provenance_grade": row.provenance_grade,
        "independence_group": row.independence_group,
        "cadence": own.get("cadence"),
        "base_period": own.get("base_period"),
        "experimental": "yes" if own.get("experimental") else None,
        "caveat": " ".join(text for text in (row.caveat, given.get("caveat")) if text) or None,
    }
    return {key: str(value) for key, value in found.items() if value is not None}


def check(dataset: xr.Dataset) -> xr.Dataset:
    """The dataset itself if it keeps the contract, else ContractError naming the series and the rule."""
    series = str(dataset.attrs.get("series_id", "?"))

    def require(holds: bool, rule: str) -> None:
        if not holds:
            raise ContractError(series, rule)

    require(set(dataset.dims) == {"time"}, "the only dimension is time")
    times = dataset["time"].values
    require(times.dtype == np.dtype("datetime64[ns]"), "time is datetime64[ns]")
    require(times.size > 0, "at least one point")
    require(bool(np.all(times[1:] > times[:-1])), "time is strictly increasing")
    require(not bool(np.any(np.isnat(times))), "no missing time")
    for name in ("value", "qc", "provisional"):
        require(name in dataset, f"{name} is there")
    for name in NUMBERS:
        require(name not in dataset or dataset[name].dtype == np.float64, f"{name} is float64")
    for name in FLAGS:
        require(name not in dataset or dataset[name].dtype == np.int8, f"{name} is int8")
    values, flags = dataset["value"].values, dataset["qc"].values
    require(not bool(np.any(np.isinf(values))), "no infinite value")
    require(set(np.unique(flags)) <= {flag.value for flag in Flag}, "qc holds QARTOD flags only")
    require(bool(np.all(flags[np.isnan(values)] == Flag.MISSING)), "a missing value carries flag 9")
    for name in REQUIRED:
        require(bool(dataset.attrs.get(name)), f"attribute {name} is there")
    if dataset.attrs["indicator"] == "level":
        require(bool(dataset.attrs.get("datum")), "a level names its datum")
    return dataset


def usable(dataset: xr.Dataset) -> xr.Dataset:
    """The points that may enter a mean or a trend: flags 4 and 9 left out, in time or by level."""
    if "qc" not in dataset:
        return dataset
    return dataset.isel({dataset["qc"].dims[0]: ~np.isin(dataset["qc"].values, (Flag.FAIL, Flag.MISSING))})
