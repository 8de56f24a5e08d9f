"""Readings in words: what a row of the register and the arithmetic behind it say, from made-up readings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dashboard import arithmetic, wording
from dashboard.palette import LIGHT
from dashboard.readings.assess import assess
from dashboard.readings.estimates import Estimate, Fit
from dashboard.readings.records import Baseline, Condition
from dashboard.text import languages, speaking, t
from tests.shots import baseline

TODAY = np.datetime64("2026-11-24")


@pytest.fixture(scope="module")
def aral():
    return assess(baseline(), as_of=TODAY, ids=["E2"])[0]


def reading(before: float, after: tuple[float, float, float]) -> Condition:
    """One yearly entry with a pace before and a pace after between two ends, cm a year."""
    unknown = Estimate(np.nan, np.nan, np.nan)
    fit = Fit(Estimate(before, before - 1, before + 1), Estimate(*after), unknown, 0.0, 12, 12.0)
    entry = Baseline(
        "yearly",
        "no_detectable_change",
        series="caspian-level-kazhydromet-sector-annual",
        after=("2023", "2025"),
        fit=fit,
    )
    return Condition("caspian", "no_detectable_change", "", (entry,), "medium", ())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (-13.0, (-16.5, -22.0, -11.0), "still falling 16.5 cm a year since 2023, 13.0 before"),
        (-13.0, (-1.0, -4.0, 2.0), "falling 1.0 cm a year since 2023, 13.0 before"),
        (13.0, (5.0, 1.0, 9.0), "still rising 5.0 cm a year since 2023, 13.0 before"),
        (-13.0, (5.0, 1.0, 9.0), "rising 5.0 cm a year since 2023, falling 13.0 before"),
    ],
)
def test_pace_begins_with_where_the_water_goes(before, after, said):
    assert wording.condition_small(reading(before, after)).startswith(f"{said} (")


def test_row_without_a_number_of_its_own_points_to_the_numbers_set_later(aral):
    verdict = wording.pathway(aral, LIGHT)
    assert (verdict.word, verdict.shape) == ("Targets set later", "")
    assert verdict.small == ("by 2030: on track; by 2031: sources or windows disagree; evidence disputed")
    assert wording.pathway(replace(aral, later=()), LIGHT) == wording.Verdict()


@pytest.mark.parametrize("lang", languages())
def test_readings_do_not_depend_on_the_language(aral, lang):
    with speaking(lang):
        found = assess(baseline(), as_of=TODAY, ids=["E2"])[0]
        assert [one.evidence_strength for one in found.later] == ["disputed", "disputed"]
        assert t("evidence.disputed").lower() in wording.pathway(found, LIGHT).small
        assert ("Kazakh" in wording.condition_small(reading(-13.0, (-16.5, -22.0, -11.0)))) is (lang == "en")
    assert found.to_json()["delivery"] == aral.to_json()["delivery"]


def test_delivery_says_that_no_page_behind_it_was_opened(aral):
    assert wording.delivery(aral, LIGHT).small == "since 1 Jan 2024, unconfirmed, from extracts"
    opened = replace(aral, delivery=replace(aral.delivery, extracts=False))
    assert wording.delivery(opened, LIGHT).small == "since 1 Jan 2024, unconfirmed"


def test_arithmetic_of_a_stated_pair_names_its_months_and_what_it_skips(aral):
    pace = aral.later[0]
    said = "Mar 2023 and Jan 2026 are different months of the year: part of this change may be season."
    assert arithmetic.season_caution(pace) == said
    assert ("Stated in between, doubtful and not used", "24.1 km3 (10 Sep 2025)") in arithmetic.pathway_lines(
        pace
    )
    assert arithmetic.season_caution(replace(pace, main=pace.spread[1])) == ""
    assert arithmetic.season_caution(replace(pace, main=None)) == ""
