"""What every series must be, and how a parsed answer becomes one."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from loaders.dataset.contract import attributes, check, conform, usable
from loaders.dataset.units import convert
from loaders.errors import ContractError, SchemaChanged
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag

LEVEL = catalogue().series["caspian-level-gwm"]


def parsed(days, values, unit="m", **more) -> xr.Dataset:
    return xr.Dataset(
        {"value": ("time", np.array(values, dtype="float64"), {"units": unit}), **more},
        coords={"time": np.array(days, dtype="datetime64[ns]")},
    )


def good(values=(-28.0, -28.1)) -> xr.Dataset:
    days = np.datetime64("2020-01-01") + np.arange(len(values)) * 10
    return conform(parsed(days, values), LEVEL)


# ---- conform ----------------------------------------------------------------------------------------------


@pytest.mark.fault("S08", "S09")
def test_times_are_sorted_and_of_two_values_the_last_row_wins():
    days = ["2020-03-01", "2020-01-01", "2020-02-01", "2020-01-01"]
    made = conform(parsed(days, [3.0, 1.0, 2.0, 1.5]), LEVEL)
    assert made["value"].values.tolist() == [1.5, 2.0, 3.0]
    assert made["time"].values.astype(str).tolist() == [
        f"2020-0{month}-01T00:00:00.000000000" for month in (1, 2, 3)
    ]
    check(made)


@pytest.mark.parametrize(
    ("given", "unit", "wanted", "expected"),
    [
        (-2846.0, "cm", "m", -28.46),
        (100.0, "ft", "m", 30.48),
        (50.0, "degF", "degC", 10.0),
        (283.15, "K", "degC", 10.0),
        (36.0, "km/h", "m s-1", 10.0),
        (0.02, "m", "mm", 20.0),
        (1.5, "m³", "km3", 1.5e-9),
        (340e6, "t", "Mt", 340.0),
        (12.5, "°C", "degC", 12.5),
    ],
)
def test_units_are_converted_once(given, unit, wanted, expected):
    assert convert(np.array([given, np.nan]), unit, wanted)[0] == pytest.approx(expected, rel=1e-12)
    assert np.isnan(convert(np.array([given, np.nan]), unit, wanted)[1])


@pytest.mark.parametrize("unit", ["kg", "degC", "banana", "m2", ""])
def test_a_unit_of_something_else_is_a_changed_schema(unit):
    with pytest.raises(SchemaChanged, match="cannot be read as 'm'"):
        convert(np.array([1.0]), unit, "m")


def test_uncertainty_is_converted_with_the_value():
    made = conform(
        parsed(["2020-01-01"], [-2846.0], "cm", uncertainty=("time", [4.2], {"units": "cm"})), LEVEL
    )
    assert made["value"].values == pytest.approx(-28.46)
    assert made["uncertainty"].values == pytest.approx(0.042)
    assert made["uncertainty"].attrs["units"] == "m"


def test_flags_carry_their_meaning():
    flags = good()["qc"]
    assert flags.attrs["flag_values"].tolist() == [1, 2, 3, 4, 9]
    assert flags.attrs["flag_meanings"] == "pass not_evaluated suspect fail missing"
    assert good()["value"].attrs["standard_name"] == "water_surface_height_above_reference_datum"


def test_what_the_file_says_of_itself_is_kept_beside_the_catalogue():
    given = {"provider_version": "TPJOJS.2.5", "basin": "south-aral-west", "caveat": "From the file."}
    found = attributes(LEVEL, given)
    assert found["provider_version"] == "TPJOJS.2.5"
    assert found["basin"] == "south-aral-west"
    assert found["caveat"] == f"{LEVEL.caveat} From the file."
    assert found["datum"] == "egm2008-gwm"


# A derived row takes its terms from its inputs: test_deriving opens each of them.
STATED = [row for row in catalogue().series.values() if not row.derive]


@pytest.mark.parametrize("row", STATED, ids=lambda row: row.id)
def test_every_row_makes_a_dataset_that_keeps_the_contract(row: Series):
    made = check(conform(parsed(["2020-01-01", "2021-01-01"], [1.0, 2.0], row.unit), row))
    assert made.attrs["source_url"].startswith("https://")
    assert made.attrs["Conventions"] == "CF-1.11"
    assert None not in made.attrs.values()


# ---- check ------------------------------------------------------------------------------------------------


def broken(change) -> xr.Dataset:
    made = good()
    return change(made) or made


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda ds: ds.isel(time=slice(0, 0)), "at least one point"),
        (lambda ds: ds.isel(time=[1, 0]), "strictly increasing"),
        (lambda ds: ds.isel(time=[0, 0]), "strictly increasing"),
        (lambda ds: ds.drop_vars("qc"), "qc is there"),
        (lambda ds: ds.drop_vars("provisional"), "provisional is there"),
        (lambda ds: ds.astype("float32"), "float64"),
        (lambda ds: ds.assign(qc=("time", np.array([1, 1]))), "int8"),
        (lambda ds: ds.assign(qc=("time", np.array([1, 5], dtype="int8"))), "QARTOD"),
        (lambda ds: ds.assign(value=("time", [1.0, np.inf])), "infinite"),
        (lambda ds: ds.assign(value=("time", [1.0, np.nan])), "flag 9"),
        (lambda ds: ds.expand_dims("latitude"), "only dimension"),
        (lambda ds: ds.attrs.pop("datum") and None, "datum"),
        (lambda ds: ds.attrs.pop("licence") and None, "licence"),
        (lambda ds: ds.assign_attrs(citation=""), "citation"),
    ],
)
def test_a_broken_rule_is_named_with_the_series(change, rule):
    with pytest.raises(ContractError, match=rule) as caught:
        check(broken(change))
    assert caught.value.series == "caspian-level-gwm"


def test_a_year_in_days_is_refused():
    made = good()
    made["time"] = made["time"].astype("datetime64[s]")
    with pytest.raises(ContractError, match="datetime64"):
        check(made)


def test_usable_leaves_out_failed_and_missing_points_only():
    made = good([-28.0, -28.1, -28.2, -28.3, np.nan])
    made["qc"] = ("time", np.array([1, 2, 3, 4, 9], dtype="int8"))
    assert usable(made)["qc"].values.tolist() == [Flag.PASS, Flag.NOT_EVALUATED, Flag.SUSPECT]
