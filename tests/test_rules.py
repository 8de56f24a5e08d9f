"""Step, flat line, moving line, dry bed and tail: each at the edge, just inside, just outside."""

from __future__ import annotations

import numpy as np
import pytest

from loaders.quality import qc, rules
from loaders.tables.catalogue import catalogue
from loaders.tables.schema import Step, Threshold
from tests.test_qc import dataset, level

LIMITS = catalogue().thresholds
TEN_DAYS = LIMITS["caspian-altimetry"]


def every(days: int, count: int, start: str = "2020-01-01") -> np.ndarray:
    return np.datetime64(start, "ns") + np.arange(count) * np.timedelta64(days, "D")


def limits(**changes) -> Threshold:
    return Threshold(
        id="made-up", source="test", version=1, date="2026-11-24", valid_from="1900-01-01", **changes
    )


def last_step(change: float, days: int, found: Threshold) -> int:
    """The flag of the second of two values that stand ``days`` and ``change`` apart."""
    return int(rules.step(every(days, 2), np.array([100.0, 100.0 + change]), found)[-1])


# ---- step -------------------------------------------------------------------------------------------------


# Powers of two keep the differences exact: 0.25 and 1 m in ten days.
@pytest.mark.parametrize(
    ("change", "flag"),
    [(0.25, 1), (-0.25, 1), (0.2501, 3), (-0.2501, 3), (1.0, 3), (1.0001, 4), (-1.0001, 4)],
)
def test_a_step_at_its_limits(change, flag):
    assert last_step(change, 10, limits(steps=[Step(days=10, suspect=0.25, fail=1.0)])) == flag


# A gap of 20 days allows 0.35 + 10 x 0.01 = 0.45 m, and 1.0 + 0.1 m before it fails.
@pytest.mark.parametrize(("change", "flag"), [(0.449, 1), (0.451, 3), (1.099, 3), (1.101, 4)])
def test_a_longer_gap_allows_a_centimetre_a_day(change, flag):
    assert last_step(change, 20, TEN_DAYS) == flag


@pytest.mark.parametrize(("days", "flag"), [(1, 4), (31, 4), (46, 4), (47, 2), (400, 2)])
def test_a_step_of_a_month_says_nothing_about_a_longer_gap(days, flag):
    """One and a half times 31 days are 46.5."""
    assert last_step(9.0, days, LIMITS["north-aral-level"]) == flag


@pytest.mark.parametrize(("change", "flag"), [(0.49, 1), (0.51, 3), (0.79, 3), (0.81, 4)])
def test_a_year_is_compared_with_the_year_before(change, flag):
    """The monthly steps of this ramp, at most 0.07 m, pass."""
    months = np.arange("2020-01", "2021-02", dtype="datetime64[M]").astype("datetime64[ns]")
    ramp = -28.0 + np.linspace(0, change, 13)
    assert rules.step(months, ramp, LIMITS["caspian-baltic"])[-1] == flag


@pytest.mark.parametrize(("change", "flag"), [(50, 1), (-50, 1), (51, 3), (90, 3), (91, 4), (-91, 4)])
def test_a_step_in_per_cent_of_the_year_before(change, flag):
    assert last_step(change, 365, LIMITS["volga-flow"]) == flag


def test_nothing_is_no_base_of_a_per_cent():
    found = rules.step(every(31, 3), np.array([0.0, 8.0, 8.1]), LIMITS["south-aral-part-area"])
    assert found.tolist() == [2, 2, 1]


def test_the_first_and_a_missing_value_have_no_step():
    values = np.array([-28.0, np.nan, -28.0, -27.0])
    assert rules.step(every(10, 4), values, TEN_DAYS).tolist() == [2, 9, 1, 3]
    assert rules.step(every(10, 1), values[:1], TEN_DAYS).tolist() == [2]
    assert rules.step(every(10, 0), values[:0], TEN_DAYS).tolist() == []


def test_dense_passes_are_compared_over_the_whole_step():
    """0.09 m a day is 0.9 m in ten days: each pass beside the one before would see nothing."""
    found = rules.step(every(1, 30), -28.0 + 0.09 * np.arange(30), TEN_DAYS)
    assert set(found[10:].tolist()) == {3}


def test_a_step_is_not_judged_outside_the_years_of_its_limits():
    old = rules.step(every(10, 2, "1991-12-01"), np.array([-28.0, -26.0]), TEN_DAYS)
    assert old.tolist() == [2, 2]


@pytest.mark.parametrize("bad", [{"days": 0}, {"days": -1}])
def test_a_step_without_a_length_is_refused(bad):
    with pytest.raises(ValueError, match="greater than 0"):
        Step(suspect=1, fail=2, **bad)


# ---- flat line --------------------------------------------------------------------------------------------


@pytest.mark.fault("S13")
def test_four_equal_heights_are_a_flat_line_and_three_are_none():
    values = np.array([-28.1, -28.0, -28.0, -28.0, -28.0, -28.0, -28.1])
    assert rules.flat(every(10, 7), values, TEN_DAYS).tolist() == [2, 2, 2, 1, 3, 3, 1]


# Multiples of 1/1024 m keep the spread exact.
@pytest.mark.parametrize(("spread", "flag"), [(1 / 1024, 3), (2 / 1024, 1)])
def test_equal_means_within_a_millimetre(spread, flag):
    values = np.array([-28.0, -28.0 + spread, -28.0, -28.0 + spread])
    assert rules.flat(every(10, 4), values, TEN_DAYS)[-1] == flag


@pytest.mark.parametrize(("month", "flag"), [("01", 2), ("02", 2), ("07", 3), ("11", 3)])
def test_under_ice_a_flat_line_says_nothing(month, flag):
    found = rules.flat(every(1, 10, f"2020-{month}-01"), np.full(10, -28.0), LIMITS["caspian-coast"])
    assert found[-1] == flag


def test_equal_values_far_apart_are_no_flat_line():
    """Thirty days are three steps of ten: one day more and they are no neighbours."""
    assert rules.flat(every(30, 4), np.full(4, -28.0), TEN_DAYS)[-1] == 3
    assert rules.flat(every(31, 4), np.full(4, -28.0), TEN_DAYS)[-1] == 1


def test_dry_days_in_a_row_are_no_flat_line():
    dry = qc.flag(dataset([0.0] * 20), level(qc="month-rain"))
    assert set(dry["qc"].values.tolist()) == {1}


# ---- the falling west and the dry east --------------------------------------------------------------------


# 20 - 0.8 (year - 2021), two metres either way: 18 to 22 m at the start of 2021, 15.2 to 19.2 m in mid 2024.
@pytest.mark.parametrize(
    ("day", "value", "flag"),
    [
        ("2021-01-01", 22.0, 1), ("2021-01-01", 22.01, 3), ("2021-01-01", 18.0, 1), ("2021-01-01", 17.99, 3),
        ("2024-07-02", 19.19, 1), ("2024-07-02", 19.21, 3),
        ("2024-07-02", 15.21, 1), ("2024-07-02", 15.19, 3),
        ("2007-12-31", 20.0, 1), ("2031-01-01", 20.0, 2),
    ],
)  # fmt: skip
def test_the_west_basin_falls_along_its_line(day, value, flag):
    times = np.array([day], dtype="datetime64[ns]")
    assert rules.doubted(times, np.array([value]), LIMITS["west-aral-stated"])[0] == flag


def test_the_satellite_line_of_the_west_basin_is_that_of_its_own_geoid():
    """21.64 m in 2021 above EGM2008; two metres and half a metre for the season."""
    times, found = np.array(["2021-01-01"], dtype="datetime64[ns]"), LIMITS["west-large-aral"]
    flags = [rules.doubted(times, np.array([v]), found)[0] for v in (19.13, 19.15, 24.13, 24.15)]
    assert flags == [3, 1, 1, 3]


@pytest.mark.fault("S14")
@pytest.mark.parametrize(("day", "flag"), [("2014-12-31", 1), ("2015-01-01", 3), ("2026-06-01", 3)])
def test_every_height_of_the_dry_east_basin_is_suspect(day, flag):
    row = level(qc="south-aral-altimetry", place="south-aral", sea="aral")
    found = dataset([28.0], times=[day]).assign_attrs(basin="south-aral-east")
    assert qc.flag(found, row)["qc"].values.tolist() == [flag]
    assert qc.flag(found.assign_attrs(basin="south-aral"), row)["qc"].values.tolist() == [1]


# ---- tail -------------------------------------------------------------------------------------------------

YEARS = every(10, 110, "2023-01-01")
# A sea that falls 0.1 m a year with a season of 0.15 m either way.
PHASE = (YEARS - YEARS[0]) / np.timedelta64(1, "D") / 365.25
SEASONAL = -28.0 - 0.1 * PHASE + 0.15 * np.sin(2 * np.pi * PHASE)


@pytest.mark.fault("S05")
@pytest.mark.parametrize(("shift", "flag"), [(0.0, 1), (0.22, 1), (0.28, 3), (-0.28, 3), (0.30, 3)])
def test_new_rows_that_moved_together_are_suspect(shift, flag):
    moved = SEASONAL.copy()
    moved[-3:] += shift
    flags = qc.flag(dataset(moved, times=YEARS), level())["qc"].values
    assert flags[-3:].tolist() == [flag] * 3
    assert set(flags[:-3].tolist()) == {1}


def test_the_tail_of_a_steady_sea_is_where_it_leads():
    assert rules.departure(YEARS, SEASONAL) == pytest.approx(0, abs=0.01)


def test_two_years_are_needed_to_know_the_tail():
    assert rules.departure(YEARS[:70], SEASONAL[:70]) is None
    assert rules.departure(YEARS[:3], SEASONAL[:3]) is None
    assert rules.departure(YEARS[:0], SEASONAL[:0]) is None
