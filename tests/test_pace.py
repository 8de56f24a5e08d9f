"""How fast a level moves since the speech: one number a water body, from seas whose truth is known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from dashboard.readings.assess import assess
from dashboard.readings.condition import by_months, by_years, pace
from dashboard.readings.finding import finding
from dashboard.series.comparison import Comparison
from loaders.tables.catalogue import catalogue
from tests import levels
from tests.shots import baseline

WHOLE = "caspian-level-kazhydromet-annual"
DAY = np.datetime64("2026-12-01", "D")


def months_of(samples, slope: float, last: str = "2026-11") -> by_months.Record:
    months, values = levels.continued(samples, slope, last)
    newest = (months[-1] + 1).astype("datetime64[D]") - 1
    return by_months.Record(catalogue().series[levels.DAHITI], months, values, newest)


def years_of(values: dict[int, float], series: str = levels.SECTOR) -> by_years.Years:
    """Whole years of a list, in cm."""
    return by_years.Years(catalogue().series[series], np.array([*values]), np.array([*values.values()]))


def fell(last: int, **after: float) -> dict[int, float]:
    """Ten centimetres a year from 1921 on, nought in 2000, and other means of some years."""
    return {year: -10.0 * (year - 2000) for year in range(1921, last + 1)} | {
        int(name[1:]): value for name, value in after.items()
    }


@pytest.mark.parametrize("slope", [0.0, 17.0, -13.0, -24.0, -40.0])
def test_the_real_sea_continued(samples, slope):
    """36 months after the speech that are made up, after thirty years that are not."""
    found = pace.of_months(months_of(samples, slope))
    assert found.after.value == pytest.approx(slope, abs=2.0 if slope == 0 else 3.0)
    assert found.after.low <= slope <= found.after.high
    assert (found.step, found.count) == ("month", 36)
    assert found.after_span == ("2023-12", "2026-11")
    # Published for the ten years from 2014 on: -11.0 cm a year.
    assert found.before.value == pytest.approx(-11.0, abs=0.3)


def test_before_and_after_against_statsmodels(samples):
    """Both lines and the season in one fit of the months from 2014 on, without November 2023."""
    one = months_of(samples, -13.0)
    inside = (one.months >= np.datetime64("2014-01")) & (one.months != np.datetime64("2023-11"))
    t = (one.months[inside].astype(int) + 0.5) / 12
    later = t > 53.9  # years since 1970: 24 November 2023
    waves = [f(2 * np.pi * k * t) for k in (1, 2) for f in (np.cos, np.sin)]
    columns = np.column_stack([~later, later, ~later * t, later * t, *waves]).astype(float)
    _, _, before, after, *_ = sm.OLS(one.values[inside], columns).fit().params
    found = pace.of_months(one)
    assert (found.before.value, found.after.value) == pytest.approx((before, after))


@pytest.mark.parametrize(("last", "count"), [("2025-10", 23), ("2025-11", 24)])
def test_a_pace_of_months_needs_two_whole_years(samples, last, count):
    one = months_of(samples, -13.0, last)
    assert one.months_after == count
    found = pace.of_months(one)
    assert (found is None) is (count < 24)


def test_three_years_make_a_pace_and_two_a_difference():
    three = pace.of_years(years_of(fell(2025, y2026=-239.0)))
    # -240, -250 and -239: the ends alone decide the slope of three equal steps.
    assert three.after.value == pytest.approx((-239 + 240) / 2)
    assert three.after.low < three.after.value < three.after.high
    assert (three.after_span, three.count, np.isnan(three.difference)) == (("2024", "2026"), 3, True)
    assert three.before.value == pytest.approx(-10.0)
    assert three.before_span == ("2014", "2023")
    two = pace.of_years(years_of(fell(2024, y2025=-265.0)))
    assert two.after is None
    assert two.difference == pytest.approx(-265 + 240)
    assert two.to_json()["after"] is two.to_json()["change"] is two.to_json()["interval"] is None
    assert pace.of_years(years_of(fell(2024))) is None
    assert pace.of_years(years_of(fell(2023))) is None


@pytest.mark.parametrize(("gone", "told"), [(3, True), (4, False)])
def test_seven_of_the_ten_years_before_are_needed(gone, told):
    values = {year: value for year, value in fell(2025).items() if not 2015 <= year < 2015 + gone}
    assert (pace.of_years(years_of(values)) is not None) is told


def test_the_year_of_the_speech_is_of_the_years_before():
    """A sea that stood still from 2024 on has no pace, wherever 2023 stood."""
    for speech in (-230.0, -100.0):
        still = fell(2022, y2023=speech, y2024=-240.0, y2025=-240.0, y2026=-240.0)
        assert pace.of_years(years_of(still)).after.value == pytest.approx(0.0, abs=1e-9)


def test_the_embedded_lists():
    """Kazakh coast: -29.35 less -29.20 m. Its ten years to 2023 by another fit."""
    found = finding(baseline(), "caspian", Comparison(), baseline().rows()).pace
    stored = baseline().series[levels.SECTOR]["value"]
    assert (found.series, found.step, found.count) == (levels.SECTOR, "year", 2)
    assert found.difference == pytest.approx(-2935 + 2920)
    # Two standard deviations of a yearly difference against the gauges: about 8 cm.
    assert round(2 * found.error) == 8
    before = stored.sel(time=slice("2014", "2023")).values * 100
    assert found.before.value == pytest.approx(np.polyfit(np.arange(10), before, 1)[0])
    content = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert (content["after"], content["difference_cm"]) == (None, -15.0)
    assert content["before"] == pytest.approx(-13.0, abs=0.05)
    assert (content["period"], content["source"]) == ("2024/2025", levels.SECTOR)
    assert "difference" in content["method"]


def test_one_pace_for_card_and_register():
    rows = baseline().rows()
    (row,) = assess(baseline(), as_of=baseline().as_of, ids=["E4"])
    assert row.condition.pace == finding(baseline(), "caspian", Comparison(), rows).pace
    assert row.to_json()["condition"]["pace"] == row.condition.pace.to_json()


# ---- which record it is of --------------------------------------------------------------------------------


def stored(samples, last: str):
    """The Kazakh coast's years and a live track of months that rises from the speech on, 17 cm a year."""
    months, values = levels.continued(samples, 17.0, last)
    coast = fell(2025)
    return (
        levels.ten_day(levels.GWM, months, values / 100),
        levels.yearly(levels.SECTOR, np.array([*coast]), np.array([*coast.values()]) / 100),
    )


@pytest.mark.parametrize(
    ("last", "day", "step"),
    [
        ("2026-11", "2026-12-01", "month"),
        ("2026-11", "2027-03-25", "month"),  # the newest pass, 25 November, is 120 days old
        ("2026-11", "2027-03-26", "year"),
        ("2025-10", "2025-11-10", ""),  # 23 months, and one year of the list is over
        ("2025-11", "2025-12-01", "month"),
    ],
)
def test_months_lead_while_they_are_fresh_and_long_enough(samples, last, day, step):
    shot = levels.snapshot(*stored(samples, last), as_of=day)
    found = pace.pace(shot, shot.rows(), shot.as_of)
    assert (found.step if found else "") == step
    if step == "month":
        assert (found.series, found.after_span[1]) == (levels.GWM, last)
        assert found.after.value == pytest.approx(17.0, abs=3.0)
    if step == "year":
        assert (found.series, found.difference) == (levels.SECTOR, pytest.approx(-10.0))


def test_the_list_that_reaches_furthest_and_of_these_the_longest():
    coast, sea = fell(2025), {year: value for year, value in fell(2026).items() if year >= 2010}
    both = [levels.yearly(name, np.array([*one]), np.array([*one.values()]) / 100)
            for name, one in ((levels.SECTOR, coast), (WHOLE, sea))]  # fmt: skip
    shot = levels.snapshot(*both, as_of="2027-01-01")
    assert pace.pace(shot, shot.rows(), shot.as_of).series == WHOLE
    # On the last day of 2026 that year is not over, and the longer list leads.
    assert pace.pace(shot, shot.rows(), shot.as_of - 1).series == levels.SECTOR


def test_nothing_has_no_pace():
    empty = replace(baseline(), series={})
    assert pace.pace(empty, [], DAY) is None
    assert pace.pace(empty, [catalogue().series[levels.GWM]], DAY) is None
