"""Series made of other series (pure). None is a measurement: each carries kind "derived" and its formula.

Inputs are datasets of the contract; their points flagged 4 or 9 are left out, and a result has the worst
flag of what it rests on and is provisional where one of them is. An uncertainty is one standard deviation,
NaN where an input states none; the attribute ``uncertainty`` says what it is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import xarray as xr

from loaders.dataset.contract import QC_ATTRIBUTES, usable
from loaders.errors import NoData
from loaders.quality.qc import worst

NORMAL = (1991, 2020)
# The share of its years that a base period needs, as the weather services ask of a normal.
SHARE_OF_YEARS = 0.8
MIN_YEARS = 30


def volume_change(level: xr.Dataset, area_km2: float, *, area_error_km2: float = 0.0) -> xr.Dataset:
    """Water gained from one year to the next, km3, at 1 January of the later year.

    dV = (L[y] - L[y-1]) A / 1000, with L the yearly mean levels in m of one height system and A the area in
    km2, taken as constant. Uncertainty: sqrt((A/1000)2 (sL[y]2 + sL[y-1]2) + (dL sA/1000)2). It is not a
    water balance: between two yearly means lie the middles of the years, and the area changes with the level.
    Raises ValueError for a series that is no yearly level.
    """
    if level["value"].attrs.get("units") != "m" or level.attrs.get("cadence") != "year":
        raise ValueError("a yearly level in metres is needed")
    known = usable(level)
    years = known["time"].values.astype("datetime64[Y]").astype(int)
    later = np.flatnonzero(np.diff(years) == 1) + 1
    if not later.size:
        raise NoData("no two years follow one another")
    values, errors, flags = known["value"].values, _errors(known), known["qc"].values
    open_years = known["provisional"].values
    rise = values[later] - values[later - 1]
    by_level = area_km2 / 1000 * np.hypot(errors[later], errors[later - 1])
    return made(
        known["time"].values[later],
        rise * area_km2 / 1000,
        np.hypot(by_level, rise * area_error_km2 / 1000),
        worst(flags[later], flags[later - 1]),
        open_years[later] | open_years[later - 1],
        units="km3",
        of=[level],
        formula=f"(level of the year - level of the year before) x {area_km2:.0f} km2 / 1000",
        uncertainty=f"of both levels, and of an area known to {area_error_km2:.0f} km2",
    )


def long_term_mean(flow: xr.Dataset, first: int, last: int) -> tuple[float, float, int]:
    """Mean of the yearly values of the years ``first`` to ``last``, its standard error, and their number.

    mean = sum q / n; error = s / sqrt(n) with s the sample standard deviation; years are taken as independent
    of one another, which makes the error too small for a river with long dry spells. Raises NoData for fewer
    than 30 years.
    """
    known = usable(flow)
    years = known["time"].values.astype("datetime64[Y]").astype(int) + 1970
    values = known["value"].values[(years >= first) & (years <= last)]
    if values.size < MIN_YEARS:
        raise NoData(f"{values.size} years between {first} and {last}; a long-term mean needs {MIN_YEARS}")
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)), int(values.size)


def share_of_flow(change: xr.Dataset, mean_km3: float, mean_error_km3: float = 0.0) -> xr.Dataset:
    """A yearly volume as percent of a river's long-term yearly flow; its sign is that of the volume.

    p = 100 V / Q. Uncertainty: |100/Q| sqrt(sV2 + (V sQ / Q)2). It says how large a volume is, not where the
    water came from. Raises ValueError for other units than km3, or a flow of nought or less.
    """
    if change["value"].attrs.get("units") != "km3" or not mean_km3 > 0:
        raise ValueError("volumes in km3 and a flow above nought are needed")
    known = usable(change)
    values = known["value"].values
    error = 100 / mean_km3 * np.hypot(_errors(known), values * mean_error_km3 / mean_km3)
    return made(
        known["time"].values,
        100 * values / mean_km3,
        error,
        known["qc"].values,
        known["provisional"].values,
        units="%",
        of=[change],
        formula=f"100 x volume / {mean_km3:.1f} km3",
        uncertainty=f"of the volume, and of a mean flow known to {mean_error_km3:.1f} km3",
    )


def anomalies(
    dataset: xr.Dataset, *, step: Literal["month", "year"], base: tuple[int, int] = NORMAL
) -> xr.Dataset:
    """Differences from the mean of the base period: of the same calendar month, or of all years.

    a[t] = v[t] - mean(v in the base period, in the month of t). Uncertainty: sqrt(sv2 + s2/n), with s and n
    the sample standard deviation and number of the base values. Attribute ``base_period``. Raises NoData
    where a month has less than four fifths of the years of the base period.
    """
    known = usable(dataset)
    times, values = known["time"].values, known["value"].values
    years = times.astype("datetime64[Y]").astype(int) + 1970
    season = times.astype("datetime64[M]").astype(int) % 12 if step == "month" else np.zeros_like(years)
    needed = SHARE_OF_YEARS * (base[1] - base[0] + 1)
    found, errors = np.empty(values.shape), np.empty(values.shape)
    for part in np.unique(season):
        here = season == part
        inside = here & (years >= base[0]) & (years <= base[1])
        number = np.unique(years[inside]).size
        if number < needed:
            what = f"month {part + 1}" if step == "month" else "the series"
            raise NoData(f"{number} years of {what} in {base[0]}-{base[1]}; {needed:g} are needed")
        found[here] = values[here] - values[inside].mean()
        errors[here] = np.hypot(_errors(known)[here], values[inside].std(ddof=1) / np.sqrt(inside.sum()))
    result = made(
        times,
        found,
        errors,
        known["qc"].values,
        known["provisional"].values,
        units=str(known["value"].attrs.get("units", "")),
        of=[dataset],
        formula=f"value - mean of {base[0]}-{base[1]}" + (", same month" if step == "month" else ""),
        uncertainty="of the value, and of the mean of the base period; none where the value states none",
    )
    return result.assign_attrs(base_period=f"{base[0]}-{base[1]}")


def precipitation_less_evaporation(rain: xr.Dataset, evaporation: xr.Dataset) -> xr.Dataset:
    """Rain less evaporation of one place, in the unit and for the times that both have.

    d = P - E. Uncertainty: sqrt(sP2 + sE2). A reference evapotranspiration is what grass would evaporate, not
    what a sea does: such a difference shows dry and wet years, not the water budget of the sea. Raises
    ValueError for two places or two units, NoData without a common time.
    """
    units = str(rain["value"].attrs.get("units"))
    if evaporation["value"].attrs.get("units") != units:
        raise ValueError("both must be in one unit")
    if rain.attrs.get("place") != evaporation.attrs.get("place"):
        raise ValueError("both must be of one place")
    one, other = usable(rain), usable(evaporation)
    times, left, right = np.intersect1d(one["time"].values, other["time"].values, return_indices=True)
    if not times.size:
        raise NoData("no common time")
    return made(
        times,
        one["value"].values[left] - other["value"].values[right],
        np.hypot(_errors(one)[left], _errors(other)[right]),
        worst(one["qc"].values[left], other["qc"].values[right]),
        one["provisional"].values[left] | other["provisional"].values[right],
        units=units,
        of=[rain, evaporation],
        formula="precipitation - evaporation",
        uncertainty="of both; none where one of them states none",
    )


def _errors(dataset: xr.Dataset) -> np.ndarray:
    return (
        dataset["uncertainty"].values if "uncertainty" in dataset else np.full(dataset.sizes["time"], np.nan)
    )


def made(
    times: np.ndarray,
    values: np.ndarray,
    errors: np.ndarray,
    flags: np.ndarray,
    provisional: np.ndarray,
    *,
    of: Sequence[xr.Dataset],
    **stated: Any,
) -> xr.Dataset:
    """The result; ``stated`` are its ``units``, ``formula`` and ``uncertainty``."""
    units = {"units": stated["units"]}
    return xr.Dataset(
        {
            "value": ("time", np.asarray(values, "float64"), units),
            "uncertainty": ("time", np.asarray(errors, "float64"), units),
            "qc": ("time", np.asarray(flags, "int8"), QC_ATTRIBUTES),
            "provisional": ("time", np.asarray(provisional, "int8")),
        },
        coords={"time": times},
        attrs={
            "kind": "derived",
            "inputs": " ".join(str(part.attrs.get("series_id", "?")) for part in of),
            **stated,
        },
    )
