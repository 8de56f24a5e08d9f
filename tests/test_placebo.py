"""Placebo bands: recomputed by plain loops, another library's refits, the guards, and what was frozen.

``refit``, ``slopes`` and ``limits`` below are the method of the specification once more, with nothing of the
code under test in them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xarray as xr

import loaders
from dashboard.readings.condition import frozen
from dashboard.readings.condition.fit import placebo, yearly
from dashboard.readings.condition.fit.estimates import Band
from dashboard.readings.condition.records import Baseline
from loaders.errors import CatalogueError
from tests import levels

TEN = placebo.TEN_YEARS
SPEECH = np.datetime64("2023-11", "M")


@pytest.fixture(scope="module")
def record(samples):
    return levels.sample_months(samples)


def columns(t: np.ndarray, brk: float) -> np.ndarray:
    """Two lines that need not meet, and the year: years and break since 1970."""
    x = t - brk
    waves = [f(2 * np.pi * k * t) for k in (1, 2) for f in (np.cos, np.sin)]
    return np.column_stack([np.ones_like(x), x, x > 0, np.where(x > 0, x, 0.0), *waves])


def refit(months, values, brk, before, after) -> float | None:
    """The change of trend at the first day of a month; None where under 70 % of a side is there."""
    left = (months >= brk - before) & (months < brk)
    right = (months >= brk) & (months < brk + after)
    if left.sum() < 0.7 * before or right.sum() < 0.7 * after:
        return None
    both = left | right
    t = (months[both].astype(int) + 0.5) / 12
    return np.linalg.lstsq(columns(t, brk.astype(int) / 12), values[both], rcond=None)[0][3]


def monthly_changes(months, values, before, after) -> list[float]:
    """One a quarter's first day, wherever both windows fit into the record before the speech."""
    past = months < SPEECH
    months, values = months[past], values[past]
    days = np.arange(months[0] + before, months[-1] + 1 - after + 1)
    quarters = [day for day in days if int(str(day)[5:]) in (1, 4, 7, 10)]
    found = [refit(months, values, day, before, after) for day in quarters]
    return [one for one in found if one is not None]


def yearly_changes(years, values, before, after) -> list[float]:
    """Slope of the years after less that of the years to the break year, for every whole pair of windows."""
    have = {int(year): value for year, value in zip(years, values, strict=True) if year < 2023}
    found = []
    for last in range(min(have) + before - 1, max(have) - after + 1):
        left, right = range(last - before + 1, last + 1), range(last + 1, last + after + 1)
        if set(left) | set(right) <= set(have):
            slopes = [np.polyfit(side, [have[year] for year in side], 1)[0] for side in (left, right)]
            found.append(slopes[1] - slopes[0])
    return found


def limits(found: list[float]) -> tuple[float, float]:
    """The ends that leave at most 5 % of the changes outside on each side."""
    out = int(0.05 * (len(found) - 1))
    return sorted(found)[out], sorted(found)[-1 - out]


@pytest.mark.parametrize(
    ("before", "after", "dates"),
    [
        (120, 24, 76),
        (120, 36, 72),
        (120, 60, 64),
        (60, 36, 92),
        (214, 36, 40),
        (118, 36, 72),
        (70, 36, 88),
        (214, 60, 32),
        (118, 60, 64),
        (70, 60, 80),
    ],
)
def test_bands_of_months_recomputed(record, before, after, dates):
    """The published numbers of dates; the bands by loops over the dates."""
    band, found = placebo.band(*record, before, after), monthly_changes(*record, before, after)
    assert band.count == len(found) == dates
    assert band.values == pytest.approx(found, abs=0.0051)
    assert (band.low, band.high) == pytest.approx(limits(found), abs=0.0051)


def test_after_windows_that_do_not_overlap(record):
    """About six in the ten-year case, about four from 2006."""
    assert placebo.band(*record, 120, 36).independent == 6
    assert placebo.band(*record, 214, 36).independent == 4


@pytest.mark.parametrize("at", [0, 17, 40, 71])
def test_each_refit_against_statsmodels(record, at):
    months, values = record
    breaks, found = placebo.changes(months, values, 120, 36)
    brk = breaks[at]
    inside = (months >= brk - 120) & (months < brk + 36)
    t = (months[inside].astype(int) + 0.5) / 12
    theirs = sm.OLS(values[inside], columns(t, brk.astype(int) / 12)).fit()
    assert found[at] == pytest.approx(theirs.params[3])


def test_a_record_that_bends_before_the_break_drags_no_line_along():
    """A fall that steepened, then a level sea: joined lines would go on falling; the free one stands."""
    months = levels.span("2000-01", "2012-12")
    x = (months.astype(int) + 0.5) / 12 - 40
    _, found = placebo.changes(months, np.where(x < 0, -0.45 * x**2 - 20 * x, 0.0), 120, 36)
    # Ten years of -0.45 x^2 - 20 x have the slope of their middle, x = -5: +4.5 - 20.
    assert found[0] == pytest.approx(-(4.5 - 20), abs=0.1)


def test_breaks_are_the_first_days_of_quarters_and_both_windows_fit_whole():
    months = levels.span("2000-02", "2015-11")
    breaks, _ = placebo.changes(months, levels.swings(months.size), 120, 36)
    # 120 months from February 2000 end in January 2010, 36 months to November 2015 begin in December 2012.
    assert (str(breaks[0]), str(breaks[-1])) == ("2010-04", "2012-10")
    assert set(breaks.astype(int) % 12) <= {0, 3, 6, 9}
    assert placebo.changes(months[:155], levels.swings(155), 120, 36)[0].size == 0


def test_months_after_the_speech_have_no_part():
    months = levels.span("2000-01", "2026-12")
    values = np.where(months >= np.datetime64("2023-11"), 1e6, 0.0) + levels.swings(months.size)
    breaks, found = placebo.changes(months, values, 120, 36)
    assert str(breaks[-1]) == "2020-10"
    assert np.abs(found).max() < 1


@pytest.mark.parametrize(("gone", "dates"), [(10, 1), (11, 0)])
def test_a_window_needs_seven_tenths_of_its_months(gone, dates):
    months = levels.span("2000-01", "2012-12")
    assert months.size == 156
    keep = np.ones(156, dtype=bool)
    keep[125 : 125 + gone] = False  # 36 months after: 26 are 72 %, 25 are 69 %
    assert placebo.changes(months[keep], levels.swings(156)[keep], 120, 36)[0].size == dates


def test_a_known_change_is_found_at_its_date():
    months = levels.span("2000-01", "2012-12")
    x = (months.astype(int) + 0.5) / 12 - 40
    breaks, found = placebo.changes(months, -5 * x + 8 * np.maximum(x, 0), 120, 36)
    assert (str(breaks[0]), found[0]) == ("2010-01", pytest.approx(8.0))
    _, stepped = placebo.changes(months, -5 * x + 8 * np.maximum(x, 0) + 40 * (x > 0), 120, 36)
    assert stepped[0] == pytest.approx(8.0)


def test_the_band_has_at_most_five_percent_outside_each_end():
    for count in (20, 40, 72, 88, 91):
        values = np.arange(float(count))
        low, high = placebo.limits(values)
        assert (values < low).sum() == (values > high).sum() <= 0.05 * count
        assert (values <= low).sum() > 0.05 * (count - 1)
    assert np.isnan(placebo.limits(np.array([]))).all()


def band(count: int, low: float, high: float) -> Band:
    return Band(120, 36, "month", "", "", 1, low, high, tuple([0.0] * count))


def test_guard_takes_the_wider_end_where_the_band_excludes_zero_or_is_thin():
    ten = band(72, -16.4, 13.4)
    sure = placebo.guarded(band(60, -10.0, 5.0), ten)
    assert (sure.low, sure.high, sure.widened) == (-10.0, 5.0, False)
    thin = placebo.guarded(band(59, -20.0, 5.0), ten)
    assert (thin.low, thin.high, thin.widened) == (-20.0, 13.4, True)
    beside_zero = placebo.guarded(band(72, -20.7, -8.0), ten)
    assert (beside_zero.low, beside_zero.high) == (-20.7, 13.4)
    at_zero = placebo.guarded(band(72, -20.7, 0.0), ten)
    assert (at_zero.high, at_zero.widened) == (0.0, False)


def test_no_word_under_twenty_dates_in_both():
    assert placebo.guarded(band(19, -1.0, 1.0), band(19, -2.0, 2.0)) is None
    assert placebo.guarded(band(19, -1.0, 1.0), band(20, -2.0, 2.0)) is not None
    assert (
        placebo.guarded(
            placebo.summary(np.array([]), np.array([]), 214, 36, "month"), band(20, -2.0, 2.0)
        ).low
        == -2
    )


def test_the_century_decides_at_each_end_where_it_is_wider():
    """Thirty years of months hold too few of a sea's swings to be the test alone."""
    own, ten = band(72, -16.4, 13.4), band(72, -50.0, 50.0)
    wider = placebo.guarded(own, ten, band(90, -25.5, 21.4))
    assert (wider.low, wider.high, wider.widened) == (-25.5, 21.4, True)
    assert (wider.own, wider.ten) == (own, ten)
    one_end = placebo.guarded(own, ten, band(90, -10.0, 21.4))
    assert (one_end.low, one_end.high, one_end.widened) == (-16.4, 21.4, True)
    narrow = placebo.guarded(own, ten, band(90, -10.0, 10.0))
    assert (narrow.low, narrow.high, narrow.widened) == (-16.4, 13.4, False)
    # A thin own band is guarded as before, and the century's stands beside both.
    thin = placebo.guarded(band(40, -20.7, -8.0), band(72, -16.4, 13.4), band(82, -15.3, 19.1))
    assert (thin.low, thin.high, thin.widened) == (-20.7, 19.1, True)
    # A century makes no word where both bands of months rest on too few dates.
    assert placebo.guarded(band(19, -1.0, 1.0), band(19, -2.0, 2.0), band(90, -25.5, 21.4)) is None


@pytest.mark.parametrize("after", [36, 48, 60])
@pytest.mark.parametrize(("start", "before", "years"), [("2006-01", 214, 18), ("2014-01", 118, 10),
                                                        ("2018-01", 70, 6)])  # fmt: skip
def test_deciding_bands_recomputed(samples, record, start, before, years, after):
    """The wider of the months' band (its own, guarded by the ten-year one) and the century's, end by end."""
    own, ten = (limits(monthly_changes(*record, length, after)) for length in (before, 120))
    dates = len(monthly_changes(*record, before, after))
    guards = [] if dates >= 60 and own[0] <= 0 <= own[1] else [ten]
    century = limits(yearly_changes(*gauge_years(samples, "whole sea"), years, after // 12))
    ends = [own, *guards, century]
    used = frozen.bands_of("caspian").of_months(frozen.months_before(start), after)
    assert used.low == pytest.approx(min(one[0] for one in ends), abs=0.011)
    assert used.high == pytest.approx(max(one[1] for one in ends), abs=0.011)
    assert used.own.count == dates


def test_three_years_after_a_change_must_exceed_about_25_or_21():
    used = frozen.bands_of("caspian").of_months(frozen.months_before("2014-01"), 36)
    assert (used.low, used.high) == (pytest.approx(-25.5, abs=1.0), pytest.approx(21.4, abs=1.0))
    assert used.widened


@pytest.mark.parametrize(
    ("months", "length"), [(36, 36), (47, 36), (48, 48), (59, 48), (95, 84), (200, 96), (3, 36)]
)
def test_the_shorter_length_holds_in_between(months, length):
    assert placebo.after_length(months) == length


# ---- what was frozen --------------------------------------------------------------------------------------


def records():
    return [loaders.open_series(name, origin="baseline") for name in (frozen.MONTHLY, frozen.YEARLY)]


def test_frozen_table_is_what_the_record_gives():
    made, kept = frozen.freeze(*records()), frozen.load(frozen.FILE)
    assert [row["start"] for row in kept["baseline"]] == ["2006-01", "2014-01", "2018-01"]
    assert [row["months"] for row in kept["baseline"]] == [214, 118, 70]
    assert len(made["band"]) == len(kept["band"])
    for ours, theirs in zip(made["band"], kept["band"], strict=True):
        assert {k: v for k, v in ours.items() if k not in ("values", "low", "high")} == {
            k: v for k, v in theirs.items() if k not in ("values", "low", "high")
        }
        # Another linear algebra may round the last digit differently.
        assert ours["values"] == pytest.approx(theirs["values"], abs=0.011)


def test_new_months_and_years_change_no_frozen_number():
    monthly, years = records()
    months = levels.span("2023-11", "2027-06")
    later = levels.ten_day(levels.DAHITI, months, np.full(months.size, -99.0))
    grown = xr.concat(
        [monthly[["value", "qc", "provisional"]], later[["value", "qc", "provisional"]]], "time"
    )
    grown.attrs = monthly.attrs
    more = levels.yearly(
        frozen.YEARLY, np.append(np.arange(1921, 2026), [2026]), np.append(years["value"], -99.0)
    )
    assert frozen.freeze(grown, more)["checksum"] == frozen.freeze(monthly, years)["checksum"]


def test_a_changed_number_is_refused(tmp_path):
    path = tmp_path / "frozen.toml"
    text = frozen.FILE.read_text("utf-8")
    path.write_text(text.replace("low = -", "low = -1", 1), "utf-8")
    assert path.read_text("utf-8") != text
    with pytest.raises(CatalogueError, match="the frozen numbers were changed"):
        frozen.load(path)


def test_table_as_text_reads_back(tmp_path):
    made = frozen.freeze(*records())
    path = tmp_path / "frozen.toml"
    path.write_text(frozen.as_toml(made), "utf-8")
    assert frozen.load(path) == made


def test_the_century_is_the_list_of_the_whole_sea():
    """A coast's list is no record of the sea: from 2018 on the Kazakh coast parts from it."""
    row = loaders.catalogue().series[frozen.load(frozen.FILE)["yearly"]]
    assert (row.id, row.zone, row.place) == ("caspian-level-kazhydromet-annual", "whole", "caspian")


def test_only_the_caspian_is_calibrated_offline():
    assert frozen.bands_of("north-aral") is None
    assert frozen.bands_of("south-aral") is None
    assert Baseline("2006-01", "no_data").placebos == ()


# ---- whole years ------------------------------------------------------------------------------------------


def gauge_years(samples, zone="Kazakh sector"):
    path = samples / "figures_after" / "caspian_level_gauge_annual_1921_2025.csv"
    table = pd.read_csv(path, comment="#")
    table = table[table["zone_or_basin"] == zone]
    return table["time"].astype(int).to_numpy(), table["value"].to_numpy() * 100


def slope_of(years, values, first, last):
    inside = (years >= first) & (years <= last)
    return np.polyfit(years[inside], values[inside], 1)[0]


@pytest.mark.parametrize(("before", "first"), [(18, 2006), (10, 2014), (6, 2018)])
def test_yearly_lines_of_the_coast(samples, before, first):
    """2024 and 2025 stood at -29.20 and -29.35 m; 2023 is of the years before alone."""
    years, values = gauge_years(samples)
    found = yearly.fit(years, values, before, 2)
    assert found.after.value == pytest.approx(-2935 + 2920)
    assert found.before.value == pytest.approx(slope_of(years, values, first, 2023))
    assert found.change.value == pytest.approx(-15 - slope_of(years, values, first, 2023))
    assert found.points == before + 2
    if before == 10:
        assert found.before.value == pytest.approx(-13.0, abs=0.05)


def test_the_year_of_the_speech_is_of_no_years_after(samples):
    """Shared, it would leave a sea that stops falling on its day a pace of its own."""
    years, values = gauge_years(samples)
    level = np.where(years > 2023, -2920.0, values)
    assert yearly.fit(years, level, 10, 2).after.value == pytest.approx(0.0, abs=1e-9)
    moved = np.where(years == 2023, values - 50, level)
    assert yearly.fit(years, moved, 10, 2).after.value == pytest.approx(0.0, abs=1e-9)
    # Fewer than two whole years after it are no line.
    assert yearly.fit(years[:-1], values[:-1], 10, 2) is None


@pytest.mark.parametrize(
    ("after", "count", "last", "low", "high"),
    [(2, 91, "2020", -26.1, 23.5), (3, 90, "2019", -25.5, 21.4)],
)
def test_published_bands_of_the_century(samples, after, count, last, low, high):
    band = yearly.band(*gauge_years(samples, "whole sea"), 10, after)
    assert (band.count, band.first, band.last) == (count, "1930", last)
    assert (band.low, band.high) == (pytest.approx(low, abs=1.0), pytest.approx(high, abs=1.0))
    kept = frozen.bands_of("caspian").yearly[10, after]
    assert kept.values == pytest.approx(band.values, abs=0.011)


@pytest.mark.parametrize("before", [18, 10, 6])
@pytest.mark.parametrize("after", [2, 3, 5, 8])
def test_bands_of_years_recomputed(samples, before, after):
    list_of_years = gauge_years(samples, "whole sea")
    band, found = yearly.band(*list_of_years, before, after), yearly_changes(*list_of_years, before, after)
    assert band.values == pytest.approx(found, abs=0.0051)
    assert (band.low, band.high) == pytest.approx(limits(found), abs=0.0051)
    assert frozen.bands_of("caspian").yearly[before, after].values == pytest.approx(found, abs=0.011)


def test_old_yearly_trend_carried_to_2025(samples):
    years, values = gauge_years(samples)
    found = yearly.carried("x", years, values / 100)
    assert found.times.astype(str).tolist() == ["2024", "2025"]
    assert found.expected[-1] == pytest.approx(-29.09, abs=0.005)
    assert found.observed[-1] == pytest.approx(-29.35)
    assert found.low[-1] < found.observed[-1] < found.high[-1]


def test_yearly_window_with_a_missing_year_is_left_out():
    years = np.delete(np.arange(1960, 2023), 30)
    breaks, _ = yearly.changes(years, np.arange(years.size) * 1.0, 10, 2)
    whole, _ = yearly.changes(np.arange(1960, 2023), np.arange(63) * 1.0, 10, 2)
    assert whole.size - breaks.size == 12
    assert not set(breaks) & set(range(1988, 2000))


@pytest.mark.parametrize(("years", "length"), [(0, None), (1, None), (2, 2), (3, 3), (4, 4), (8, 8), (9, 8)])
def test_frozen_lengths_of_years(years, length):
    assert yearly.after_length(years) == length


def test_yearly_slope_interval_against_statsmodels():
    years = np.arange(2014, 2024)
    values = -13.0 * (years - 2014) + np.where(years % 2, 2.0, -2.0)
    found, r, _ = yearly.slope(years, values)
    assert r == 0.0
    low, high = sm.OLS(values, sm.add_constant(years)).fit().conf_int(0.1)[1]
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
