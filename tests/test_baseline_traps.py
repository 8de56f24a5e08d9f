"""Every trap of the published figures, and the numbers that other publications print.

All of it runs on the committed baseline alone. Expected numbers come from the sources named beside them or
from hand arithmetic, never from the builder.
"""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from loaders import catalogue
from loaders.baseline import csv_tables
from loaders.dataset.contract import usable

CENTRAL_ASIA = ("kaz", "uzb", "tkm", "kgz", "tjk")


def at(series_id: str, time: str, name: str = "value"):
    """The single value of a series at one time."""
    return csv_tables.read(series_id)[name].sel(time=np.datetime64(time, "ns")).item()


def times(series_id: str) -> list[str]:
    return list(csv_tables.read(series_id)["time"].values.astype("datetime64[D]").astype(str))


def years(dataset: xr.Dataset) -> np.ndarray:
    return dataset["time"].dt.year.values


# ---- numbers that were published -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series_id", "time", "value"),
    [
        # Kazhydromet post 1057: annual means of the whole sea.
        ("caspian-level-gauges", "1900-01-01", -25.74),
        ("caspian-level-gauges", "1977-01-01", -29.01),
        ("caspian-level-gauges", "1995-01-01", -26.62),
        ("caspian-level-gauges", "2020-01-01", -28.23),
        # Ecology ministry, March 2026: 2025 by zone, and their mean.
        ("caspian-level-kazhydromet-north", "2025-01-01", -29.23),
        ("caspian-level-kazhydromet-east", "2025-01-01", -29.47),
        ("caspian-level-kazhydromet-sector-stated", "2025-01-01", -29.35),
        ("caspian-level-kazhydromet-sector-annual", "2025-01-01", -29.35),
        ("caspian-level-kazhydromet-sector-annual", "2024-01-01", -29.20),
        ("caspian-level-dahiti", "1992-09-28", -26.401),
        ("caspian-level-dahiti", "2023-07-22", -28.239),
        ("caspian-level-dahiti-2026-annual", "2025-01-01", -28.657),
        ("caspian-level-gwm-published", "2026-08-04", -28.46),
        ("caspian-level-caspcom", "2024-11-01", -29.03),
        ("caspian-level-azerbaijan-sector", "2025-03-01", -29.01),
        ("caspian-level-neft-dashlari", "2020-01-01", -28.06),
        # Encyclopaedic state of the whole Aral in 1960.
        ("aral-level-table", "1960-01-01", 53.4),
        ("aral-area-table", "1960-01-01", 68028),
        ("aral-volume-table", "1960-01-01", 1101.07),
        ("aral-salinity-table", "1960-01-01", 9.93),
        ("aral-level-table", "1990-01-01", 38.24),
        ("north-aral-level-published", "2022-10-01", 40.42),
        ("north-aral-level-published", "2023-03-05", 40.90),
        ("north-aral-volume-published", "2022-10-01", 18.5),
        ("north-aral-volume-published", "2023-03-05", 19.7),
        ("north-aral-inflow-published", "2022-01-01", 0.816),
        ("south-aral-west-level-ginzburg", "2003-01-01", 30.5),
        ("south-aral-west-level-ginzburg", "2021-01-01", 20),
        ("south-aral-west-area-ginzburg", "2003-01-01", 5429),
        ("south-aral-west-volume-ginzburg", "2021-01-01", 32.59),
        ("south-aral-west-salinity-ginzburg", "2003-01-01", 82),
        ("caspian-area-published", "2006-01-01", 392_300),
        ("caspian-area-published", "2024-01-01", 355_700),
        ("syr-darya-flow-kazaly", "2022-01-01", 2.37),
        ("syr-darya-flow-kazaly", "2024-01-01", 4.05),
        ("ural-flow-yanvartsevo", "2024-01-01", 17.14),
        ("kaz-renewables-official-published", "2022-01-01", 4.5),
        ("kaz-renewables-official-published", "2024-01-01", 6.4),
        ("world-air-temperature-gistemp", "2024-01-01", 1.29),
        ("kaz-air-temperature-kazhydromet", "2025-01-01", 2.96),
        # World Bank and AQUASTAT, release of 2024: Kazakhstan was raised.
        ("kaz-water-withdrawal-owid", "2002-01-01", 22.3),
        ("kaz-water-withdrawal-owid", "2010-01-01", 23.8),
    ],
)
def test_published_number(series_id, time, value):
    assert at(series_id, time) == pytest.approx(value, abs=0.051 if "withdrawal" in series_id else 1e-9)


def test_volga_extremes_are_those_of_the_page():
    """Minimum 166.0 in 1975, maximum 333.2 in 1994, mean 236.2 printed (237.5 of the list)."""
    flow = csv_tables.read("volga-runoff-kazhydromet")
    low, high = flow["value"].values.argmin(), flow["value"].values.argmax()
    assert (years(flow)[low], float(flow["value"][low])) == (1975, 166.0)
    assert (years(flow)[high], float(flow["value"][high])) == (1994, 333.2)
    assert float(flow["value"].mean()) == pytest.approx(237.5, abs=0.05)
    assert times("volga-runoff-kazhydromet")[-1] == "2023-01-01"


def test_all_rivers_mean_of_1936_1996():
    rivers = csv_tables.read("caspian-rivers-runoff-kazhydromet")["value"].sel(time=slice("1936", "1996"))
    assert float(rivers.mean()) == pytest.approx(294.5, abs=0.05)


def test_ghg_of_kazakhstan_falls_by_7_4_a_year():
    """Least squares over 2016-2023: -7.4 Mt a year; 340 Mt in 2023."""
    ghg = csv_tables.read("kaz-ghg-owid")["value"].sel(time=slice("2016", "2023"))
    assert np.polyfit(ghg["time"].dt.year, ghg, 1)[0] == pytest.approx(-7.4, abs=0.05)
    assert float(ghg[-1]) == pytest.approx(340, abs=0.5)


# ---- traps of the figures --------------------------------------------------------------------------------


@pytest.mark.fault("S17")
def test_trap_01_altimetry_and_gauges_never_share_a_datum():
    """Satellite heights stand about 0.55 m above the gauges: 0.533 +- 0.030 over 1993-2022."""
    assert csv_tables.read("caspian-level-dahiti").attrs["datum"] == "dahiti-2023"
    assert csv_tables.read("caspian-level-gauges").attrs["datum"] == "baltic-kz"
    offsets = csv_tables.read_table("caspian-datum-offsets").set_index(["from_series", "to_series"])
    found = offsets.loc[("caspian-level-dahiti-annual", "caspian-level-kazhydromet-annual")]
    assert found["offset"] == pytest.approx(0.533, abs=0.0006)
    assert found["sd"] == pytest.approx(0.030, abs=0.0006)
    assert (found["first"], found["last"], found["years"]) == ("1993", "2022", "30")
    points = offsets.loc[("caspian-level-dahiti-annual", "caspian-level-gauges")]
    # (-26.085 + 26.62 + -27.680 + 28.23) / 2
    assert points["offset"] == pytest.approx((0.535 + 0.550) / 2, abs=0.001)
    assert (points["first"], points["last"], points["years"]) == ("1995", "2020", "2")


@pytest.mark.parametrize("series_id", ["aral-level-table", "aral-area-table", "aral-volume-table"])
def test_trap_02_the_whole_aral_ends_in_1990(series_id):
    assert times(series_id)[0] == "1950-01-01"
    assert times(series_id)[-1] == "1990-01-01"
    assert len(times(series_id)) == 41
    dropped = {drop["time"] for drop in csv_tables.manifest()["series"][series_id]["dropped"]}
    assert dropped == {str(year) for year in range(1991, 2002)}


def test_trap_02_unesco_confirms_the_table_while_it_is_whole():
    """The areas differ by at most 0.3 thousand km2 in 1986-1990."""
    table, unesco = csv_tables.read("aral-area-table")["value"], csv_tables.read("aral-area-unesco")["value"]
    difference = np.abs(table - unesco)
    assert difference.sizes["time"] == 5
    assert float(difference.max()) <= 300


def test_trap_03_south_is_west_and_east_and_total_is_all_three():
    south = csv_tables.read("south-aral-area-unesco")["value"]
    parts = sum(csv_tables.read(f"south-aral-{part}-area-unesco")["value"] for part in ("west", "east"))
    assert parts.sizes["time"] == 12
    np.testing.assert_allclose(south.sel(time=parts["time"]), parts, atol=0.5)
    total = csv_tables.read("aral-area-unesco")["value"]
    np.testing.assert_allclose(total, south + csv_tables.read("north-aral-area-unesco")["value"], atol=10.5)
    # The printed column Large of 2007 holds 4.45 thousand km2: the west basin.
    assert float(south.sel(time="2007-01-01")) == 11_480
    assert at("south-aral-west-area-unesco", "2007-01-01") == 4450


@pytest.mark.parametrize("place", ["aral", "north-aral", "south-aral", "south-aral-west", "south-aral-east"])
def test_trap_04_the_news_rows_of_2019_2023_are_nowhere(place):
    assert times(f"{place}-area-unesco")[-1] == "2018-01-01"
    dropped = csv_tables.manifest()["series"][f"{place}-area-unesco"]["dropped"]
    assert [drop["time"] for drop in dropped] == ["2019", "2020", "2021", "2022", "2023"]


def test_trap_04_1986_was_one_sea():
    for place in ("north-aral", "south-aral"):
        assert "one sea" in at(f"{place}-area-unesco", "1986-01-01", "note")
        assert "one sea" in csv_tables.read(f"{place}-area-unesco").attrs["caveat"]


def test_trap_05_misprints_and_placeholders_of_the_table():
    """417 km3 of rain in 1986 lost its decimal sign; 1 stands for missing from 1990."""
    assert "1986-01-01" not in times("aral-precipitation-table")
    for name in ("precipitation", "evaporation", "salinity"):
        series = csv_tables.read(f"aral-{name}-table")
        assert times(f"aral-{name}-table")[-1] == "1989-01-01"
        assert float(series["value"].min()) > 2
        assert float(series["value"].max()) < 75
    levels = csv_tables.read_table("aral-hypsometry-large")
    assert "1995" not in set(levels["years"])


@pytest.mark.parametrize("series_id", ["amu-darya-inflow-table", "syr-darya-kazaly-table"])
def test_trap_05_the_second_source_from_1990_is_suspect(series_id):
    series = csv_tables.read(series_id)
    late = years(series) >= 1990
    assert set(series["qc"].values[late]) == {3}
    assert set(series["qc"].values[~late]) == {1}
    assert late.sum() == 12


def test_trap_06_part_years_are_suspect_and_say_so():
    """10 heights from 28 September 1992, 21 to 22 July 2023."""
    annual = csv_tables.read("caspian-level-dahiti-annual")
    suspect = annual.isel(time=annual["qc"].values == 3)
    assert list(years(suspect)) == [1992, 2023]
    assert all(note.startswith("part year") for note in suspect["note"].values)
    assert at("caspian-level-dahiti-2026-annual", "2026-01-01", "qc") == 3
    assert "PART YEAR" in at("caspian-level-dahiti-2026-annual", "2026-01-01", "note")


def test_trap_07_the_outlier_of_2000_keeps_its_value_and_fails():
    assert at("caspian-level-dahiti", "2000-01-27") == -27.307
    assert at("caspian-level-dahiti", "2000-01-27", "qc") == 4
    kept = usable(csv_tables.read("caspian-level-dahiti"))["value"].sel(time="2000-01")
    assert float(kept.max() - kept.min()) < 0.25
    assert at("caspian-level-dahiti-monthly", "2000-01-01") == pytest.approx(float(kept.mean()), abs=0.0006)


def test_trap_07_false_alarms_of_the_rules_stay_rare():
    """At most 0.5 % of a curated record suspect, 0.1 % failed."""
    flags = csv_tables.read("caspian-level-dahiti")["qc"].values
    assert flags.size == 1112
    assert (flags == 4).sum() == 1
    assert (flags == 3).sum() <= 5


def test_trap_08_formal_errors_are_no_error_bars():
    for name in ("", "-monthly", "-annual"):
        assert "uncertainty" not in csv_tables.read(f"caspian-level-dahiti{name}")


def test_trap_09_a_mean_lies_between_its_extremes():
    assert "2023-11-15" not in times("caspian-level-kazhydromet-north")
    assert at("caspian-level-kazhydromet-east", "2023-11-15") == -29.20
    checked = 0
    for coast in ("north", "east"):
        series = csv_tables.read(f"caspian-level-kazhydromet-{coast}")
        for value, note in zip(series["value"].values, series["note"].values, strict=True):
            span = [part for part in note.split("; ") if part.startswith("min ")]
            if span:
                low, high = (float(word.split()[1]) for word in span[0].split(", "))
                assert low <= value <= high
                checked += 1
    assert checked == 17


def test_trap_10_coast_means_are_zones_with_their_periods():
    north = csv_tables.read("caspian-level-kazhydromet-north")
    assert north.attrs["zone"] == "north-coast"
    assert "wind surges" in north.attrs["caveat"]
    assert "flood" in at("caspian-level-kazhydromet-north", "2024-06-05", "note")
    year = north.sel(time="2025-01-01")
    assert (year["period_start"].item(), year["period_end"].item()) == ("2025-01-01", "2025-12-31")
    quarter = north.sel(time="2024-01-01")
    assert (quarter["period_start"].item(), quarter["period_end"].item()) == ("2024-01-01", "2024-03-31")
    week = north.sel(time="2024-05-01")
    assert (week["period_start"].item(), week["period_end"].item()) == ("2024-04-25", "2024-05-01")


def test_trap_10_september_2025_of_two_files_is_one_point():
    assert [time for time in times("caspian-level-kazhydromet-east") if time.startswith("2025-09")] == [
        "2025-09-01"
    ]
    assert at("caspian-level-kazhydromet-east", "2025-09-01") == -29.46


def test_trap_11_officials_who_disagree_are_series_of_their_own():
    """December 2025: the committee says above 22, the press service 23; January 2026: the minister 23."""
    stem = "north-aral-volume-published"
    assert at(f"{stem}-committee", "2025-12-08") == 22
    assert at(f"{stem}-press-service", "2025-12-01") == 23
    assert at(stem, "2026-01-21") == at(f"{stem}-vice-minister", "2026-01-21") == 23
    assert at(stem, "2025-09-10") == 24.1
    assert at(stem, "2025-09-10", "qc") == 3
    groups = [row.independence_group for key, row in catalogue().series.items() if key.startswith(stem)]
    assert len(groups) == len(set(groups)) == 5


def test_trap_11_the_level_of_2014_stays_a_mark():
    stated = csv_tables.read_table("caspian-level-stated").set_index("time")
    assert stated.loc["2014", "value"] == -27.43
    assert stated.loc["2014", "qc"] == 3
    assert "2014-01-01" not in times("caspian-level-gauges")


def test_trap_12_27_km3_is_a_design_volume_of_2010():
    series = csv_tables.read("north-aral-volume-published")
    assert list(years(series)[series["value"].values == 27]) == [2010]
    assert at("north-aral-volume-published", "2010-01-01", "qc") == 3


def test_trap_13_basin_runoff_is_in_no_series():
    runoff = csv_tables.read_table("aral-basin-runoff")
    both = runoff[runoff["where"] == "both"].set_index("time")
    assert both["value"].to_dict() == {"2021": 98.49, "2023": 106.06, "2024": 108.24}
    assert both["qc"].to_dict() == {"2021": 1, "2023": 1, "2024": 3}
    flows = [
        key
        for key, row in catalogue().series.items()
        if row.source == "published" and row.sea == "aral" and row.indicator in ("inflow", "river-flow")
    ]
    assert len(flows) >= 6
    assert max(float(csv_tables.read(key)["value"].max()) for key in flows) < 75


def test_trap_14_part_year_inflow_is_a_fact_and_no_point():
    assert times("north-aral-inflow-published") == ["2022-01-01", "2024-01-01"]
    stated = csv_tables.read_table("north-aral-inflow-stated")
    parts = stated[stated["what"] == "inflow"].set_index("time")
    assert parts["value"].to_dict() == {
        "2023-02": 0.803, "2024-06-24": 1.1, "2025-12-08": 1.7, "2005/2024-06": 46.6,
        "2023/2025": 6, "2023/2025-09": 5,
    }  # fmt: skip
    assert parts.loc["2024-06-24", "note"] == "1 January - 24 June 2024"
    rates = stated[stated["unit"] == "m3/s"].set_index("time")["value"]
    assert rates["2024-06-24"] == 50


@pytest.mark.parametrize(
    ("table", "rows", "low", "high"),
    [("aral-hypsometry-whole", 40, 38.24, 53.4), ("aral-hypsometry-large", 6, 33.8, 36.6)],
)
def test_trap_15_the_curve_rises_strictly_and_names_its_ends(table, rows, low, high):
    curve = csv_tables.read_table(table)
    assert len(curve) == rows
    for name in ("level", "area", "volume"):
        assert (np.diff(curve[name]) > 0).all()
    assert (curve["level"].iloc[0], curve["level"].iloc[-1]) == (low, high)
    assert f"{low} to {high} m only" in curve.attrs["caveat"]
    assert set(curve["qc"]) == ({1} if rows == 40 else {3})


def test_trap_15_years_of_equal_level_are_averaged():
    """53.16 m stood in 1955 (66,837 km2) and in 1958 (66,821 km2)."""
    curve = csv_tables.read_table("aral-hypsometry-whole").set_index("level")
    assert curve.loc[53.16, "area"] == 66_829
    assert curve.loc[53.16, "volume"] == pytest.approx((1085.27 + 1084.63) / 2)
    assert curve.loc[53.16, "years"] == "1955 1958"


def test_trap_16_the_reference_book_area_is_suspect():
    assert at("caspian-area-published", "2021-01-01") == 371_000
    assert at("caspian-area-published", "2021-01-01", "qc") == 3
    assert "Garabogaz" in csv_tables.read("caspian-area-published").attrs["caveat"]


def test_trap_17_words_and_empty_values_load_as_facts_only():
    assert times("caspian-area-published") == ["2006-01-01", "2021-01-01", "2024-01-01"]
    areas = csv_tables.read_table("caspian-area-stated").set_index("time")
    assert areas.loc["1990s", "value"] == 386.4
    seals = csv_tables.read_table("caspian-seals")
    claim = seals[seals["what"].str.startswith("official claim")].iloc[0]
    assert np.isnan(claim["value"])
    assert "270,000-300,000" in claim["note"]
    assert times("south-aral-west-salinity-ginzburg") == ["2003-01-01"]
    west = csv_tables.read_table("south-aral-west-published")
    salinity = west[(west["what"] == "salinity") & (west["time"] == "2019")].iloc[0]
    assert np.isnan(salinity["value"])
    assert "140-150" in salinity["note"]
    events = csv_tables.read_table("kara-bogaz-timeline").set_index("time")
    assert events.loc["1980-03", "note"].startswith("strait closed")
    assert events.loc["1992", "source_url"] == "https://doi.org/10.1007/s10498-008-9054-z"
    assert "inflow" not in set(events["what"])


def test_trap_18_both_areas_are_in_km2():
    """41.39 thousand km2 by UNESCO and 41,669 km2 in the table stand for the same sea of 1986."""
    assert at("aral-area-unesco", "1986-01-01") == 41_390
    assert at("aral-area-table", "1986-01-01") == 41_669


def test_trap_19_seals_are_never_a_line():
    assert "seals" not in {row.indicator for row in catalogue().series.values()}
    assert set(csv_tables.read_table("caspian-seals")["what"]) >= {"all animals", "pups"}


def test_trap_20_iranian_gauge_zeros_have_no_datum():
    zeros = csv_tables.read_table("caspian-gauge-zeros").set_index("where")
    suspect = zeros[zeros["qc"] == 3]
    assert set(suspect.index) == {"Ashuradeh", "Neka", "Nowshahr", "Fereydunkenar", "Anzali"}
    assert set(suspect["note"]) == {"datum not stated"}
    assert len(zeros) == 24
    assert zeros.loc["Aktau", "value"] == -28.0


# ---- rules of the figures after the speech ---------------------------------------------------------------


def test_rule_1_each_height_system_has_its_own_name():
    levels = {
        key: csv_tables.read(key).attrs["datum"]
        for key, row in catalogue().series.items()
        if row.source == "published" and row.indicator == "level"
    }
    assert set(levels.values()) == {
        "baltic-kz", "baltic-az", "baltic-caspcom", "dahiti-2023", "dahiti-2026", "egm2008-gwm",
        "baltic-aral", "hydroweb-legos",
    }  # fmt: skip
    assert levels["caspian-level-azerbaijan-sector"] != levels["caspian-level-kazhydromet-sector-annual"]
    assert all(csv_tables.read(key).attrs["datum_note"] for key in levels)


def test_rule_1_the_export_of_2026_stands_0_085_m_above_the_copy_of_2023():
    offsets = csv_tables.read_table("caspian-datum-offsets")
    found = offsets[(offsets["from_datum"] == "dahiti-2026") & (offsets["to_datum"] == "dahiti-2023")].iloc[0]
    assert found["offset"] == pytest.approx(0.085, abs=0.0006)
    assert found["sd"] == pytest.approx(0.022, abs=0.0006)


@pytest.mark.parametrize(
    ("series_id", "grade", "words"),
    [
        ("caspian-level-kazhydromet-annual", "secondary", "second-hand copy of the Kazhydromet list"),
        ("caspian-level-dahiti-2026-quarterly", "read-off", "read off a published figure"),
        ("caspian-level-gauges", "primary", ""),
        ("north-aral-volume-published", "stated", "as stated"),
        ("caspian-level-gwm-published", "stated", ""),
    ],
)
def test_rule_2_the_grade_is_told(series_id, grade, words):
    attrs = csv_tables.read(series_id).attrs
    assert attrs["provenance_grade"] == grade
    assert words in attrs["title"]


def test_rule_3_the_whole_sea_of_2024_has_two_values():
    series = "caspian-level-kazhydromet-annual"
    assert (at(series, "2024-01-01"), at(series, "2024-01-01", "value_other")) == (-29.05, -29.18)
    assert at(series, "2024-01-01", "qc") == 3
    assert "-29.18" in at(series, "2024-01-01", "note")
    assert int(csv_tables.read(series)["value_other"].notnull().sum()) == 1


def test_rule_3_the_withdrawn_year_2025_is_suspect_and_provisional():
    series = csv_tables.read("caspian-level-kazhydromet-annual")
    assert at("caspian-level-kazhydromet-annual", "2025-01-01", "qc") == 3
    assert list(years(series)[series["provisional"].values == 1]) == [2025]


def test_only_that_year_is_provisional():
    found = [
        key
        for key in csv_tables.manifest()["series"]
        if bool(csv_tables.read(key)["provisional"].values.any())
    ]
    assert found == ["caspian-level-kazhydromet-annual"]


def test_rule_4_the_low_of_1977_differs_by_source():
    assert at("caspian-level-gauges", "1977-01-01") == -29.01
    assert at("caspian-level-kazhydromet-annual", "1977-01-01") == -29.00
    assert at("caspian-level-kazhydromet-sector-annual", "1977-01-01") == -28.97
    assert "-29.18 for 1977" in at("caspian-level-caspcom", "2024-11-01", "note")


def test_rule_4_sector_and_sea_are_two_lists():
    """2000: -27.18 and -27.07; 2023: -29.02 and -28.86; on average within 0.06 m in 1993-2017."""
    sector = csv_tables.read("caspian-level-kazhydromet-sector-annual")["value"]
    difference = sector - csv_tables.read("caspian-level-kazhydromet-annual")["value"]
    assert float(np.abs(difference.sel(time=slice("1993", "2017"))).mean()) < 0.06
    assert float(difference.sel(time="2000-01-01")) == pytest.approx(-0.11, abs=0.001)
    assert float(difference.sel(time="2023-01-01")) == pytest.approx(-0.16, abs=0.001)


def test_rule_5_disagreeing_changes_stand_side_by_side_and_garbled_ones_are_gone():
    changes = csv_tables.read_table("caspian-change-published")
    assert not {-24, -69, -70} & set(changes["value"])
    assert set(changes[changes["time"] == "2025"]["value"]) == {-25, -15}
    forecast = changes[changes["mark"] == "forecast"]
    assert list(forecast["value"]) == [-15, -25]
    assert at("caspian-level-kazhydromet-sector-stated", "2023-01-01", "qc") == 3


def test_rule_6_nothing_dated_after_march_2023_and_2021_for_the_two_arals_but_the_satellite_years():
    assert times("north-aral-level-published")[-1] == "2023-03-05"
    embedded = {key: row for key, row in catalogue().series.items() if row.source == "published"}
    south = [key for key, row in embedded.items()
             if row.place.startswith("south-aral") and key not in GREALM]  # fmt: skip
    assert len(south) == 7
    assert max(times(key)[-1] for key in south) == "2021-01-01"


def test_rule_7_the_older_table_is_the_kazaly_gauge():
    """Correlation 0.993 and equal sums (ratio 0.999) over 1950-2001."""
    old = csv_tables.read("syr-darya-kazaly-table")["value"]
    new = csv_tables.read("syr-darya-flow-kazaly")["value"].sel(time=old["time"])
    assert np.corrcoef(old, new)[0, 1] == pytest.approx(0.993, abs=0.0015)
    assert float(new.sum() / old.sum()) == pytest.approx(1, abs=0.002)
    assert "inflow" not in csv_tables.read("syr-darya-kazaly-table").attrs["title"].lower()


def test_like_quarters_give_the_fall_since_the_speech():
    """2022-Q4 to 2023-Q3 against 2025-Q2 to 2026-Q1: -38.2 cm; with the partial 2026-Q2 it would be -41.3."""
    quarters = csv_tables.read("caspian-level-dahiti-2026-quarterly")
    value = quarters["value"]
    before = value.sel(time=slice("2022-10", "2023-09"))
    after = value.sel(time=slice("2025-04", "2026-03"))
    assert float(after.mean() - before.mean()) == pytest.approx(-0.382, abs=0.0006)
    flags = dict(zip(times("caspian-level-dahiti-2026-quarterly"), quarters["qc"].values, strict=True))
    assert [time for time, flag in flags.items() if flag != 1] == ["2018-04-01", "2026-04-01"]
    row = catalogue().series["caspian-level-dahiti-2026-quarterly"]
    assert row.systematic_error == pytest.approx(0.037 / np.sqrt(2), abs=0.0005)


def test_single_satellite_days_are_no_series():
    stated = csv_tables.read_table("caspian-level-stated").set_index("time")
    assert stated.loc["2026-01-09", "value"] == -29.11
    assert stated.loc["2026-01-09", "qc"] == 3
    assert set(stated.loc[["2024-01/2024-06"], "value"]) == {-28.85, -29.19}


def test_targets_and_forecasts_have_their_own_mark():
    targets = csv_tables.read_table("north-aral-targets")
    assert set(targets["mark"]) == {"target"}
    concept = targets[targets["who"].str.contains("concept")].set_index("time")["value"]
    assert concept.to_dict() == {"2025": 20.6, "2029": 24.1, "2030": 27.0}
    volga = csv_tables.read_table("volga-cascade-inflow")
    forecast = volga[volga["mark"] == "forecast"]
    assert forecast["value"].isna().all()
    assert forecast["note"].iloc[0].startswith("46 to 56")
    ports = csv_tables.read_table("caspian-ports").set_index("where")
    assert (ports.loc["Aktau", "mark"], ports.loc["Aktau", "value"]) == ("target", 7.7)
    marks = {"observed", "stated", "target", "forecast"}
    facts = [key for key, table in catalogue().tables.items() if table.kind in ("facts", "list")]
    assert all(set(csv_tables.read_table(key)["mark"]) <= marks for key in facts)
    volumes = csv_tables.read("north-aral-volume-published")["value"]
    assert not {34.0, 20.6} & set(volumes.values)


def test_the_share_with_large_hydro_is_not_the_official_one():
    assert 13.5 not in csv_tables.read("kaz-renewables-official-published")["value"].values
    energy = csv_tables.read_table("kaz-energy-stated")
    share = energy[energy["value"] == 13.5].iloc[0]
    assert "large hydro" in share["note"]
    assert share["qc"] == 3


def test_planned_events_stay_visible_with_their_outcome():
    events = csv_tables.read_table("events-2026").set_index("what")
    assert "not found" in events.loc["Caspian summit, Tehran", "note"]
    assert events.loc["Kazakhstan 2035 NDC", "note"].startswith("not filed")
    assert len(events) == 9


# ---- climate ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series_id", "base"),
    [
        ("kaz-air-temperature-era5", "1991-2020"),
        ("kaz-air-temperature-kazhydromet", "1961-1990"),
        ("world-air-temperature-gistemp", "1951-1980"),
        ("world-air-temperature-hadcrut5", "1861-1890"),
    ],
)
def test_each_anomaly_names_its_base_and_averages_to_zero_there(series_id, base):
    series = csv_tables.read(series_id)
    assert series.attrs["base_period"] == base
    assert float(series["value"].sel(time=slice(*base.split("-"))).mean()) == pytest.approx(0, abs=0.01)


# Least squares 1961-2024, degC a decade, as printed with the figures.
@pytest.mark.parametrize(
    ("place", "trend"),
    [("kaz", 0.34), ("uzb", 0.31), ("tkm", 0.33), ("aze", 0.31), ("rus", 0.41), ("irn", 0.44),
     ("kgz", 0.22), ("tjk", 0.29), ("world", 0.19)],
)  # fmt: skip
def test_warming_since_1961(place, trend):
    series = csv_tables.read(f"{place}-air-temperature-era5")["value"].sel(time=slice("1961", "2024"))
    assert series.sizes["time"] == 64
    assert np.polyfit(series["time"].dt.year, series, 1)[0] * 10 == pytest.approx(trend, abs=0.0051)


def test_early_reanalysis_years_are_suspect():
    for place in CENTRAL_ASIA:
        series = csv_tables.read(f"{place}-air-temperature-era5")
        assert set(series["qc"].values[years(series) < 1950]) == {3}
    kgz, irn = (csv_tables.read(f"{place}-air-temperature-era5") for place in ("kgz", "irn"))
    assert years(kgz)[kgz["qc"].values == 3].max() == 1969
    assert set(years(irn)[(irn["qc"].values == 3) & (years(irn) > 1950)]) == set(range(1980, 1990))


def test_months_of_a_year_make_the_year():
    months = csv_tables.read("kaz-air-temperature-era5-monthly")["value"].sel(time="2023")
    assert months.sizes["time"] == 12
    assert float(months.mean()) == pytest.approx(at("kaz-air-temperature-era5", "2023-01-01"), abs=0.0015)


def test_uncertainty_of_hadcrut5_is_one_standard_deviation():
    """1850: 95 % interval -0.227 to 0.116, so (0.116 + 0.227) / 3.92 = 0.0875."""
    series = "world-air-temperature-hadcrut5"
    assert at(series, "1850-01-01", "uncertainty") == pytest.approx(0.0875, abs=1e-4)
    assert at("world-air-temperature-hadcrut5", "2025-01-01", "qc") == 3


def test_reanalysis_rain_is_never_called_measured():
    """1991-2020: 331 mm over Kazakhstan by the model, 250 by the gauges."""
    for place in ("kaz", "uzb", "tkm", "kgz", "tjk", "aze", "rus", "irn"):
        attrs = csv_tables.read(f"{place}-precipitation-era5").attrs
        assert attrs["kind"] == "modelled"
        assert "never as measured rain" in attrs["caveat"]
    rain = csv_tables.read("kaz-precipitation-era5")["value"].sel(time=slice("1991", "2020"))
    assert float(rain.mean()) == pytest.approx(331, abs=0.5)


def test_water_withdrawal_is_in_km3_and_carried_years_are_suspect():
    """The copied column said billion cubic metres and held cubic metres."""
    for place in CENTRAL_ASIA:
        assert 4 < float(csv_tables.read(f"{place}-water-withdrawal-owid")["value"].max()) < 70
    flags = [csv_tables.read(f"{place}-water-withdrawal-owid")["qc"].values
             for place in ("kaz", "uzb", "tkm", "kgz", "tjk", "aze", "rus", "irn")]  # fmt: skip
    assert (np.concatenate(flags) == 3).sum() == 136


def test_countries_are_called_country_means():
    for place in ("kaz", "rus"):
        series = csv_tables.read(f"{place}-air-temperature-era5")
        assert "country mean" in series.attrs["title"]
        assert "not of a sea" in series.attrs["caveat"]
    assert set(csv_tables.read("aze-fish-capture-fao")["qc"].values) == {3}


# ---- NASA G-REALM year means: each trap of the two files --------------------------------------------------

GREALM = {
    "caspian-level-grealm-annual": -28.4731,
    "kara-bogaz-level-grealm-annual": -29.9537,
    "north-aral-level-grealm-annual": 41.6374,
    "south-aral-west-level-grealm-annual": 20.3086,
    "south-aral-east-level-grealm-annual": 28.5550,
}
NORTH, WEST, EAST = list(GREALM)[2:]


def yearly(series_id: str) -> dict[int, float]:
    """Good whole years."""
    data = csv_tables.read(series_id)
    good = data.isel(time=np.isin(data["qc"].values, (1, 2)))
    return dict(zip(years(good).tolist(), good["value"].values.tolist(), strict=True))


@pytest.mark.parametrize("series_id", GREALM)
def test_grealm_2024_is_as_printed_and_every_other_year_is_read_off(series_id):
    assert at(series_id, "2024-01-01") == GREALM[series_id]
    assert "as printed in the table" in at(series_id, "2024-01-01", "note")
    data = csv_tables.read(series_id)
    others = data.isel(time=years(data) != 2024)
    assert np.isnan(at(series_id, "2024-01-01", "uncertainty"))
    assert set(others["uncertainty"].values.tolist()) == {0.003}
    assert all("read off a published figure" in note for note in others["note"].values)
    assert data.attrs["provenance_grade"] == "read-off"


@pytest.mark.parametrize("series_id", GREALM)
def test_grealm_is_no_baltic_height_and_one_voice_with_the_other_satellites(series_id):
    attrs = csv_tables.read(series_id).attrs
    assert attrs["datum"] == "egm2008-gwm"
    rows = catalogue().series
    live = [row for row in rows.values() if row.source == "gwm"]
    assert {row.independence_group for row in live} == {attrs["independence_group"]} == {"altimetry"}
    assert rows["caspian-level-dahiti"].independence_group == "altimetry"


def test_grealm_is_never_joined_to_the_stated_baltic_level():
    """41.46 m of the year 2023 here, 40.90 m as stated in March 2023: two heights of one water."""
    assert at(NORTH, "2023-01-01") == pytest.approx(41.46, abs=0.0051)
    assert at("north-aral-level-published", "2023-03-05") == 40.90
    assert (
        csv_tables.read("north-aral-level-published").attrs["datum"] != csv_tables.read(NORTH).attrs["datum"]
    )


def test_grealm_part_years_enter_no_mean():
    for series_id in list(GREALM)[:3]:
        assert {at(series_id, f"{year}-01-01", "qc") for year in (1992, 2025)} == {3}
        assert sorted(yearly(series_id)) == list(range(1993, 2025))


def test_grealm_returns_the_bed_of_the_east_basin():
    data = csv_tables.read(EAST)
    flags = dict(zip(years(data).tolist(), data["qc"].values.tolist(), strict=True))
    assert {flags[year] for year in range(2009, 2012)} == {3}
    assert {flags[year] for year in range(2012, 2025)} == {4}
    bed = data["value"].values[years(data) >= 2012]
    assert 28.3 < bed.min() < bed.max() < 28.9
    assert max(yearly(EAST)) == 2008


def test_grealm_west_basin_stands_apart_from_the_published_one():
    """21.64 m in 2021 above EGM2008, 20.0 m in Ginzburg et al. above another geoid."""
    west = yearly(WEST)
    assert west[2021] == pytest.approx(21.64, abs=0.005)
    assert at("south-aral-west-level-ginzburg", "2021-01-01") == 20.0
    assert min(west) == 2005
    assert west[2024] - west[2023] == pytest.approx(-0.38, abs=0.005)
    steps = {year: west[year] - west[year - 1] for year in range(2006, 2025)}
    assert all(steps[year] < 0 for year in range(2012, 2025))
    assert steps[2011] > 0
    assert [round(min(steps[year] for year in range(2019, 2025)), 2)] == [-0.77]
    assert [round(max(steps[year] for year in range(2019, 2025)), 2)] == [-0.32]


def test_grealm_rise_of_the_north_aral_is_a_usual_one():
    north = yearly(NORTH)
    steps = {year: north[year] - north[year - 1] for year in range(2010, 2025)}
    assert steps[2024] == pytest.approx(0.18, abs=0.005)
    assert [year for year, step in steps.items() if step >= 0.18 and year < 2024] == [2010, 2012, 2014, 2017]
    # The yearly changes since 2010.
    assert np.std([steps[year] for year in range(2011, 2025)], ddof=1) == pytest.approx(0.24, abs=0.01)
    assert north[2020] - north[2024] == pytest.approx(0.82, abs=0.005)


@pytest.mark.parametrize(
    ("other", "gap", "spread", "count"),
    [
        ("caspian-level-dahiti-annual", 0.070, 0.029, 30),
        ("caspian-level-dahiti-2026-annual", -0.011, 0.035, 32),
        ("caspian-level-kazhydromet-annual", 0.601, 0.041, 31),
        ("caspian-level-kazhydromet-sector-annual", 0.638, 0.054, 32),
    ],
)
def test_grealm_offsets_to_the_other_lists(other, gap, spread, count):
    mine, theirs = yearly("caspian-level-grealm-annual"), yearly(other)
    gaps = np.array([mine[year] - theirs[year] for year in mine if year in theirs])
    assert gaps.size == count
    assert gaps.mean() == pytest.approx(gap, abs=0.0015)
    assert gaps.std(ddof=1) == pytest.approx(spread, abs=0.0015)


def test_grealm_errors_are_those_of_a_difference():
    rows = catalogue().series
    errors = {name: rows[name].systematic_error for name in GREALM}
    assert errors["caspian-level-grealm-annual"] == pytest.approx(0.045 * 2**0.5, abs=0.001)
    assert 2 * errors[NORTH] == pytest.approx(0.13, abs=0.005)
    assert 2 * errors[WEST] == pytest.approx(0.20, abs=0.005)
    assert [rows[name].error_assumed for name in GREALM] == [False, True, True, True, True]
    assert rows["north-aral-level-gwm"].systematic_error == errors[NORTH]


def test_no_error_counts_twice():
    """What stands at each point of a series is not stated for its differences again."""
    for row in catalogue().series.values():
        if row.systematic_error and row.cadence == "year" and row.id in csv_tables.manifest()["series"]:
            data = csv_tables.read(row.id)
            if "uncertainty" in data:
                assert float(data["uncertainty"].max()) < row.systematic_error / 2, row.id


def test_live_heights_of_the_west_basin_fit_its_line():
    """About 19.9 m in 2025 and 19.4 m in 2026, if it falls on as since 2019."""
    limits = catalogue().thresholds["west-large-aral"].line
    for year, height in ((2024, 20.31), (2025, 19.9), (2026, 19.4)):
        assert abs(limits.value + limits.per_year * (year - limits.year) - height) < limits.within
