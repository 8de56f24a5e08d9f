"""What is not believed: each rule at its limit, with numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from loaders.quality import holds
from loaders.tables.catalogue import catalogue

START = np.datetime64("2020-01-01", "ns")


def level(values, *, first=0, qc=None, indicator="level", hours=0) -> xr.Dataset:
    values = np.array(values, dtype="float64")
    steps = (first + np.arange(values.size)) * np.timedelta64(10, "D") + np.timedelta64(hours, "h")
    flags = np.where(np.isnan(values), 9, 1) if qc is None else np.array(qc)
    return xr.Dataset(
        {"value": ("time", values), "qc": ("time", flags.astype("int8"))},
        coords={"time": START + steps},
        attrs={"indicator": indicator},
    )


FLAT = np.full(100, -28.0)


def test_the_same_data_are_believed():
    assert holds.reason(level(FLAT), level(FLAT)) is None
    assert holds.reason(None, level(FLAT)) is None


# ---- the zero of a level ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("shift", "held"), [(0.04, False), (0.06, True), (-0.06, True), (0.3, True)])
def test_a_history_that_moved_together_is_held(shift, held):
    reason = holds.shifted(level(FLAT), level(FLAT + shift))
    assert reason == (f"source changed its zero by {abs(shift):.2f} m" if held else None)


def test_the_shift_is_the_median_so_that_a_few_revised_values_do_not_hold():
    revised = FLAT.copy()
    revised[:40] += 0.3
    assert holds.reason(level(FLAT), level(revised)) is None
    revised[:51] = FLAT[:51] + 0.3
    assert "0.30 m" in str(holds.reason(level(FLAT), level(revised)))


def test_twelve_common_days_are_needed():
    assert holds.shifted(level(FLAT[:11]), level(FLAT[:11] + 1)) is None
    assert holds.shifted(level(FLAT[:12]), level(FLAT[:12] + 1)) == "source changed its zero by 1.00 m"


def test_passes_of_one_day_are_compared_though_their_hour_differs():
    assert holds.shifted(level(FLAT), level(FLAT + 0.3, hours=7)) == "source changed its zero by 0.30 m"
    assert holds.reason(level(FLAT), level(FLAT, hours=7)) is None


def test_failed_values_do_not_move_the_zero():
    bad = np.where(np.arange(100) < 60, -20.0, -28.0)
    flags = np.where(np.arange(100) < 60, 4, 1)
    assert holds.shifted(level(FLAT), level(bad, qc=flags)) is None


def test_emissions_may_be_revised_as_a_whole():
    old, new = level(FLAT, indicator="ghg"), level(FLAT + 30, indicator="ghg")
    assert holds.reason(old, new) is None


# Fine steps, so that three times the stated error is the limit: 0.03 m at an error of 0.01 m.
@pytest.mark.parametrize(
    ("error", "shift", "held"),
    [
        (0.010, 0.029, False), (0.010, 0.031, True), (0.10, 0.06, True), (0.10, 0.04, False),
        (0.002, 0.04, False), (np.nan, 0.04, False),
    ],
)  # fmt: skip
def test_a_shift_of_three_stated_errors_is_held_and_a_formal_error_says_nothing(error, shift, held):
    new = level(FLAT + shift).assign(uncertainty=("time", np.full(100, error)))
    assert (holds.shifted(level(FLAT), new) is not None) == held


# ---- the tail ---------------------------------------------------------------------------------------------

TAIL = catalogue().thresholds["caspian-altimetry"]


@pytest.mark.parametrize(("shift", "held"), [(0.3, False), (0.59, False), (0.61, True), (-0.61, True)])
def test_a_tail_far_from_trend_and_season_is_held(shift, held):
    new = level(np.full(110, -28.0))
    new["value"].values[-3:] += shift
    reason = holds.reason(level(FLAT), new, None, TAIL)
    off = f"the newest three values stand {abs(shift):.2f} m off trend and season"
    assert reason == (off if held else None)


def test_a_failed_value_is_no_tail():
    new = level(np.full(110, -28.0))
    new["value"].values[-3:] += 5.0
    new["qc"].values[-3:] = 4
    assert holds.departed(new, TAIL) is None


def test_without_limits_of_a_tail_nothing_is_held():
    new = level(np.full(110, -28.0))
    new["value"].values[-3:] += 5.0
    assert holds.departed(new, None) is None
    assert holds.departed(new, catalogue().thresholds["volga-flow"]) is None


# ---- lost history -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lost", "held"), [(2, False), (3, True), (100, True)])
def test_more_than_two_in_a_hundred_lost_days_are_held(lost, held):
    longer = level(np.full(120, -28.0))
    reason = holds.shortened(level(FLAT), longer.isel(time=slice(lost, None)))
    assert reason == (f"{lost} of 100 stored values are missing from the new file" if held else None)


def test_a_value_that_became_missing_is_lost():
    gaps = FLAT.copy()
    gaps[10:20] = np.nan
    assert (
        holds.shortened(level(FLAT), level(gaps)) == "10 of 100 stored values are missing from the new file"
    )


def with_mission(dataset: xr.Dataset, code: int) -> xr.Dataset:
    codes = np.full(dataset.sizes["time"], code, dtype="int8")
    return dataset.assign(mission=("time", codes, {"flag_meanings": "TOPEX JASN3"}))


@pytest.mark.parametrize(("hours", "code", "held"), [(240, 2, False), (264, 2, True), (240, 1, True)])
def test_days_that_another_mission_replaced_are_not_lost(hours, code, held):
    """The first 50 of 100 days are gone; other passes stand 10 or 11 days after the last of each."""
    old = with_mission(level(FLAT[:50]), 1).isel(time=slice(0, 50, 4))
    later = with_mission(level(FLAT[:50], hours=hours), code).isel(time=slice(0, 50, 4))
    assert (holds.shortened(old, later) is not None) == held


# ---- flags of the new part --------------------------------------------------------------------------------


def grown(flags) -> tuple[xr.Dataset, xr.Dataset]:
    """100 old points, and the same with new ones that carry ``flags``."""
    new = level(np.full(100 + len(flags), -28.0), qc=[1] * 100 + list(flags))
    return level(FLAT), new


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ([1] * 95 + [4] * 5, None),
        ([1] * 94 + [4] * 6, "6 of 100 new values are out of range"),
        ([1] * 8 + [3] * 2, None),
        ([1] * 7 + [3] * 3, "3 of 10 new values are suspect"),
        ([3], None),
        ([4], None),
        ([4, 4], "all 2 new values are out of range"),
        ([3, 3, 3, 3], None),
        ([1, 3, 3, 1, 1], "2 of 5 new values are suspect"),
    ],
)
def test_shares_of_the_new_part(flags, reason):
    assert holds.flagged(*grown(flags)) == reason


def test_old_flags_do_not_count_as_new():
    old = level(FLAT, qc=[3] * 50 + [1] * 50)
    new = level(np.full(110, -28.0), qc=[3] * 50 + [1] * 60)
    assert holds.flagged(old, new) is None
    assert holds.flagged(None, new) == "50 of 110 new values are suspect"


def test_what_the_source_itself_doubts_is_no_surprise():
    new = level(FLAT, qc=[3] * 50 + [1] * 50)
    assert holds.flagged(None, new, new["qc"].values) is None


def test_a_file_without_a_usable_value_is_held():
    assert holds.reason(None, level(FLAT, qc=[4] * 100)) == "none of its values is usable"
    assert holds.reason(None, level([np.nan] * 3)) == "none of its values is usable"


# ---- the difference ---------------------------------------------------------------------------------------


def test_difference_counts_points_and_the_largest_change():
    old = level([-28.0, -28.1, np.nan, -28.3, -28.4])
    new = level([-28.0, -28.2, -28.25, np.nan, -28.4, -28.5])
    found = holds.difference(old, new)
    assert (found.added, found.changed, found.removed) == (2, 1, 1)
    assert found.largest == pytest.approx(0.1)
    assert holds.difference(None, new) == holds.Difference(5, 0, 0, None)
    assert holds.difference(old, old) == holds.Difference(0, 0, 0, None)
