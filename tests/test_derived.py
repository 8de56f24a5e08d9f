"""Derived series against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from loaders.baseline import csv_tables
from loaders.derived.consensus import level_consensus
from loaders.derived.formulas import (
    anomalies,
    long_term_mean,
    precipitation_less_evaporation,
    share_of_flow,
    volume_change,
)
from loaders.errors import NoData


def series(times, values, *, units="m", errors=None, qc=None, provisional=None, **attrs) -> xr.Dataset:
    """A dataset of the contract, as far as these functions look."""
    size = len(values)
    variables = {
        "value": ("time", np.array(values, "float64"), {"units": units}),
        "qc": ("time", np.array(qc if qc is not None else [1] * size, "int8")),
        "provisional": ("time", np.array(provisional or [0] * size, "int8")),
    }
    if errors is not None:
        variables["uncertainty"] = ("time", np.array(errors, "float64"))
    given = {"series_id": "a-level-b", "cadence": "year", "independence_group": "one", "place": "caspian"}
    return xr.Dataset(
        variables, coords={"time": np.array(times, "datetime64[ns]")}, attrs=given | {"units": units} | attrs
    )


def years(first: int, last: int) -> list[str]:
    return [f"{year}-01-01" for year in range(first, last + 1)]


def months(first: str, count: int) -> list[str]:
    return (np.datetime64(first, "M") + np.arange(count)).astype(str).tolist()


# ---- level to volume -------------------------------------------------------------------------------------


def test_ten_centimetres_on_380_000_km2_are_38_km3():
    made = volume_change(series(years(2020, 2022), [-28.2, -28.3, -28.25]), 380_000)
    assert made["value"].values == pytest.approx([-38.0, 19.0])
    assert made["time"].values.astype("datetime64[D]").astype(str).tolist() == ["2021-01-01", "2022-01-01"]
    assert (made["value"].attrs["units"], made.attrs["kind"]) == ("km3", "derived")
    assert made.attrs["inputs"] == "a-level-b"
    assert "380000 km2" in made.attrs["formula"]


def test_uncertainty_of_a_volume_by_hand():
    """Levels to 3 and 4 cm: 5 cm on 100,000 km2 = 5 km3; 1 m on 12,000 km2 = 12 km3; together 13 km3."""
    level = series(years(2020, 2021), [-28.0, -29.0], errors=[0.03, 0.04])
    assert volume_change(level, 100_000, area_error_km2=12_000)["uncertainty"].item() == pytest.approx(13.0)
    unknown = volume_change(series(years(2020, 2021), [-28.0, -29.0]), 100_000, area_error_km2=12_000)
    assert np.isnan(unknown["uncertainty"].item())


def test_no_change_is_taken_across_a_gap_or_a_failed_year():
    gap = series(["2018-01-01", "2019-01-01", "2021-01-01", "2022-01-01"], [0, 1, 5, 6])
    assert volume_change(gap, 1000)["value"].values.tolist() == [1.0, 1.0]
    failed = series(years(2018, 2021), [0, 9, 2, 3], qc=[1, 4, 1, 3])
    made = volume_change(failed, 1000)
    assert made["value"].values.tolist() == [1.0]
    assert made["qc"].values.tolist() == [3]
    with pytest.raises(NoData):
        volume_change(series(["2018-01-01", "2020-01-01"], [0, 1]), 1000)


@pytest.mark.parametrize("changes", [{"units": "km2"}, {"cadence": "10-day"}])
def test_only_a_yearly_level_makes_a_volume(changes):
    with pytest.raises(ValueError, match="yearly level"):
        volume_change(series(years(2018, 2020), [0, 1, 2], **changes), 1000)


# ---- share of a river's flow -----------------------------------------------------------------------------


def test_38_km3_are_a_sixth_of_the_volga():
    """Long-term mean of 1936-1996: 228.6 km3 a year (Caspian Environment Programme)."""
    change = series(["2021-01-01"], [-38.1], units="km3", errors=[3.0])
    made = share_of_flow(change, 228.6)
    assert made["value"].item() == pytest.approx(-100 / 6)
    assert made["uncertainty"].item() == pytest.approx(100 * 3 / 228.6)
    assert made["value"].attrs["units"] == "%"


def test_uncertainty_of_a_share_by_hand():
    """50 +- 3 of 100 +- 8: sqrt(3 2 + (50 x 8 / 100) 2) = 5 percent."""
    change = series(["2021-01-01"], [50.0], units="km3", errors=[3.0])
    assert share_of_flow(change, 100, 8)["uncertainty"].item() == pytest.approx(5.0)


def test_a_share_needs_volumes_and_a_flow():
    with pytest.raises(ValueError, match="km3"):
        share_of_flow(series(["2021-01-01"], [1.0]), 228.6)
    with pytest.raises(ValueError, match="nought"):
        share_of_flow(series(["2021-01-01"], [1.0], units="km3"), 0)


def test_long_term_mean_by_hand():
    """15 years of 230 and 15 of 250: mean 240, sample deviation sqrt(3000 / 29), error of the mean 1.857."""
    flow = series(years(1961, 1991), [230, 250] * 15 + [999], units="km3")
    mean, error, number = long_term_mean(flow, 1961, 1990)
    assert (mean, number) == (240.0, 30)
    assert error == pytest.approx(1.8570, abs=1e-4)
    with pytest.raises(NoData, match="29 years"):
        long_term_mean(flow, 1962, 1990)


def test_mean_flow_of_the_volga_is_near_the_published_one():
    """228.6 km3 for 1936-1996 in another source; the embedded list has its own gauge and begins later."""
    mean, error, number = long_term_mean(csv_tables.read("volga-runoff-kazhydromet"), 1936, 1996)
    assert number >= 55
    assert mean == pytest.approx(228.6, rel=0.06)
    assert 3 < error < 9


# ---- anomalies -------------------------------------------------------------------------------------------


def test_anomalies_of_a_year_by_hand():
    """30 base years of 10 and 12 in turn have the mean 11; 2021 with 14.5 stands 3.5 above."""
    yearly = series(years(1990, 2021), [99, *[10, 12] * 15, 14.5], units="degC")
    made = anomalies(yearly, step="year")
    assert made["value"].values[[0, 1, 2, -1]].tolist() == [88.0, -1.0, 1.0, 3.5]
    assert made.attrs["base_period"] == "1991-2020"
    assert made["value"].attrs["units"] == "degC"
    assert "1991-2020" in made.attrs["formula"]


def test_anomalies_of_a_month_are_against_the_same_month():
    """A year that goes 1 to 12 in each year has no anomaly; July 2021 two degrees warmer has one."""
    values = np.tile(np.arange(1.0, 13), 31)
    values[30 * 12 + 6] += 2
    made = anomalies(series(months("1991-01", 372), values, units="degC"), step="month")
    assert made["value"].values[30 * 12 + 6] == pytest.approx(2.0)
    assert np.abs(np.delete(made["value"].values, 30 * 12 + 6)).max() == pytest.approx(0, abs=1e-12)


def test_uncertainty_of_an_anomaly_by_hand():
    """15 times 10 and 12: deviation sqrt(30/29), error of the mean sqrt(1/29) = 0.186; values to 0.3."""
    yearly = series(years(1991, 2020), [10, 12] * 15, units="degC", errors=[0.3] * 30)
    expected = np.sqrt(0.3**2 + 1 / 29)
    assert anomalies(yearly, step="year")["uncertainty"].values == pytest.approx(expected)


@pytest.mark.parametrize(("known", "enough"), [(24, True), (23, False)])
def test_a_base_period_needs_four_fifths_of_its_years(known, enough):
    yearly = series(years(2021 - known, 2021), [10.0] * (known + 1), units="degC")
    if enough:
        assert anomalies(yearly, step="year")["value"].values.tolist() == [0.0] * 25
    else:
        with pytest.raises(NoData, match="23 years of the series in 1991-2020; 24 are needed"):
            anomalies(yearly, step="year")


def test_failed_values_enter_neither_base_nor_result():
    yearly = series(years(1991, 2020), [10.0] * 29 + [500.0], qc=[1] * 29 + [4], units="degC")
    made = anomalies(yearly, step="year")
    assert made["value"].values.tolist() == [0.0] * 29


def test_another_base_period_is_named():
    yearly = series(years(1961, 2020), [0.0] * 30 + [1.0] * 30, units="degC")
    made = anomalies(yearly, step="year", base=(1961, 1990))
    assert made["value"].values[-1] == 1.0
    assert made.attrs["base_period"] == "1961-1990"


# ---- rain less evaporation -------------------------------------------------------------------------------


def test_rain_less_evaporation_by_hand():
    rain = series(months("2024-01", 3), [20, 15, 10], units="mm", errors=[3, 3, 3], provisional=[0, 0, 1])
    evaporation = series(months("2024-02", 3), [55, 90, 130], units="mm", errors=[4, 4, 4], qc=[1, 3, 1])
    made = precipitation_less_evaporation(rain, evaporation)
    assert made["value"].values.tolist() == [-40.0, -80.0]
    assert made["uncertainty"].values.tolist() == [5.0, 5.0]
    assert made["qc"].values.tolist() == [1, 3]
    assert made["provisional"].values.tolist() == [0, 1]
    assert made.attrs["kind"] == "derived"


def test_only_like_months_of_one_place_are_subtracted():
    rain = series(months("2024-01", 2), [20, 15], units="mm")
    with pytest.raises(ValueError, match="one place"):
        precipitation_less_evaporation(rain, rain.assign_attrs(place="aralkum"))
    with pytest.raises(ValueError, match="one unit"):
        precipitation_less_evaporation(rain, series(months("2024-01", 2), [1, 2], units="m"))
    with pytest.raises(NoData):
        precipitation_less_evaporation(rain, series(months("2025-01", 2), [1, 2], units="mm"))


# ---- several sources of a level --------------------------------------------------------------------------

YEAR = ("2020-01", "2020-12")


def source(values, group: str, first: str = "2020-01", **more) -> xr.Dataset:
    return series(
        months(first, len(values)), values, independence_group=group, series_id=f"x-level-{group}", **more
    )


def test_sources_that_differ_by_their_zero_only_agree():
    truth = -28 - 0.01 * np.arange(24)
    made = level_consensus([source(truth, "a"), source(truth + 0.55, "b"), source(truth - 3, "c")], YEAR)
    assert made["value"].values == pytest.approx(truth - truth[:12].mean())
    assert made["spread"].values == pytest.approx(np.zeros(24), abs=1e-12)
    assert made["sources"].values.tolist() == [3] * 24
    assert made.attrs["datum"] == "source-relative"
    assert made.attrs["offsets"] == "x-level-a -28.055; x-level-b -27.505; x-level-c -31.055"


def test_median_and_spread_by_hand():
    """After the window the three stand 0.1, 0.2 and 0.6 lower: median -0.2, spread 0.5."""
    made = level_consensus(
        [source([5.0] * 12 + [5 - fall], name) for name, fall in zip("abc", (0.1, 0.2, 0.6), strict=True)],
        YEAR,
    )
    assert made["value"].values[-1] == pytest.approx(-0.2)
    assert made["spread"].values[-1] == pytest.approx(0.5)
    assert made["uncertainty"].values[-1] == pytest.approx(0.25)


def test_a_month_of_one_source_alone_is_left_out():
    made = level_consensus([source([1.0] * 14, "a"), source([2.0] * 12, "b")], YEAR)
    assert made.sizes["time"] == 12


def test_offsets_come_from_the_months_that_all_sources_have():
    """The second source lacks the low start of the window: its mean alone would be too high by the season."""
    one = source([0.0] * 6 + [1.0] * 18, "a")
    other = source([11.0] * 18, "b", first="2020-07")
    made = level_consensus([one, other], ("2020-01", "2021-06"))
    assert made["value"].values == pytest.approx(np.zeros(18))


def test_points_within_a_month_are_averaged_first():
    days = [f"2020-{month:02}-{day}" for month in range(1, 13) for day in ("05", "15", "25")]
    one = series(days, [1.0, 2.0, 6.0] * 12, independence_group="a")
    made = level_consensus([one, source([0.0] * 12, "b")], YEAR)
    assert made.attrs["offsets"].split("; ")[0].endswith(" 3.000")


def test_one_group_has_one_voice():
    one, twin, other = source([1.0] * 12, "a"), source([9.0] * 12, "a"), source([2.0] * 12, "b")
    made = level_consensus([one, twin, other], YEAR)
    assert made["sources"].values.tolist() == [2] * 12
    assert made.attrs["offsets"].startswith("x-level-a 1.000")
    with pytest.raises(NoData, match="two independent"):
        level_consensus([one, twin], YEAR)


def test_too_short_a_window_is_refused():
    with pytest.raises(NoData, match="11 common months"):
        level_consensus([source([1.0] * 24, "a"), source([2.0] * 24, "b")], ("2020-01", "2020-11"))


def test_two_versions_of_the_caspian_satellite_record_agree_on_the_fall():
    """10-day heights to 2023, and quarters of the export of 2026, which stands 0.085 m higher."""
    names = ("caspian-level-dahiti", "caspian-level-dahiti-2026-quarterly")
    parts = [csv_tables.read(name) for name in names]
    for part, group in zip(parts, "ab", strict=True):
        part.attrs["independence_group"] = group
    made = level_consensus(parts, ("2016-01", "2022-12"))
    one, other = (float(text.split()[-1]) for text in made.attrs["offsets"].split("; "))
    assert other - one == pytest.approx(0.085, abs=0.01)
    fall = made["value"].sel(time="2022-01-01").item() - made["value"].sel(time="2016-01-01").item()
    assert -1.0 < fall < -0.4
    assert made["spread"].values.max() < 0.25
