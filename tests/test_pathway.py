"""Pathways: the published cases recomputed from the tables, the cuts, and hand arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import loaders
from dashboard.readings import pathway
from dashboard.register.commitments import register, targets_of
from dashboard.register.rows import Pace
from tests import levels

STORED = {
    name: loaders.open_series(name, origin="baseline")
    for name in (
        "kaz-ghg-owid",
        "kaz-co2-owid",
        "kaz-renewables-official-published",
        "north-aral-volume-published",
    )
}


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (1.01, "on_track"), (1.0, "on_track"), (0.99, "too_slow"), (0.5, "too_slow"), (0.49, "far_too_slow"),
        (0.0, "far_too_slow"), (-0.01, "wrong_direction"), (np.nan, "cannot_tell"),
    ],
)  # fmt: skip
def test_cuts(ratio, word):
    assert pathway.word(ratio) == word


def test_emissions_depend_on_the_window():
    found = pathway.pathway(register().commitments["E1"].pace, STORED)
    assert found.main.needed == pytest.approx(-9.2, abs=0.02)
    assert found.main.observed == pytest.approx(-7.4, abs=0.05)
    assert (found.main.first, found.main.last, found.main.intervals) == ("2016", "2023", 7)
    assert found.main.ratio == pytest.approx(0.81, abs=0.005)
    by_window = {pace.intervals: pace.ratio for pace in found.spread}
    assert list(by_window) == [5, 6, 7, 8, 9, 10]
    assert list(by_window.values()) == pytest.approx([1.17, 1.16, 0.81, 0.62, 0.53, 0.35], abs=0.006)
    assert (found.ratio_low, found.ratio_high) == (
        pytest.approx(0.35, abs=0.006),
        pytest.approx(1.17, abs=0.006),
    )
    assert found.remaining_rate == pytest.approx(-9.2, abs=0.02)
    assert (found.state, found.evidence_strength) == ("sources_disagree", "medium")


def test_emissions_against_the_sample_table(samples):
    path = samples / "figures_climate" / "ghg_total_with_land_use_1990_2023.csv"
    table = pd.read_csv(path, comment="#")
    mine = table[table["place"] == "KAZ"]
    assert len(mine) == 34
    last = mine[mine["time"].astype(int) >= 2016]
    slope = np.polyfit(last["time"].astype(float), last["value"], 1)[0]
    found = pathway.pathway(register().commitments["E1"].pace, STORED)
    assert found.main.observed == pytest.approx(slope, rel=1e-3)


def test_fossil_carbon_dioxide_stands_beside_by_the_same_rule():
    found = pathway.pathway(register().commitments["E1"].pace, STORED)
    (beside,) = found.beside
    assert beside.series == "kaz-co2-owid"
    assert (beside.main.observed, beside.main.needed) == (
        pytest.approx(-6.4, abs=0.05),
        pytest.approx(-7.7, abs=0.05),
    )
    assert beside.main.last == "2024"
    assert (beside.ratio_low, beside.ratio_high) == (
        pytest.approx(0.01, abs=0.005),
        pytest.approx(0.82, abs=0.005),
    )


def test_renewables():
    found = pathway.pathway(register().commitments["E9"].pace, STORED)
    assert found.main.needed == pytest.approx(1.31, abs=0.005)
    assert found.main.observed == pytest.approx(0.95)
    assert found.main.ratio == pytest.approx(0.72, abs=0.005)
    assert found.remaining_rate == pytest.approx(1.43, abs=0.005)
    assert (found.state, found.evidence_strength) == ("too_slow", "weak")
    assert found.to_json()["window"] == "2022/2024"


def target(name):
    return next(row for row in targets_of("E2") if row.id == name)


def test_north_aral_volume_of_2030():
    found = pathway.towards(target("north-aral-volume-2030"), STORED, "disputed")
    assert found.main.needed == pytest.approx(0.93, abs=0.005)
    assert found.main.observed == pytest.approx(1.15, abs=0.01)
    assert found.main.ratio == pytest.approx(1.23, abs=0.005)
    assert found.remaining_rate == pytest.approx(0.81, abs=0.01)
    assert found.newest == ("2026-01-21", 23.0)
    assert (found.state, found.evidence_strength) == ("on_track", "disputed")


def test_north_aral_second_phase_over_starts_and_dates():
    found = pathway.towards(target("north-aral-second-phase-volume"), STORED, "disputed")
    needed = sorted({round(pace.needed, 2) for pace in found.spread})
    observed = sorted({round(pace.observed, 2) for pace in found.spread})
    assert needed == pytest.approx([2.2, 2.75], abs=0.01)
    # The page counts the later start from January to January, three whole years; ours run to the day said.
    assert observed == pytest.approx([1.15, 1.53], abs=0.03)
    assert found.main.ratio == pytest.approx(0.53, abs=0.015)
    assert (found.ratio_low, found.ratio_high) == (
        pytest.approx(0.42, abs=0.01),
        pytest.approx(0.70, abs=0.02),
    )
    assert found.state == "sources_disagree"


def test_a_stated_pair_says_what_it_skips_and_whether_its_months_are_alike():
    found = pathway.towards(target("north-aral-volume-2030"), STORED, "disputed")
    assert found.passed == (("2025-09-10", 24.1),)  # the highest claim, never repeated: doubtful in the list
    march, january = found.spread
    assert (march.first, march.last, march.like) == ("2023-03-05", "2026-01-21", False)
    assert (january.first, january.last, january.like) == ("2023-01-01", "2026-01-21", True)
    assert pathway.pathway(register().commitments["E1"].pace, STORED).main.like


def test_a_target_without_a_frozen_start_or_stored_series_has_no_pace():
    assert pathway.towards(target("north-aral-volume-2025"), STORED) is None
    assert pathway.towards(target("kokaral-dam-rise"), STORED) is None
    assert pathway.towards(target("north-aral-volume-2030"), {}) is None


def test_without_a_series_or_a_number_there_is_no_word():
    lost = pathway.pathway(register().commitments["E1"].pace, {})
    assert (lost.state, lost.main, lost.evidence_strength) == ("cannot_tell", None, "none")
    assert lost.to_json()["observed_rate"] is None
    assert pathway.pathway(None, STORED).state == "no_target"


LINE = Pace(series="kaz-ghg-owid", start="2020", start_value=100, end="2030", end_value=0, unit="Mt CO2e")


def falling(rate: float, years: int = 11, series: str = "kaz-ghg-owid") -> dict[str, xr.Dataset]:
    """A series that changes by the same amount each year up to 2023."""
    at = np.arange(2024 - years, 2024)
    return {series: levels.yearly(series, at, 100 + rate * (at - 2020.0))}


@pytest.mark.parametrize(
    ("rate", "state"),
    [
        (-10.0, "on_track"),
        (-9.9, "too_slow"),
        (-5.0, "too_slow"),
        (-4.9, "far_too_slow"),
        (0.1, "wrong_direction"),
    ],
)
def test_a_straight_series_has_one_word_in_every_window(rate, state):
    found = pathway.pathway(LINE, falling(rate))
    assert found.main.observed == pytest.approx(rate)
    assert found.main.needed == -10.0
    assert found.ratio_low == pytest.approx(found.ratio_high)
    assert found.state == state


def test_seven_intervals_need_eight_yearly_values():
    assert pathway.pathway(LINE, falling(-6.0, 8)).state == "too_slow"
    assert pathway.pathway(LINE, falling(-6.0, 7)).state == "cannot_tell"


def test_a_second_source_of_the_same_quantity_widens_the_range():
    line = LINE.model_copy(update={"sources": ("kaz-ghg-lulucf-world-bank",)})
    other = falling(-12.0, series="kaz-ghg-lulucf-world-bank")
    found = pathway.pathway(line, falling(-6.0) | other)
    assert (found.state, found.evidence_strength) == ("sources_disagree", "disputed")
    assert (round(found.ratio_low, 6), round(found.ratio_high, 6)) == (0.6, 1.2)
    agreeing = pathway.pathway(line, falling(-6.0) | falling(-6.5, series="kaz-ghg-lulucf-world-bank"))
    assert (agreeing.state, agreeing.evidence_strength) == ("too_slow", "strong")


def test_four_stated_points_give_end_points_and_five_a_slope():
    name = "kaz-renewables-official-published"
    line = LINE.model_copy(update={"series": name, "start_value": 4.0, "end_value": 14.0, "unit": "%"})
    years, values = np.arange(2020, 2025), np.array([4.0, 9.0, 9.0, 9.0, 8.0])
    four = pathway.pathway(line, {name: levels.yearly(name, years[:4], values[:4])})
    assert four.main.observed == pytest.approx(5 / 3)
    five = pathway.pathway(line, {name: levels.yearly(name, years, values)})
    # Slope by hand: sum of (-2, -1, 0, 1, 2) * values over 10 = (-8 - 9 + 9 + 16) / 10.
    assert five.main.observed == pytest.approx(0.8)


def test_years_of_a_line():
    assert pathway.years_between("2023", "2060") == 37
    assert pathway.years_between("2026-01", "2031-01") == pytest.approx(5, abs=0.01)
    assert pathway.years_between("2023-03", "2030") == pytest.approx(7 + 10 / 12, abs=0.01)


def test_the_water_that_holds_a_level():
    # 0.2 m over 350,000 km2 is 70 km3 a year.
    assert pathway.inflow_to_hold(0.2, 350_000) == pytest.approx(70)
