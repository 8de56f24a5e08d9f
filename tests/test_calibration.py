"""The calibration of the condition words: its seas, its limits, and the page that prints them."""

from __future__ import annotations

import re
from dataclasses import astuple

import numpy as np
import pytest

import loaders
from benchmarks.calibration import continued, gauge_model, methods, page, records, seas, study, tables
from benchmarks.calibration.__main__ import DRAWS, FILE
from benchmarks.calibration.study import DOWN, NO_CHANGE, UP, Share, share
from benchmarks.calibration.synthetic import draw, residuals
from dashboard.readings.condition import by_months, by_years, frozen
from dashboard.readings.condition.fit import placebo, yearly
from dashboard.readings.condition.fit.estimates import Estimate, Fit

PAGE = FILE.read_text("utf-8")
FEW = 300
MADE = np.arange(np.datetime64("2006-01", "M"), np.datetime64("2026-12", "M"))
# What the page says stands above its limit for one baseline alone; each is measured again below.
ALONE_ABOVE = {
    ("changes", "2 years", "from 2006"), ("changes", "3 years", "from 2006"),
    ("changes", "5 years", "from 2006"), ("gauge model", "60 months", "from 2006"),
    ("gauge model", "2 years", "from 2006"), ("gauge model", "3 years", "from 2006"),
    ("gauge model", "5 years", "from 2006"), ("gauge model", "2 years", "from 2018"),
}  # fmt: skip
# None of them stands higher than this.
WORST = 20.0
CASES = [
    *((study.months, kind, after, "months") for kind in tables.ALARMS for after in tables.AFTERS),
    *((study.years, kind, after, "years") for kind in tables.ALARMS if kind in seas.YEARS
      for after in tables.YEARS_AFTER),
]  # fmt: skip


def sea(pace: float, bend: float = -0.6) -> seas.Seas:
    """A made-up sea whose fall steepens until the speech and then moves at a known pace; with a season."""
    x = records.from_speech(MADE)
    before = -8.0 * x + bend * x**2
    path = np.where(x < 0, before, pace * x) + 12 * np.cos(2 * np.pi * x) + 3 * np.sin(4 * np.pi * x)
    return seas.Seas(MADE, path[None, :])


# ---- the pace after ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("pace", continued.PACES)
def test_the_pace_of_the_pages_is_right_for_every_baseline(pace):
    for method in ("two free lines", "years, 2023 before only"):
        found = continued.printed(method, pace, FEW)
        error = found.std(axis=0) / np.sqrt(FEW)
        assert (error < 0.5).all()
        assert (abs(found.mean(axis=0) - pace) + 2 * error <= continued.TOLERANCE).all()


@pytest.mark.parametrize("pace", continued.PACES)
def test_a_made_up_sea_without_noise_has_its_pace(pace):
    (fits,) = methods.free(sea(pace), 36)
    assert [fit.after.value for fit in fits] == pytest.approx([pace] * 3, abs=1.0)
    (fits,) = methods.joined(sea(pace), 36)
    assert fits[0].after.value < pace - continued.TOLERANCE


@pytest.mark.parametrize("pace", continued.PACES)
def test_lines_that_meet_and_a_shared_year_are_wrong(pace):
    assert abs(continued.printed("joined lines", pace, FEW).mean(axis=0) - pace).max() > continued.TOLERANCE
    level = continued.printed("years, 2023 on both sides", 0.0, FEW)
    assert abs(level.mean()) > continued.TOLERANCE


def test_the_record_goes_on_at_its_season_and_pace():
    made = continued.continued(-24.0, 4000)
    assert (made.levels[:, : records.months()[0].size] == records.months()[1]).all()
    after = made.at >= frozen.AFTER_START
    level = made.levels[:, after].mean(axis=0) - records.season(made.at[after])
    assert np.polyfit(records.from_speech(made.at[after]), level, 1)[0] == pytest.approx(-24, abs=0.3)
    _, around = records.around_bend()
    assert made.levels[:, after].std(axis=0) == pytest.approx(around.std(), rel=0.05)


# ---- false alarms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("trial", "kind", "after", "step"), CASES)
def test_false_alarms_hold_their_limits(trial, kind, after, step):
    """With twice the Monte Carlo error; what stands above is said on the page, and no more than that."""
    headline, *alone = study.alarms(trial("free", kind, after, FEW).words())
    assert headline.cases == FEW
    assert headline.percent + 2 * headline.error <= study.limit_of_headline(kind)
    for name, one in zip(tables.STARTS, alone, strict=True):
        above = (kind, f"{after} {step}", name) in ALONE_ABOVE
        assert one.percent - 2 * one.error <= (WORST if above else study.ALONE)


def test_the_page_names_every_share_above_its_limit():
    listed = set(re.findall(r"^- (from \d{4}) alone, \*(.+)\* seas after (.+) \(", PAGE, re.MULTILINE))
    assert {(kind, after, name) for name, kind, after in listed} == ALONE_ABOVE
    assert f"- {tables.HEADLINE}" not in PAGE
    assert "Every headline holds its limit" in PAGE


def test_a_band_of_months_alone_was_wrong_too_often():
    for kind in ("changes", "levels", "gauge model"):
        _, *alone = study.alarms(study.months("joined", kind, 36, FEW).words())
        assert max(one.percent - 2 * one.error for one in alone) > study.ALONE


def test_a_steep_fall_that_eases_by_itself_is_called_slowing_and_the_page_says_so():
    words = study.years("free", "from today", 5, FEW).words()
    assert share(words.headline, wanted=UP).percent > 3 * share(words.headline, wanted=DOWN).percent
    assert share(words.headline, wanted=("no_detectable_change",)).percent > 60
    assert "A slowing after a steep fall is weaker" in PAGE


# ---- what is seen -----------------------------------------------------------------------------------------


def test_a_larger_change_is_seen_more_often_in_both_directions():
    for trial in (study.months("free", "changes", 60, FEW), study.years("free", "changes", 3, FEW)):
        for sign in (1.0, -1.0):
            seen = [study.seen(trial.words(sign * size), sign).percent for size in (0.0, 10.0, 20.0, 40.0)]
            assert seen == sorted(seen)
            assert seen[-1] > 50 > seen[1]


def test_an_added_change_is_the_change_of_the_same_sea():
    """Least squares is linear: no sea has to be fitted again for another change."""
    drawn = seas.draw(seas.MONTHS, "levels", 36, 3)
    more = seas.Seas(drawn.at, drawn.levels + 20 * np.maximum(records.from_speech(drawn.at), 0))
    for fits, others in zip(methods.free(drawn, 36), methods.free(more, 36), strict=True):
        for fit, other in zip(fits, others, strict=True):
            same = study.bent(fit, 20.0)
            pairs = (same.before, other.before), (same.after, other.after), (same.change, other.change)
            for one, two in pairs:
                assert astuple(one) == pytest.approx(astuple(two), abs=1e-6)


def test_months_give_the_words_of_the_pages():
    drawn = seas.draw(seas.MONTHS, "levels", 36, 40)
    row, day = loaders.catalogue().series[frozen.MONTHLY], (drawn.at[-1] + 1).astype("datetime64[D]")
    bent = drawn.levels + 20 * np.maximum(records.from_speech(drawn.at), 0)
    each = [by_months.Record(row, drawn.at, one, day) for one in bent]
    shown = [by_months.reading(one, records.bands(), day) for one in each]
    ours = study.months("free", "levels", 36, 40).words(20.0)
    assert [one.state for one in shown] == list(ours.headline)
    for at, states in enumerate(ours.alone):
        assert [one.baselines[at].state for one in shown] == list(states)
    assert len(set(ours.headline)) > 2


def test_years_give_the_words_of_the_pages():
    drawn = seas.draw(seas.YEARS, "gauge model", 3, 40)
    row, day = loaders.catalogue().series[frozen.YEARLY], np.datetime64(f"{drawn.at[-1] + 1}-01-01", "D")
    bent = drawn.levels + 20 * np.maximum(drawn.at - 2023, 0)
    shown = [by_years.ground([by_years.Years(row, drawn.at, one)], records.bands(), day) for one in bent]
    ours = study.years("free", "gauge model", 3, 40).words(20.0)
    assert [one.state for one in shown] == list(ours.headline)
    assert len(set(ours.headline)) > 2


# ---- on the records themselves ----------------------------------------------------------------------------


@pytest.mark.parametrize("after", placebo.AFTERS)
def test_on_the_record_at_most_ten_percent_for_any_baseline(after):
    for limit in methods.free_bands(after):
        for found in (study.in_sample(limit), study.in_sample(study.without_century(limit))):
            assert found.cases >= 20
            assert found.percent <= study.NOMINAL


@pytest.mark.parametrize("before", yearly.BEFORES)
@pytest.mark.parametrize("after", tables.YEARS_AFTER)
def test_on_the_yearly_list_at_most_ten_percent(before, after):
    assert study.in_sample(records.bands().of_years(before, after)).percent <= study.NOMINAL


def test_textbook_tests_call_most_placebo_dates_a_change():
    assert study.textbook(36, corrected=False).percent > 5 * study.NOMINAL
    assert study.textbook(60, corrected=True).percent > 5 * study.NOMINAL
    assert study.textbook(36, corrected=True).percent < study.textbook(36, corrected=False).percent


def test_joined_bands_are_those_that_were_published():
    """Changes of joined lines at placebo dates after 36 months, after the guard; cm a year."""
    found = [(limit.low, limit.high) for limit in methods.joined_bands(36)]
    published = [(-20.7, 13.7), (-16.6, 14.2), (-13.7, 12.1)]
    assert np.array(found) == pytest.approx(np.array(published), abs=1.0)


def test_what_is_too_short_to_tell():
    """The sea's own pace before lies inside every band: that it stopped could not be told, and is said."""
    limits = methods.free_bands(36)
    assert not study.stop_is_told(limits)
    wide = [methods.Guarded(-1.0, 5.0, one.own, one.ten) for one in limits]
    assert study.stop_is_told(tuple(wide))
    text = page.too_short("36 months", limits)
    assert all(f"{limit.high:.1f}" in text for limit in limits)
    assert f"a slowing of less than {np.ceil(max(one.high for one in limits)):.0f} " in text
    assert "Even if the sea had stopped falling" in page.cannot_tell()


# ---- the seas ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spectrum", ["changes", "levels"])
def test_synthetic_series_have_the_spectrum_they_are_made_from(spectrum):
    gaps = records.spread(*records.months())
    made = draw(gaps, gaps.size, 200, spectrum, np.random.default_rng(3), 12)
    ours = np.diff(residuals(gaps, 12))
    theirs = np.diff(made, axis=1)
    assert theirs.std() == pytest.approx(ours.std(), rel=0.15)
    lag = np.corrcoef(ours[:-1], ours[1:])[0, 1]
    assert np.mean([np.corrcoef(one[:-1], one[1:])[0, 1] for one in theirs]) == pytest.approx(lag, abs=0.1)


def test_residuals_lose_line_and_season():
    at = np.arange(240)
    values = 3 + 0.2 * at + 5 * np.cos(2 * np.pi * at / 12)
    assert np.abs(residuals(values, 12)).max() < 1e-9
    values[50] = np.nan
    assert np.abs(residuals(values, 12)).max() < 10


def test_gauge_model_persists_and_spreads_as_the_list():
    persistence, _ = gauge_model.model()
    steps = np.diff(gauge_model.walk(60, 500, np.random.default_rng(4)), axis=1)
    lag = np.corrcoef(steps[:, :-1].ravel(), steps[:, 1:].ravel())[0, 1]
    assert lag == pytest.approx(persistence, abs=0.02)
    assert steps.std() == pytest.approx(np.diff(records.years()[1]).std(), rel=0.1)


def test_a_walk_goes_on_from_the_last_change():
    persistence, _ = gauge_model.model()
    made = gauge_model.walk(3, 20000, np.random.default_rng(5), last=-24.0)
    assert made[:, 0] == pytest.approx(0.0)
    expected = [-24 * persistence, -24 * persistence**2]
    assert np.diff(made, axis=1).mean(axis=0) == pytest.approx(expected, abs=0.4)


def test_accelerating_seas_go_on_along_the_parabola():
    made = seas.draw(seas.MONTHS, "accelerating", 60, 400)
    assert abs(made.levels.mean(axis=0) - records.bend(made.at)).max() < 3
    *_, half = records.curve()
    assert half < 0


def test_monte_carlo_error_by_hand():
    assert Share(10.0, 900).error == pytest.approx(1.0)
    words = ["recovering", "no_detectable_change", "no_data", "fall_slowing"]
    assert share(words, wanted=UP).percent == 50
    assert share(words, other=NO_CHANGE).percent == 50


def test_words_of_change_by_direction():
    fit = Fit(Estimate(-10, -12, -8), Estimate(-10, -12, -8), Estimate(0.0), 0.5, 100, 20)
    (limit, *_) = methods.free_bands(36)
    for added, words in ((30.0, UP), (-30.0, DOWN), (0.0, NO_CHANGE)):
        (word,) = study.Trial(((fit,),), (limit,)).words(added).headline
        assert word in words


# ---- the page ---------------------------------------------------------------------------------------------


def test_the_page_is_what_the_command_writes_where_nothing_is_drawn():
    months, years = methods.free_bands(36), methods.whole_bands(2)
    for part in (
        page.head(DRAWS), tables.short(), page.too_short("36 months", months),
        page.too_short("2 whole years", years), page.cannot_tell(), tables.textbook(), tables.inside(),
        tables.list_inside(),
    ):  # fmt: skip
        assert part in PAGE


def printed(row: str) -> list[tuple[float, float]]:
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| {row} |"))
    return [(float(share), float(error)) for share, error in re.findall(r"([\d.]+) ± ([\d.]+) %", line)]


@pytest.mark.parametrize(("trial", "kind", "after", "step"), CASES)
def test_page_prints_the_shares_that_are_measured(trial, kind, after, step):
    """Fewer draws than the page's: the two agree within three Monte Carlo errors of either."""
    shares = printed(f"{kind} | {after} {step} | now")
    ours = study.alarms(trial("free", kind, after, FEW).words())
    for (percent, error), one in zip(shares[:4], ours, strict=True):
        assert abs(percent - one.percent) <= 3 * np.hypot(error, one.error) + 0.3


def test_page_prints_the_paces_that_are_measured():
    line = next(line for line in PAGE.splitlines() if line.startswith("| two free lines | from 2006 |"))
    means = [float(mean) for mean in re.findall(r"([+-][\d.]+) \(", line)]
    assert means == pytest.approx(continued.PACES, abs=0.5)
    assert line.endswith("| yes |")
    assert re.search(r"^\| joined lines \| from 2006 \|.*\| no \|$", PAGE, re.MULTILINE)
