"""Like-period change against hand arithmetic and the published figures behind the headline."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from dashboard.series.agreement import agreement
from dashboard.series.change import block_error, like_change, normal_change
from dashboard.series.periods import annual_means, monthly_means, offset, usable

# Long after every made-up record.
LATER = np.datetime64("2030-01-01", "D")


def series(times, values, *, cadence, flags=None, provisional=None, group="one", uncertainty=None):
    size = len(times)
    variables = {
        "value": ("time", np.asarray(values, dtype="float64")),
        "qc": ("time", np.asarray(flags or [1] * size, dtype="int8")),
        "provisional": ("time", np.asarray(provisional or [0] * size, dtype="int8")),
    }
    if uncertainty is not None:
        variables["uncertainty"] = ("time", np.full(size, uncertainty))
    attrs = {"series_id": f"{group}-{cadence}", "independence_group": group, "units": "m", "datum": "d",
             "cadence": cadence}  # fmt: skip
    return xr.Dataset(variables, coords={"time": np.array(times, dtype="datetime64[ns]")}, attrs=attrs)


def months(start, values, **more):
    first = np.datetime64(start, "M")
    return series([first + at for at in range(len(values))], values, cadence="month", **more)


# Quarter means of the satellite export, 2022-Q4 to 2023-Q3 and 2025-Q2 to 2026-Q1, read off the figure.
QUARTERS = {
    "2022-10": -28.283, "2023-01": -28.324, "2023-04": -28.265, "2023-07": -28.206,
    "2025-04": -28.498, "2025-07": -28.530, "2025-10": -28.784, "2026-01": -28.793,
}  # fmt: skip


def test_four_like_quarters_by_hand():
    data = series(list(QUARTERS), list(QUARTERS.values()), cadence="quarter")
    change = like_change(data, systematic=0.026, as_of=LATER)
    by_season = {"10": -0.501, "01": -0.469, "04": -0.233, "07": -0.324}
    assert {str(pair.after)[5:7]: round(pair.difference, 3) for pair in change.pairs} == by_season
    assert change.change == pytest.approx(-1.527 / 4)
    # Deviations from -0.38175 are -0.11925, -0.08725, 0.14875, 0.05775: squares add to 0.04730, so the
    # standard deviation is 0.12556 and half of it is the error of the mean of four.
    assert change.parts["block"] == pytest.approx(0.06278, abs=1e-5)
    assert 2 * change.uncertainty == pytest.approx(2 * (0.06278**2 + 0.026**2) ** 0.5, abs=1e-4)
    assert change.direction == "lower"


def test_november_2023_belongs_to_no_side():
    data = months("2022-11", [0.0] * 12 + [99.0] + [1.0] * 12)
    change = like_change(data, as_of=LATER)
    assert len(change.pairs) == 12
    assert change.change == 1.0
    assert all(str(pair.before) != "2023-11" and str(pair.after) != "2023-11" for pair in change.pairs)


@pytest.mark.parametrize(("after", "told"), [(8, False), (9, True)])
def test_nine_pairs_of_months_are_needed(after, told):
    # Three values that differ from block to block, so that there is a scatter to measure.
    data = months("2022-11", [0.0] * 13 + [1.0, 1.1, 1.2, 1.3, 1.1, 1.0, 0.9, 1.2, 1.1][:after])
    change = like_change(data, as_of=LATER)
    assert change.told is told
    assert change.reason == ("" if told else "too_few_pairs")


def test_spring_is_never_compared_with_autumn():
    season = np.tile([0.0, 0.1, 0.2, 0.3, 0.3, 0.2, 0.1, 0.0, -0.1, -0.2, -0.2, -0.1], 4)
    data = months("2022-01", season[:46])
    assert like_change(data, as_of=LATER).change == pytest.approx(0.0, abs=1e-12)


def test_record_that_ends_before_the_speech_cannot_tell():
    change = like_change(months("2020-01", np.linspace(0, 1, 43)), as_of=LATER)
    assert (change.direction, change.reason) == ("cannot_tell", "ends_before_speech")


def test_part_year_is_never_an_end_point():
    years = ["2022", "2023", "2024", "2025"]
    data = series(years, [0, 0, -1, -5], cadence="year", flags=[1, 1, 1, 3], uncertainty=0.1)
    change = like_change(data, as_of=LATER)
    assert change.change == -1.0
    assert change.uncertainty == pytest.approx(np.hypot(0.1, 0.1))


def test_one_year_without_stated_error_is_not_a_finding():
    change = like_change(series(["2023", "2024"], [10.0, 12.0], cadence="year"), as_of=LATER)
    assert (change.direction, change.reason, change.change) == ("cannot_tell", "no_uncertainty", 2.0)


def test_flags_4_and_9_and_a_suspect_newest_point_stay_out():
    days = ["2023-01-01", "2023-01-11", "2023-01-21", "2023-02-01"]
    data = series(days, [1, 9, np.nan, 3], cadence="10-day", flags=[1, 4, 9, 3])
    assert usable(data)["value"].values.tolist() == [1.0]
    middle = series(["2023-01-01", "2023-01-11", "2023-01-21"], [1, 2, 3], cadence="10-day", flags=[1, 3, 1])
    assert usable(middle)["value"].values.tolist() == [1.0, 2.0, 3.0]


def test_a_month_needs_two_ten_day_points():
    days = ["2023-01-05", "2023-01-15", "2023-02-05", "2023-03-01"]
    data = series(days, [1.0, 3.0, 5.0, 7.0], cadence="10-day")
    at, means = monthly_means(data, LATER)
    assert (at.astype(str).tolist(), means.tolist()) == (["2023-01"], [2.0])
    at, means = monthly_means(data, LATER, min_obs=1)
    assert means.tolist() == [2.0, 5.0]


def test_provisional_month_is_left_out():
    at, _ = monthly_means(months("2023-01", [1.0, 2.0, 3.0], provisional=[0, 0, 1]), LATER)
    assert at.astype(str).tolist() == ["2023-01", "2023-02"]


def test_block_error_by_hand():
    # Blocks (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4): sd of 1, 2, 3, 4 is 1.29099; over four blocks, half.
    assert block_error(np.repeat([1.0, 2.0, 3.0, 4.0], 3), "month") == pytest.approx(1.2909944 / 2)
    assert block_error(np.array([5.0]), "year") == 0.0


def test_normal_uses_the_same_calendar_months_of_1993_2022():
    values = np.tile(np.arange(12.0), 30).tolist()
    recent = np.arange(12.0) + np.repeat([0.4, 0.6, 0.5, 0.5], 3)
    data = months("1993-01", values + (np.arange(12.0)).tolist() + recent.tolist())
    change = normal_change(data, as_of=LATER)
    assert change.change == pytest.approx(0.5)
    assert change.direction == "higher"
    assert change.base == (np.datetime64("1993-01"), np.datetime64("2022-12"))
    assert normal_change(months("2010-01", np.arange(192.0)), as_of=LATER).reason == "short_normal"
    # A record to July 2023 says nothing of today, however far it stands from the normal.
    assert normal_change(months("1993-01", [*values, *[9.0] * 7]), as_of=LATER).reason == "ends_before_speech"


def test_a_year_against_the_normal_carries_its_stated_error():
    years = [str(year) for year in range(1993, 2026)]
    data = series(years, [*[0.0] * 32, -1.0], cadence="year", uncertainty=0.05)
    change = normal_change(data, systematic=0.12, as_of=LATER)
    assert change.change == pytest.approx(-1.0)
    assert change.uncertainty == pytest.approx(0.13)


def test_custom_windows_pair_by_calendar_month():
    data = months("2000-01", np.arange(48.0))
    before = np.datetime64("2000-01"), np.datetime64("2000-12")
    after = np.datetime64("2003-01"), np.datetime64("2003-12")
    change = like_change(data, before=before, after=after, as_of=LATER)
    assert {pair.difference for pair in change.pairs} == {36.0}


def told(value, group):
    return like_change(
        series(["2023", "2025"], [0.0, value], cadence="year", group=group, uncertainty=0.05), as_of=LATER
    )


def test_half_the_range_between_sources_enters_the_uncertainty():
    found = agreement([told(-0.34, "sat"), told(-0.30, "gauge")])
    assert (found.same_direction, found.total) == (2, 2)
    assert found.half_range == pytest.approx(0.02)
    # The number is that of one source: no median under the name of either.
    assert (found.main.series, found.main.change) == ("sat-year", -0.34)
    assert found.others[0].change == -0.30
    assert found.main.uncertainty == pytest.approx(np.sqrt(2 * 0.05**2 + 0.02**2))
    assert (found.state, found.until) == ("agree", None)


def test_sources_of_different_sign_cannot_tell():
    found = agreement([told(-0.34, "sat"), told(0.30, "gauge")])
    assert (found.main.direction, found.main.reason) == ("cannot_tell", "sources_disagree")
    assert (found.state, found.until) == ("disagree", 2025)


def test_two_products_of_one_family_count_once():
    found = agreement([told(-0.34, "sat"), told(-0.30, "sat")])
    assert (found.total, found.others) == (1, ())


def test_annual_means_need_whole_years():
    years, means = annual_means(months("2020-01", np.arange(18.0)), LATER)
    assert (years.astype(str).tolist(), means.tolist()) == (["2020"], [5.5])


def test_offset_uses_common_whole_years():
    one = series(["2000", "2001", "2002", "2003"], [1.5, 2.6, 3.4, 9.0], cadence="year")
    other = series(["2000", "2001", "2002"], [1.0, 2.0, 3.0], cadence="year")
    gap, spread, first, last, count = offset(one, other, LATER)
    assert gap == pytest.approx(0.5)
    assert spread == pytest.approx(0.1)
    assert (first, last, count) == (2000, 2002, 3)
    with pytest.raises(ValueError, match="three whole years"):
        offset(one, series(["1950"], [0.0], cadence="year"), LATER)


@pytest.mark.parametrize(
    ("day", "newest"), [("2026-11-27", "2026-10"), ("2026-11-30", "2026-10"), ("2026-12-01", "2026-11")]
)
def test_a_month_counts_when_it_is_over(day, newest):
    days = np.arange(np.datetime64("2026-09-01"), np.datetime64("2026-12-01"))
    at, _ = monthly_means(series(days, np.zeros(days.size), cadence="day"), np.datetime64(day))
    assert str(at[-1]) == newest


@pytest.mark.parametrize(("last", "newest"), [("2026-11-18", "2026-10"), ("2026-11-21", "2026-11")])
def test_a_month_with_a_pass_still_to_come_does_not_count(last, newest):
    """The next of the passes every ten days after 18 November is due on the 28th, whatever the clock says."""
    days = np.arange(np.datetime64("2026-09-02"), np.datetime64(last) + 1)[::-10][::-1]
    data = series(days, np.zeros(days.size), cadence="10-day")
    assert str(monthly_means(data, np.datetime64("2026-12-05"))[0][-1]) == newest


@pytest.mark.parametrize(
    ("cadence", "first", "over"), [("quarter", "2026-10", "2027-01-01"), ("year", "2026-01", "2027-01-01")]
)
def test_a_quarter_and_a_year_count_when_they_are_over(cadence, first, over):
    data = series(["2022-10", "2023-01", first], [0.0, 0.0, 9.0], cadence=cadence)
    day = np.datetime64(over)
    ends = [like_change(data, as_of=at).newest for at in (day - 1, day)]
    assert [str(end) for end in ends] == ["2023-01", first]


def yearly(values, group, first=2023, uncertainty=0.02):
    years = [str(first + at) for at in range(len(values))]
    return like_change(
        series(years, values, cadence="year", group=group, uncertainty=uncertainty), as_of=LATER
    )


def test_a_newer_rise_is_no_disagreement_with_a_list_that_ended_before():
    """Both fell from 2023 to 2025; the newer one rose in 2026."""
    found = agreement([yearly([0.0, -0.2, -0.3, 0.4], "sat"), yearly([0.0, -0.2, -0.34], "gauge")])
    assert (found.state, found.until, found.same_direction) == ("alone", 2025, 1)
    assert (found.main.change, found.main.direction) == (0.4, "higher")
    # Over 2023 to 2025 they stand 0.04 m apart: half of it. What the list says of another year is no error.
    assert found.half_range == pytest.approx(0.02)


def test_sources_are_said_to_disagree_over_the_time_they_share():
    """To 2025 one rose and one fell; that both fell by their newest year hides nothing."""
    found = agreement([yearly([0.0, 0.2, 0.3, -0.5], "sat"), yearly([0.0, -0.2, -0.34], "gauge")])
    assert (found.state, found.until) == ("disagree", 2025)
    assert found.main.direction == "cannot_tell"


def test_what_came_long_after_the_others_rests_on_one_source():
    found = agreement([yearly([0.0, -0.2, -0.3, -0.5, -0.7], "sat"), yearly([0.0, -0.2, -0.34], "gauge")])
    assert (found.state, found.until, found.same_direction) == ("agree", 2025, 2)
    together = agreement([yearly([0.0, -0.2, -0.3, -0.5], "sat"), yearly([0.0, -0.2, -0.34], "gauge")])
    assert (together.state, together.until) == ("agree", None)


def test_the_uncertainty_spans_what_is_printed():
    """The track's own years differ by -0.09 m, the list's by -0.33 m: 0.12 m from their middle."""
    track = months("2022-11", [0.0] * 14 + [-0.09] * 35, group="sat")
    found = agreement(
        [like_change(track, as_of=LATER, systematic=0.064), yearly([0.0, -0.2, -0.33], "gauge")]
    )
    assert found.main.change == pytest.approx(-0.09)
    assert found.half_range == pytest.approx(0.12)
    assert found.main.uncertainty == pytest.approx(np.hypot(0.12, 0.064))
