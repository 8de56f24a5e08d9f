"""What the committed baseline says of each water body, and how it changes with the data behind it."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.readings.finding import finding
from dashboard.series.comparison import Comparison, linked, panels
from dashboard.series.snapshot import end_of, last_time
from tests.shots import BODIES, baseline, made, moved, passes, with_series, without, without_aral_levels

QUARTERS = "caspian-level-dahiti-2026-quarterly"
SATELLITE = (QUARTERS, "caspian-level-dahiti-2026-annual", "caspian-level-grealm-annual")
GAUGES = "caspian-level-kazhydromet-sector-annual"
TRACK = "north-aral-level-gwm"
SPEECH = Comparison()


def found(place, snapshot=None, comparison=SPEECH):
    snapshot = snapshot or baseline()
    return finding(snapshot, place, comparison, snapshot.rows())


def change_in(body, series):
    return next(change for change in body.changes if change.series == series)


def test_caspian_headline_is_the_mean_of_four_published_quarters():
    body = found("caspian")
    main = body.agreement.main
    assert main.series == QUARTERS
    assert main.datum == "dahiti-2026"
    # Read off the published figure: 2025-Q2 to 2026-Q1 against 2022-Q4 to 2023-Q3.
    differences = {str(pair.after)[:7]: round(pair.difference, 3) for pair in main.pairs}
    assert differences == {"2025-04": -0.233, "2025-07": -0.324, "2025-10": -0.501, "2026-01": -0.469}
    assert main.change == pytest.approx((-0.501 - 0.469 - 0.233 - 0.324) / 4)
    assert round(main.change, 2) == -0.38
    assert main.direction == "lower"


def test_caspian_uncertainty_by_hand():
    body = found("caspian")
    # Block error 0.06278 (the four quarters), reading error of the figure 0.026, and half of what lies
    # between the printed -0.38175 and the gauges' -29.35 + 29.02 = -0.33, which is more than over the whole
    # years 2025 minus 2023 (satellite -28.6570 + 28.3204 = -0.3366).
    half = (0.38175 - 0.33) / 2
    expected = (0.06278**2 + 0.026**2 + half**2) ** 0.5
    assert body.agreement.half_range == pytest.approx(half, abs=1e-4)
    assert body.agreement.main.uncertainty == pytest.approx(expected, abs=1e-4)
    assert round(2 * expected, 2) == 0.15


def test_two_of_two_independent_sources_agree():
    agreed = found("caspian").agreement
    assert (agreed.state, agreed.same_direction, agreed.total) == ("agree", 2, 2)
    (gauges,) = agreed.others
    assert gauges.series == GAUGES
    assert gauges.change == pytest.approx(-0.33)
    assert [str(gauges.pairs[0].before)[:4], str(gauges.pairs[0].after)[:4]] == ["2023", "2025"]


def test_part_quarter_is_shown_and_not_used():
    data = baseline().series[QUARTERS]
    assert str(data["time"].values[-1])[:7] == "2026-04"
    assert str(last_time(data)) == "2026-01-01"
    assert str(end_of(data)) == "2026-03-31"
    whole = (-0.501 - 0.469 - 0.324 - (28.625 - 28.265)) / 4  # as if the second quarter of 2026 counted
    assert round(whole, 3) == -0.413
    assert found("caspian").agreement.main.change > whole + 0.03


def test_without_the_satellite_years_the_north_aral_has_no_level_after_5_march_2023():
    body = found("north-aral", without_aral_levels(baseline()))
    assert body.agreement is None
    assert not body.told
    assert str(body.level_until) == "2023-03-05"
    assert body.shown_indicator == "area"


def test_without_a_level_the_south_aral_has_no_figure_after_2018():
    body = found("south-aral", without_aral_levels(baseline(), single=True))
    assert body.agreement is None
    assert body.level_until is None
    assert body.shown == ("south-aral-area-unesco",)
    rows = [row for row in baseline().rows() if row.place == "south-aral"]
    assert max(str(last_time(baseline().series[row.id]))[:4] for row in rows) == "2018"


def test_the_south_aral_is_measured_in_its_western_basin():
    """The bed of the east sends heights back without water; a track of either basin says which it is."""
    fall = [-0.1, -0.3, -0.1, -0.3]
    names = {"south-aral-level-gwm-277": "south-aral-west", "south-aral-level-gwm-2327": "south-aral-east"}
    west, east = (made(name, *passes(20.0, fall), basin=basin) for name, basin in names.items())
    body = found("south-aral", with_series(without_aral_levels(baseline()), west, east))
    assert body.body.level_place == "south-aral-west"
    assert [change.series for change in body.changes if change.told] == ["south-aral-level-gwm-277"]
    assert found("south-aral", with_series(without_aral_levels(baseline()), east)).agreement is None
    assert found("north-aral").body.level_place == "north-aral"


def test_without_the_satellite_the_gauges_speak_alone():
    body = found("caspian", without(baseline(), *SATELLITE))
    assert body.agreement.main.series == GAUGES
    assert body.agreement.total == 1
    assert body.agreement.main.change == pytest.approx(-0.33)
    # 0.05 m for each of the two years.
    assert body.agreement.main.uncertainty == pytest.approx((2 * 0.05**2) ** 0.5)


def test_without_the_gauges_no_half_range_enters():
    body = found("caspian", without(baseline(), GAUGES))
    assert body.agreement.total == 1
    assert body.agreement.half_range == 0
    assert body.agreement.main.uncertainty == pytest.approx((0.06278**2 + 0.026**2) ** 0.5, abs=1e-4)


@pytest.mark.parametrize("by", [10.0, -0.085])
def test_another_zero_of_a_whole_series_changes_nothing(by):
    """Every difference is taken inside one series, so the zero of its heights drops out."""
    data = baseline().series[QUARTERS]
    shifted = found("caspian", with_series(baseline(), moved(data, by).assign_attrs(datum="elsewhere")))
    assert shifted.agreement.main.change == pytest.approx(found("caspian").agreement.main.change)
    assert shifted.agreement.main.uncertainty == pytest.approx(found("caspian").agreement.main.uncertainty)
    assert shifted.agreement.total == 2


def test_shift_inside_a_series_is_seen_by_the_other_source():
    """A hidden jump of 1 m after the speech lifts one source; the other does not follow."""
    jumped = moved(baseline().series[GAUGES], 1.0, since="2024-01-01")
    body = found("caspian", with_series(baseline(), jumped))
    assert change_in(body, GAUGES).change == pytest.approx(0.67)
    assert body.agreement.main.reason == "sources_disagree"
    assert body.agreement.main.direction == "cannot_tell"
    assert (body.agreement.same_direction, body.agreement.total) == (1, 2)
    assert (body.agreement.state, body.agreement.until) == ("disagree", 2025)


def test_sources_far_apart_with_one_sign_widen_the_uncertainty():
    slow = moved(baseline().series[GAUGES], 0.30, since="2025-01-01")
    body = found("caspian", with_series(baseline(), slow))
    # As printed they stand further apart than over the years that both have, 0.3366 - 0.03.
    half = (0.38175 - 0.03) / 2
    assert body.agreement.half_range == pytest.approx(half, abs=1e-4)
    assert body.agreement.main.uncertainty == pytest.approx(
        (0.06278**2 + 0.026**2 + half**2) ** 0.5, abs=1e-4
    )
    assert body.agreement.main.direction == "lower"  # 0.382 against twice 0.1886


def test_monthly_aral_level_after_the_speech_is_told():
    track = made(TRACK, *passes(41.0, [0.1, 0.3, 0.1, 0.3]))
    body = found("north-aral", with_series(without_aral_levels(baseline()), track))
    main = body.agreement.main
    assert main.series == TRACK
    assert main.step == "month"
    assert len(main.pairs) == 12
    assert main.change == pytest.approx(0.2)
    # Blocks 0.1, 0.3, 0.1, 0.3: standard deviation 0.11547, half of it is the error of the mean of four; of
    # a difference along a track of this lake 0.065 m is assumed.
    assert main.uncertainty == pytest.approx(np.hypot(0.11547 / 2, 0.065), abs=1e-5)
    assert main.direction == "higher"
    assert body.shown == (TRACK,)


@pytest.mark.parametrize(
    ("blocks", "direction"),
    [([0.1, 0.3, 0.1, 0.3], "higher"), ([0.2, -0.2, 0.2, -0.1], "no_clear_change"),
     ([-0.1, -0.3, -0.1, -0.3], "lower")],
)  # fmt: skip
def test_twice_the_uncertainty_decides(blocks, direction):
    snapshot = with_series(without_aral_levels(baseline()), made(TRACK, *passes(41.0, blocks)))
    assert found("north-aral", snapshot).agreement.main.direction == direction


def test_two_tracks_of_the_same_satellites_are_one_source():
    tracks = [
        made("south-aral-level-gwm-277", *passes(20.0, [-0.1, -0.3, -0.1, -0.3])),
        made("south-aral-level-gwm-2327", *passes(25.0, [-0.1, -0.3, -0.1, -0.3])),
    ]
    body = found("south-aral", with_series(without_aral_levels(baseline()), *tracks))
    assert body.agreement.total == 1
    assert body.agreement.main.change == pytest.approx(-0.2)


def test_eight_months_after_the_speech_are_too_few():
    times, values = passes(41.0, [0.2, 0.2, 0.2, 0.2])
    kept = [at for at, time in enumerate(times) if time < "2024-07-20"]
    data = made(TRACK, [times[at] for at in kept], [values[at] for at in kept])
    body = found("north-aral", with_series(without_aral_levels(baseline()), data))
    assert body.agreement is None
    assert change_in(body, TRACK).reason == "too_few_pairs"


def test_passes_flagged_as_bad_do_not_enter():
    times, values = passes(41.0, [0.2, 0.2, 0.2, 0.2])
    spoiled = [value + 5 if at % 3 == 1 else value for at, value in enumerate(values)]
    flags = [4 if at % 3 == 1 else 1 for at in range(len(values))]
    body = found("north-aral", with_series(baseline(), made(TRACK, times, spoiled, flags=flags)))
    assert change_in(body, TRACK).change == pytest.approx(0.2)


def test_comparison_with_the_normal_uses_thirty_years():
    rows = [row for row in baseline().rows() if row.id == "caspian-level-dahiti-2026-annual"]
    body = finding(baseline(), "caspian", Comparison("normal"), rows)
    values = baseline().series[rows[0].id]["value"].sel(time=slice("1993", "2022")).values
    assert values.size == 30
    # 2025 minus the mean of 1993 to 2022, both of the same series.
    assert body.changes[0].change == pytest.approx(-28.657 - values.mean(), abs=1e-3)


def test_custom_windows_are_what_is_compared():
    month = np.datetime64
    windows = (month("2016-01", "M"), month("2016-12", "M")), (month("2020-01", "M"), month("2020-12", "M"))
    body = found("caspian", comparison=Comparison("custom", *windows))
    pairs = change_in(body, QUARTERS).pairs
    assert {str(pair.before)[:4] for pair in pairs} == {"2016"}
    assert {str(pair.after)[:4] for pair in pairs} == {"2020"}


def test_filters_that_leave_nothing_leave_an_empty_finding():
    body = finding(baseline(), "caspian", Comparison(), [])
    assert body.agreement is None
    assert body.shown == ()
    assert body.level_until is None


def test_linked_series_that_are_not_stored_are_named():
    have, missing = linked(baseline(), [TRACK, QUARTERS], Comparison())
    assert [one.row.id for one in have] == [QUARTERS]
    assert missing == [TRACK]
    assert have[0].value == pytest.approx(-28.793)


@pytest.mark.parametrize("indicator", ["", "river-flow", "area", "air-temperature-anomaly"])
def test_panels_hold_each_place_once(indicator):
    rows = panels(baseline(), baseline().rows(), indicator=indicator, most=9)
    assert 0 < len(rows) <= 9
    assert len({(row.indicator, row.place) for row in rows}) == len(rows)
    if indicator:
        assert {row.indicator for row in rows} == {indicator}


def test_every_body_is_found():
    assert [found(body).place for body in BODIES] == ["caspian", "north-aral", "south-aral"]


def test_the_headlines_own_source_carries_the_card_where_a_yearly_list_ended_before():
    """The list's newest good year is 2024; a track of months to 2026 is no thin line beside it."""
    months = np.arange(np.datetime64("2022-11"), np.datetime64("2026-11"))
    times = np.concatenate([months.astype("datetime64[D]") + day for day in (2, 12, 22)])
    track = made("caspian-level-gwm", np.sort(times), np.full(times.size, -28.4))
    body = found("caspian", with_series(baseline(), track))
    assert body.agreement.main.series == "caspian-level-gwm"
    assert body.shown[:2] == ("caspian-level-gwm", "caspian-level-grealm-annual")
    assert found("caspian").shown[0] == "caspian-level-dahiti-2026-annual"
