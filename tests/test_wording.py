"""Readings in words: what a row of the register and the arithmetic behind it say, from made-up readings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dashboard.palette import LIGHT
from dashboard.readings.assess import assess
from dashboard.readings.condition.fit.estimates import Band, Estimate, Fit, Guarded
from dashboard.readings.condition.records import Baseline, Condition, LevelPace
from dashboard.sentences import arithmetic, verdicts
from dashboard.words.text import languages, speaking, t
from tests.shots import baseline

TODAY = np.datetime64("2026-11-24")


@pytest.fixture(scope="module")
def aral():
    return assess(baseline(), as_of=TODAY, ids=["E2"])[0]


GAUGES = "caspian-level-kazhydromet-sector-annual"


def moves(before: float, after: tuple[float, float, float] | None, **more: float) -> LevelPace:
    """Years of the Kazakh coast: a pace before, and after the speech one between two ends, cm a year."""
    known = Estimate(before, before - 1, before + 1)
    spans = ("2014", "2023"), ("2024", "2026" if after else "2025")
    found = Estimate(*after) if after else None
    return LevelPace(GAUGES, "year", spans[0], known, spans[1], 3 if after else 2, found, **more)


def reading(pace: LevelPace | None, **more) -> Condition:
    said = {"state": "no_detectable_change", "absence": ""} | more
    return Condition("caspian", baselines=(), evidence_strength="medium", series_used=(), pace=pace, **said)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (-13.0, (-16.5, -22.0, -11.0), ("Kazakh-coast gauges: falling 16.5", "−22 to −11", "falling 13.0")),
        (-13.0, (-1.0, -4.0, 2.0), ("Kazakh-coast gauges: falling 1.0", "−4 to +2", "falling 13.0")),
        (13.0, (5.0, 1.0, 9.0), ("Kazakh-coast gauges: rising 5.0", "+1 to +9", "rising 13.0")),
        (-13.0, (5.0, 1.0, 9.0), ("Kazakh-coast gauges: rising 5.0", "+1 to +9", "falling 13.0")),
    ],
)
def test_pace_begins_with_where_the_water_goes(before, after, said):
    now, ends, then = said
    assert verdicts.condition_small(reading(moves(before, after))) == (
        f"{now} cm a year, 2024–2026 (90 % interval {ends}); {then} in the ten years before."
    )


@pytest.mark.parametrize(("difference", "side"), [(-15.0, "lower"), (15.0, "higher")])
def test_two_years_are_told_as_a_difference_and_no_pace(difference, side):
    said = verdicts.condition_small(reading(moves(-13.0, None, difference=difference, error=4.2)))
    assert said.startswith(f"Kazakh-coast gauges: 2025 stood 15 ± 8 cm {side} than 2024")
    assert "two years make no pace yet" in said
    assert "falling 13.0 cm a year" in said


def test_months_are_named_by_their_ends():
    months = replace(moves(-11.0, (-2.0, -5.0, 1.0)), step="month", after_span=("2023-12", "2026-11"))
    assert "cm a year, Dec 2023–Nov 2026 (90 % interval" in verdicts.condition_small(reading(months))


def test_too_early_names_the_day_and_a_missing_word_its_reason():
    early = reading(None, state="too_early", too_early_until="2026-12-01")
    assert verdicts.condition_small(early) == "a word is possible from 1 Dec 2026"
    short = reading(moves(-13.0, (-1.0, -4.0, 2.0)), state="no_data", absence="too_short_to_calibrate")
    said = verdicts.condition_small(short)
    assert said.startswith(t("absence.too_short_to_calibrate"))
    assert "falling 1.0 cm a year" in said
    assert "possible" not in said
    assert verdicts.condition_small(reading(None)) == ""


def test_row_without_a_number_of_its_own_points_to_the_numbers_set_later(aral):
    verdict = verdicts.pathway(aral, LIGHT)
    assert (verdict.word, verdict.shape) == ("Targets set later", "")
    assert verdict.small == ("by 2030: on track; by 2031: sources or windows disagree; evidence disputed")
    assert verdicts.pathway(replace(aral, later=()), LIGHT) == verdicts.Verdict()


@pytest.mark.parametrize("lang", languages())
def test_readings_do_not_depend_on_the_language(aral, lang):
    with speaking(lang):
        found = assess(baseline(), as_of=TODAY, ids=["E2"])[0]
        assert [one.evidence_strength for one in found.later] == ["disputed", "disputed"]
        assert t("evidence.disputed").lower() in verdicts.pathway(found, LIGHT).small
        said = verdicts.condition_small(reading(moves(-13.0, (-16.5, -22.0, -11.0))))
        assert ("Kazakh" in said) is (lang == "en")
        assert "90" in said
    assert found.to_json()["delivery"] == aral.to_json()["delivery"]


def test_delivery_says_that_no_page_behind_it_was_opened(aral):
    assert verdicts.delivery(aral, LIGHT).small == "since 1 Jan 2024, unconfirmed, from extracts"
    opened = replace(aral, delivery=replace(aral.delivery, extracts=False))
    assert verdicts.delivery(opened, LIGHT).small == "since 1 Jan 2024, unconfirmed"


def test_arithmetic_of_a_stated_pair_names_its_months_and_what_it_skips(aral):
    pace = aral.later[0]
    said = "Mar 2023 and Jan 2026 are different months of the year: part of this change may be season."
    assert arithmetic.season_caution(pace) == said
    assert ("Stated in between, doubtful and not used", "24.1 km3 (10 Sep 2025)") in arithmetic.pathway_lines(
        pace
    )
    assert arithmetic.season_caution(replace(pace, main=pace.spread[1])) == ""
    assert arithmetic.season_caution(replace(pace, main=None)) == ""


# ---- one baseline line by line ----------------------------------------------------------------------------


def entry(
    low: float, high: float, *, before: float = -13.0, after: float = -15.0, count: int = 2
) -> Baseline:
    """A yearly entry whose own band reaches from -16.4 to 13.4, and the deciding one between two ends."""
    own = Band(10, 2, "year", "1930", "2020", 45, -16.4, 13.4, (0.0,) * 91)
    fit = Fit(Estimate(before), Estimate(after), Estimate(after - before), 0.0, 12, 12.0)
    last = str(2023 + count)
    return Baseline("yearly", "no_detectable_change", series=GAUGES, before=("2014", "2023"),
                    after=("2024", last), counts=(10, count), fit=fit, rank=43,
                    band=Guarded(low, high, own, own))  # fmt: skip


def test_arithmetic_tells_the_own_band_from_the_one_that_decides():
    lines = dict(arithmetic.baseline_lines(entry(-26.1, 23.5)))
    assert lines["Its own 91 earlier dates, 5–95 %"] == "−16.4 to +13.4 cm a year"
    assert lines["The band that decides, widened by the ten-year band or the gauge century"] == (
        "−26.1 to +23.5 cm a year"
    )
    assert lines["Too short to tell a change of pace inside"] == "−26.1 to +23.5 cm a year"
    assert lines["Earlier dates after which the pace fell more"] == "43 of 91"
    assert not any("widened" in name for name, _ in arithmetic.baseline_lines(entry(-16.4, 13.4)))
    other = replace(entry(-26.1, 23.5), state="fall_steepening")
    assert not any("Too short" in name for name, _ in arithmetic.baseline_lines(other))


def test_arithmetic_gives_two_years_no_pace():
    lines = dict(arithmetic.baseline_lines(entry(-26.1, 23.5)))
    assert lines["Second year less the first, 2024–2025: no pace yet"] == "−15.0 cm"
    three = dict(arithmetic.baseline_lines(entry(-26.1, 23.5, count=3)))
    assert three["Pace after, 2024–2026 (n = 3)"] == "−15.0 cm a year"


@pytest.mark.parametrize(
    ("before", "blind"), [(-13.0, True), (-23.5, True), (-23.6, False), (5.0, False), (0.0, False)]
)
def test_where_even_a_fall_that_ended_could_not_be_told_it_is_said(before, blind):
    """To stand still after a fall of 13 cm a year is a change of 13, inside a band to 23.5."""
    said = arithmetic.blind_spot(entry(-26.1, 23.5, before=before))
    assert (said == t("sum.even_stopped")) is blind
    assert bool(said) is blind
