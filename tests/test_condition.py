"""The condition method against known series, the published figures of its record, and other libraries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pymannkendall
import pytest
import statsmodels.api as sm
from scipy import stats

from dashboard.readings.claims import mann_kendall, when_said
from dashboard.readings.condition import by_months, decision, frozen, pace
from dashboard.readings.condition.fit import piecewise
from dashboard.readings.condition.fit.estimates import Estimate, Fit
from dashboard.readings.condition.frozen import BASELINES
from dashboard.series.periods import SPEECH
from loaders.errors import ContractError
from loaders.tables.catalogue import catalogue
from tests import levels

DAY = np.datetime64("2027-06-30", "D")


def bent(months: np.ndarray, before: float, change: float) -> np.ndarray:
    """Centimetres: a trend, a change of it at the speech, and a yearly and half-yearly season."""
    times = piecewise.middle(months)
    x = times - piecewise.moment(SPEECH)
    return (
        before * x
        + change * np.maximum(x, 0)
        + 15 * np.cos(2 * np.pi * times)
        + 4 * np.sin(4 * np.pi * times)
    )


def test_known_trend_break_and_season_come_back():
    months = levels.span("2014-01", "2026-11")
    found = piecewise.fit(months, bent(months, -11.0, 7.5) - 2800, SPEECH)
    assert found.before.value == pytest.approx(-11.0, abs=1e-8)
    assert found.change.value == pytest.approx(7.5, abs=1e-8)
    assert found.after.value == pytest.approx(-3.5, abs=1e-8)


@pytest.mark.parametrize("step", [-23.0, 40.0])
def test_a_step_at_the_speech_is_in_neither_slope(step):
    months = levels.span("2014-01", "2026-11")
    values = bent(months, -11.0, 7.5) + step * (months >= np.datetime64("2023-12"))
    inside = months != np.datetime64("2023-11")
    found = piecewise.fit(months[inside], values[inside], SPEECH)
    assert found.before.value == pytest.approx(-11.0, abs=1e-8)
    assert found.after.value == pytest.approx(-3.5, abs=1e-8)


def test_the_break_is_the_day_of_the_speech():
    # 24 November is 23 days into a month of 30, the eleventh of the year.
    assert piecewise.moment(SPEECH) + 1970 == pytest.approx(2023 + (10 + 23 / 30) / 12)
    assert piecewise.middle(np.array(["2023-11"], dtype="datetime64[M]"))[0] + 1970 == pytest.approx(
        2023 + 10.5 / 12
    )


def test_fit_and_intervals_against_statsmodels():
    rng = np.random.default_rng(1)
    months = levels.span("2014-01", "2027-06")
    noise = np.zeros(months.size)
    for at in range(1, months.size):
        noise[at] = 0.6 * noise[at - 1] + rng.normal(0, 3)
    values = bent(months, -11.0, 7.5) + noise
    found = piecewise.fit(months, values, SPEECH)
    t = (months.astype(int) + 0.5) / 12
    x = t - (53 + (10 + 23 / 30) / 12)
    columns = [np.ones_like(x), x, x > 0, np.where(x > 0, x, 0)]
    columns += [f(2 * np.pi * k * t) for k in (1, 2) for f in (np.cos, np.sin)]
    theirs = sm.OLS(values, np.column_stack(columns)).fit()
    assert found.before.value == pytest.approx(theirs.params[1])
    assert found.change.value == pytest.approx(theirs.params[3])
    # Each line rests on the residuals of its own side: their scatter and their serial correlation.
    errors, sizes = [], []
    for ours, side, weights in ((found.before, x < 0, [0, 1, 0, 0, 0, 0, 0, 0]),
                                (found.after, x > 0, [0, 1, 0, 1, 0, 0, 0, 0])):  # fmt: skip
        rest = theirs.resid[side]
        pairs = rest[:-1] @ rest[1:] / np.sqrt((rest[:-1] @ rest[:-1]) * (rest[1:] @ rest[1:]))
        assert pairs == pytest.approx(sm.tsa.acf(rest, nlags=1)[1], abs=0.03)
        wider = (1 + pairs) / (1 - pairs)
        scatter = rest @ rest / (rest.size - 2) / theirs.scale
        errors.append(float(theirs.t_test(weights).sd[0, 0]) * np.sqrt(scatter * wider))
        sizes.append(rest.size / wider)
        half = stats.t.ppf(0.95, sizes[-1] - 2) * errors[-1]
        assert (ours.low, ours.high) == pytest.approx((ours.value - half, ours.value + half))
    assert found.r == pytest.approx(pairs)
    assert found.effective == pytest.approx(sum(sizes))
    half = stats.t.ppf(0.95, min(sizes) - 2) * np.hypot(*errors)
    assert (found.change.high - found.change.low) / 2 == pytest.approx(half)


def test_how_the_years_before_bent_says_nothing_of_how_sure_the_slope_after_is():
    months = levels.span("2006-01", "2027-06")
    straight = bent(months, -11.0, 7.5) + 100 * levels.swings(months.size)
    x = piecewise.middle(months) - piecewise.moment(SPEECH)
    curved = straight - np.where(x < 0, 0.5 * x**2, 0.0)
    one, other = (piecewise.fit(months, values, SPEECH).after for values in (straight, curved))
    assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.2)


def test_lag_one_by_hand_and_never_across_a_gap():
    months = levels.span("2020-01", "2020-04")
    # (2*1 + 1*0 + 0*-1) / sqrt((4 + 1 + 0) * (1 + 0 + 1)) = 2 / sqrt(10)
    assert piecewise.lag_one(np.array([2.0, 1.0, 0.0, -1.0]), months) == pytest.approx(2 / np.sqrt(10))
    assert piecewise.lag_one(np.array([1.0, -1.0, 1.0, -1.0]), months) == 0.0
    split = np.array(["2020-01", "2020-02", "2021-05", "2021-06", "2021-07"], dtype="datetime64[M]")
    # Without the pair across the gap: (1*1 + 1*1 + 1*-1) / sqrt(3 * 3)
    assert piecewise.lag_one(np.array([1.0, 1.0, 1.0, 1.0, -1.0]), split) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("start", "trend", "error", "r", "effective"),
    [
        ("1996-01", -6.5, 1.0, 0.96, 7),
        ("2006-01", -10.1, 0.4, 0.81, 22),
        ("2014-01", -11.0, 1.7, 0.89, 7),
        ("2018-01", -16.8, 2.2, 0.82, 7),
        ("2020-07", -26.8, 1.1, 0.22, 23),
    ],
)
def test_published_trends_by_start(samples, start, trend, error, r, effective):
    months, values = levels.sample_months(samples)
    inside = months >= np.datetime64(start, "M")
    columns = piecewise.season(months[inside])
    found, covariance, ours, size = piecewise.solve(columns, values[inside], months[inside])
    assert found[1] == pytest.approx(trend, abs=0.06)
    assert np.sqrt(covariance[1, 1]) == pytest.approx(error, abs=0.06)
    assert ours == pytest.approx(r, abs=0.015)
    assert size == pytest.approx(effective, abs=1.2)


def test_claim_was_true_when_said(samples):
    months, values = levels.sample_months(samples)
    found = when_said(levels.ten_day(levels.DAHITI, months, values / 100))
    assert found.years == 17
    # The figure was printed from plain yearly means; means of twelve months differ by less than 0.1.
    assert found.slope.value * 100 == pytest.approx(-9.5, abs=0.1)
    assert found.slope.low < found.slope.value < found.slope.high < 0
    assert found.z == pytest.approx(-5.6, abs=0.05)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mann_kendall_against_pymannkendall(seed):
    values = np.round(np.random.default_rng(seed).normal(0, 2, 30) - 0.1 * np.arange(30))
    assert mann_kendall(values) == pytest.approx(pymannkendall.original_test(values).z)


# ---- the decision table -----------------------------------------------------------------------------------

LOW, HIGH = -16.0, 13.0


def shaped(change: float, before: float = -10.0, half: float = 5.0, half_before: float = 5.0) -> Fit:
    after = before + change
    return Fit(
        Estimate(before, before - half_before, before + half_before),
        Estimate(after, after - half, after + half),
        Estimate(change),
        0.8,
        150,
        20.0,
    )


@pytest.mark.parametrize(
    ("fit", "word"),
    [
        (shaped(-16.01), "fall_steepening"),
        (shaped(-16.0), "no_detectable_change"),
        (shaped(-15.99), "no_detectable_change"),
        (shaped(12.99), "no_detectable_change"),
        (shaped(13.0), "no_detectable_change"),
        (shaped(13.01), "fall_slowing"),
        (shaped(13.01, half=3.02), "fall_slowing"),  # interval from -0.01
        (shaped(13.01, half=3.01), "fall_slowing"),  # from 0: not wholly above
        (shaped(13.01, half=3.0), "recovering"),  # from +0.01
        (shaped(14.0, before=-14.0, half=2.0), "holding"),  # the interval is -2 to +2
        (shaped(14.0, before=-14.0, half=1.99), "holding"),
        (shaped(14.0, before=-14.0, half=2.01), "fall_slowing"),
        (shaped(0.2, before=-0.1, half=1.9, half_before=1.9), "holding"),
        (shaped(0.2, before=-0.1, half=1.91, half_before=1.9), "no_detectable_change"),
        (shaped(0.2, before=-0.1, half=1.9, half_before=1.91), "no_detectable_change"),
        (shaped(-17.0, before=20.0), "rise_slowing"),
        (shaped(-20.0, before=20.0), "rise_slowing"),  # the trend after is exactly zero
        (shaped(-20.01, before=20.0), "now_falling"),
        (shaped(13.01, before=5.0), "rise_strengthening"),
        (shaped(13.01, before=0.0, half=2.0), "recovering"),
        (shaped(13.0, before=5.0), "no_detectable_change"),
    ],
)
def test_each_word_at_inside_and_outside_its_threshold(fit, word):
    assert decision.word(fit, LOW, HIGH)[0] == word


@pytest.mark.parametrize(("change", "stopped"), [(13.5, True), (13.01, False)])
def test_a_slowing_that_may_have_stopped(change, stopped):
    assert decision.word(shaped(change, before=-13.2), LOW, HIGH) == ("fall_slowing", stopped)


@pytest.mark.parametrize(
    ("shares", "age", "count", "state", "absence"),
    [
        ((0.7, 0.7), 120, 36, "no_detectable_change", ""),
        ((0.69, 1.0), 0, 36, "no_data", "under_70_percent"),
        ((1.0, 0.69), 0, 36, "no_data", "under_70_percent"),
        ((1.0, 1.0), 121, 36, "no_data", "stale"),
        ((1.0, 1.0), 121, 35, "no_data", "stale"),
        ((1.0, 1.0), 120, 35, "too_early", "too_few_months"),
    ],
)
def test_no_word_before_the_first_rows_of_the_table_are_passed(shares, age, count, state, absence):
    assert decision.absence(shares, age, count) == (state, absence)


def test_headline_needs_one_word_from_all_baselines():
    assert decision.over_baselines(["fall_slowing"] * 3) == "fall_slowing"
    assert decision.over_baselines(["fall_slowing", "fall_slowing", "recovering"]) == "depends_on_baseline"
    assert decision.over_baselines(["too_early"] * 3) == "too_early"
    assert decision.over_baselines(["no_data", "fall_slowing", "fall_slowing"]) == "no_data"


def test_sources_that_differ_disagree_and_a_silent_one_says_nothing():
    assert decision.over_sources(["fall_slowing", "no_detectable_change"]) == "sources_disagree"
    assert decision.over_sources(["fall_slowing", "no_data"]) == "fall_slowing"
    assert decision.over_sources(["fall_slowing", "too_early"]) == "fall_slowing"
    assert decision.over_sources(["no_data", "too_early"]) == "too_early"
    assert decision.over_sources([]) == "no_data"


# ---- one source on its record -----------------------------------------------------------------------------


def record(last: str, change: float = 0.0, *, as_of=None, flags: int = 1) -> by_months.Record:
    """Ten-day levels from 1993 with a fall of 11 cm a year before the speech."""
    months = levels.span("1993-01", last)
    values = bent(months, -11.0, change) / 100 - 28 + levels.swings(months.size)
    data = levels.ten_day(levels.GWM, months, values, flags)
    return by_months.record(catalogue().series[levels.GWM], data, as_of or DAY)


def read(one: by_months.Record, as_of=DAY):
    return by_months.reading(one, frozen.bands_of("caspian"), as_of)


@pytest.mark.parametrize(("last", "state"), [("2026-10", "too_early"), ("2026-11", "no_detectable_change")])
def test_35_and_36_complete_months(last, state):
    day = (np.datetime64(last, "M") + 1).astype("datetime64[D]")
    found = read(record(last, as_of=day), day)
    assert [one.state for one in found.baselines] == [state] * 3
    assert found.state == state
    assert found.baselines[1].counts == (118, 35 if state == "too_early" else 36)
    until = by_months.too_early_until(record(last, as_of=day))
    assert until == ("2026-12-01" if state == "too_early" else None)


def test_the_first_day_on_which_a_word_is_possible():
    """The 36th month after the speech is November 2026, whole on 1 December; a gap puts it off by a month."""
    assert by_months.too_early_until(None) == "2026-12-01"
    assert by_months.too_early_until(record("2023-10")) == "2026-12-01"
    gap = record("2026-10")
    there = gap.months != np.datetime64("2025-03", "M")
    assert by_months.too_early_until(replace(gap, months=gap.months[there])) == "2027-01-01"


def test_a_water_body_without_bands_has_its_lines_and_no_word():
    """Thirty years of months alone call a change where there is none in up to a third of cases."""
    day = np.datetime64("2027-01-10", "D")
    found = by_months.reading(record("2026-12", 40.0), None, day)
    assert found.state == "no_data"
    for one in found.baselines:
        assert (one.state, one.absence, one.band, one.rank) == (
            "no_data",
            "too_short_to_calibrate",
            None,
            None,
        )
        assert one.fit.before.value == pytest.approx(-11.0, abs=0.5)
        assert one.fit.after.value == pytest.approx(29.0, abs=0.5)
        assert one.placebos == ()
    assert [one.state for one in read(record("2026-12", 40.0), day).baselines] == ["recovering"] * 3


@pytest.mark.parametrize(
    ("slope", "word"),
    [
        (0.0, "no_detectable_change"),
        (17.0, "recovering"),
        (-13.0, "no_detectable_change"),
        (-24.0, "no_detectable_change"),
        (-40.0, "fall_steepening"),
    ],
)
def test_the_real_sea_continued(samples, slope, word):
    """The pace after comes back for every baseline, however the years before bent.

    Before, it fell 10 to 17 cm a year: to stand still is a change of at most 17, where 19 to 24 can be told.
    To rise 17 is one of 27 and more, and to fall 40 one of 23 to 30, where 18 to 25 can be told.
    """
    months, values = levels.continued(samples, slope)
    one = by_months.Record(
        catalogue().series[levels.DAHITI], months, values, np.datetime64("2026-11-30", "D")
    )
    found = by_months.reading(one, frozen.bands_of("caspian"), np.datetime64("2026-12-01", "D"))
    assert [each.start for each in found.baselines] == ["2006-01", "2014-01", "2018-01"]
    for each in found.baselines:
        assert each.counts[1] == 36
        assert each.fit.after.value == pytest.approx(slope, abs=2.0 if slope == 0 else 3.0)
        assert each.to_json()["pace_after_cm_per_year"] == pytest.approx(each.fit.after.value, abs=0.001)
        assert each.state == word
    assert found.state == word


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (-30.0, "fall_steepening"),
        (0.0, "no_detectable_change"),
        (12.0, "no_detectable_change"),
        (30.0, "recovering"),
    ],
)
def test_words_on_a_record_with_a_known_change(change, word):
    found = read(record("2026-12", change), np.datetime64("2027-01-10", "D"))
    assert found.state == word
    for one in found.baselines:
        assert one.change == pytest.approx(change, abs=0.5)
        assert one.rank == sum(value < one.change for value in one.placebos)
        assert one.before[1] == "2023-10"
        assert one.after == ("2023-12", "2026-12")


def test_baselines_that_differ_leave_the_headline_open():
    """A change between the upper ends of the bands leaves one and stays inside the others."""
    day = np.datetime64("2027-01-10", "D")
    ends = {one.start: one.band.high for one in read(record("2026-12"), day).baselines}
    low, _, high = sorted(ends.values())
    assert high - low > 2
    found = read(record("2026-12", (low + high) / 2), day)
    inside = {one.start for one in found.baselines if one.state == "no_detectable_change"}
    assert inside == {start for start, end in ends.items() if end > found.baselines[0].change}
    assert 0 < len(inside) < 3
    assert found.state == "depends_on_baseline"


@pytest.mark.parametrize(("age", "state"), [(120, "no_detectable_change"), (121, "no_data")])
def test_stale_after_120_days(age, state):
    newest = np.datetime64("2026-12-25", "D")
    day = newest + age
    found = read(record("2026-12", as_of=day), day)
    assert found.state == state
    assert found.baselines[0].absence == ("stale" if age > 120 else "")


def test_a_month_that_is_not_over_is_left_out():
    """A month counts from the day after its last."""
    day = np.datetime64("2026-11-30", "D")
    assert str(record("2026-11", as_of=day).months[-1]) == "2026-10"
    assert str(record("2026-11", as_of=day + 1).months[-1]) == "2026-11"


def test_suspect_points_count_and_failed_ones_do_not():
    # A newest point in doubt is left out; the other two of its month make its mean.
    assert record("2026-11", flags=3).months.tolist() == record("2026-11").months.tolist()
    months = levels.span("1993-01", "2026-11")
    data = levels.ten_day(levels.GWM, months, np.zeros(months.size), flags=4)
    assert by_months.record(catalogue().series[levels.GWM], data, DAY).months.size == 0


def test_november_2023_belongs_to_neither_side():
    wild = record("2026-12")
    hit = wild.months == np.datetime64("2023-11", "M")
    moved = replace(wild, values=np.where(hit, 9999.0, wild.values))
    day = np.datetime64("2027-01-10", "D")
    assert [one.change for one in read(moved, day).baselines] == [
        one.change for one in read(wild, day).baselines
    ]
    paces = [pace.of_months(one) for one in (moved, wild)]
    assert (paces[0].before, paces[0].after) == (paces[1].before, paces[1].after)
    assert paces[0].after_span[0] == "2023-12"
    assert paces[0].before_span[1] == "2023-10"


@pytest.mark.fault("S17")
def test_swapped_seas_and_datums_raise():
    data = levels.ten_day(levels.GWM, levels.span("2020-01", "2020-12"), np.zeros(12))
    north = catalogue().series["north-aral-level-gwm"]
    with pytest.raises(ContractError, match="place is north-aral, not caspian"):
        by_months.record(north, data, DAY)
    row = catalogue().series[levels.GWM].model_copy(update={"datum": "baltic-kz"})
    with pytest.raises(ContractError, match="datum is baltic-kz, not egm2008-gwm"):
        by_months.record(row, data, DAY)
    with pytest.raises(ValueError, match="bands of caspian do not fit north-aral"):
        by_months.reading(replace(record("2026-11"), row=north), frozen.bands_of("caspian"), DAY)


def test_evidence_words():
    one = read(record("2026-12"), np.datetime64("2027-01-10", "D"))
    other = replace(one, group="another")
    assert by_months.evidence([one], ["primary"]) == "medium"
    assert by_months.evidence([one, other], ["primary", "primary"]) == "strong"
    assert by_months.evidence([one, replace(other, state="recovering")], ["primary"] * 2) == "disputed"
    assert by_months.evidence([one], ["stated"]) == "weak"
    assert by_months.evidence([replace(one, state="no_data")], ["primary"]) == "none"


def test_one_record_a_family_the_one_that_reaches_furthest():
    short, long = record("2023-07"), record("2026-12")
    old = replace(short, row=catalogue().series[levels.DAHITI])
    assert by_months.best_records([old, long]) == [long]


@pytest.mark.parametrize(
    ("start", "expected"), [("2006-01", -28.33), ("2014-01", -28.39), ("2018-01", -28.64)]
)
def test_old_trend_carried_to_2025(samples, start, expected):
    months, values = levels.sample_months(samples)
    later = levels.span("2023-12", "2025-12")
    row = catalogue().series[levels.DAHITI]
    both = np.concatenate([months, later]), np.concatenate([values, np.full(later.size, -2900.0)])
    found = by_months.carried(by_months.Record(row, *both, DAY), start)
    inside = found.times >= np.datetime64("2025-01", "M")
    assert inside.sum() == 12
    assert found.expected[inside].mean() == pytest.approx(expected, abs=0.02)
    assert (found.low < found.expected).all()


def test_prediction_band_against_statsmodels():
    # Residuals that alternate have a negative lag-1 correlation, so nothing is widened.
    x = np.arange(20.0)
    values = 3 - 0.5 * x + np.where(np.arange(20) % 2, 0.4, -0.4)
    columns, ahead = sm.add_constant(x), np.array([[1.0, 21.0], [1.0, 25.0]])
    expected, half = piecewise.predict(columns, values, np.arange(20), ahead)
    theirs = sm.OLS(values, columns).fit().get_prediction(ahead).summary_frame(alpha=0.1)
    assert expected == pytest.approx(theirs["mean"].to_numpy())
    assert expected + half == pytest.approx(theirs["obs_ci_upper"].to_numpy())


def test_frozen_baselines_are_three():
    assert BASELINES == ("2006-01", "2014-01", "2018-01")
