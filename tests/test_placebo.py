"""Placebo bands: the published tables, another library's refits, the guard, and what was frozen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xarray as xr

import loaders
from dashboard.readings import frozen, placebo, yearly
from dashboard.readings.estimates import Band
from dashboard.readings.records import Baseline
from loaders.errors import CatalogueError
from tests import levels

TEN = placebo.TEN_YEARS


@pytest.fixture(scope="module")
def record(samples):
    return levels.sample_months(samples)


@pytest.mark.parametrize(
    ("before", "after", "low", "middle", "high", "dates"),
    [
        (120, 24, -22.0, -5.9, 20.7, 76),
        (120, 36, -16.4, -4.7, 13.4, 72),
        (120, 60, -12.6, -3.7, 6.4, 64),
        (60, 36, -14.5, -0.7, 11.7, 92),
        (214, 36, -20.7, -12.4, -8.0, 40),
        (118, 36, -16.6, -4.8, 14.2, 72),
        (70, 36, -13.7, -1.3, 12.1, 88),
        (214, 60, -12.4, -10.7, -7.4, 32),
        (118, 60, -12.4, -3.6, 6.9, 64),
        (70, 60, -13.2, -1.0, 11.9, 80),
    ],
)
def test_published_bands(record, before, after, low, middle, high, dates):
    band = placebo.band(*record, before, after)
    assert band.count == dates
    assert band.low == pytest.approx(low, abs=1.0)
    assert band.high == pytest.approx(high, abs=1.0)
    assert np.median(band.values) == pytest.approx(middle, abs=1.0)


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
    x = t - brk.astype(int) / 12
    columns = [np.ones_like(x), x, np.maximum(x, 0)]
    columns += [f(2 * np.pi * k * t) for k in (1, 2) for f in (np.cos, np.sin)]
    assert found[at] == pytest.approx(sm.OLS(values[inside], np.column_stack(columns)).fit().params[2])


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


@pytest.mark.parametrize(
    ("start", "low", "high"), [("2006-01", -20.7, 13.7), ("2014-01", -16.6, 14.2), ("2018-01", -13.7, 12.1)]
)
def test_bands_used_three_years_after(start, low, high):
    known = frozen.bands_of("caspian").monthly
    used = placebo.guarded(known[frozen.months_before(start), 36], known[TEN, 36])
    assert (used.low, used.high) == (pytest.approx(low, abs=1.0), pytest.approx(high, abs=1.0))


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
        levels.SECTOR, np.append(np.arange(1921, 2026), [2026]), np.append(years["value"], -99.0)
    )
    assert frozen.freeze(grown, more)["checksum"] == frozen.freeze(monthly, years)["checksum"]


def test_a_changed_number_is_refused(tmp_path):
    path = tmp_path / "frozen.toml"
    text = frozen.FILE.read_text("utf-8")
    path.write_text(text.replace("low = -16.56", "low = -6.56", 1), "utf-8")
    assert path.read_text("utf-8") != text
    with pytest.raises(CatalogueError, match="the frozen numbers were changed"):
        frozen.load(path)


def test_table_as_text_reads_back(tmp_path):
    made = frozen.freeze(*records())
    path = tmp_path / "frozen.toml"
    path.write_text(frozen.as_toml(made), "utf-8")
    assert frozen.load(path) == made


def test_only_the_caspian_is_calibrated_offline():
    assert frozen.bands_of("north-aral") is None
    assert frozen.bands_of("south-aral") is None
    assert Baseline("2006-01", "no_data").placebos == ()


def test_own_bands_of_a_live_record_serve_a_place_without_frozen_ones():
    months = levels.span("1993-01", "2026-12")
    made = frozen.own_bands("north-aral", months, 100 * levels.swings(months.size), 36)
    assert not made.frozen
    assert made.monthly[118, 36].count > 60
    short = frozen.own_bands("north-aral", months[276:], levels.swings(months.size - 276), 36)
    assert placebo.guarded(short.monthly[118, 36], short.monthly[TEN, 36]) is None


# ---- whole years ------------------------------------------------------------------------------------------


def gauge_years(samples, zone="Kazakh sector"):
    path = samples / "figures_after" / "caspian_level_gauge_annual_1921_2025.csv"
    table = pd.read_csv(path, comment="#")
    table = table[table["zone_or_basin"] == zone]
    return table["time"].astype(int).to_numpy(), table["value"].to_numpy() * 100


def test_yearly_ground_behind_the_sentence(samples):
    years, values = gauge_years(samples)
    found = yearly.fit(years, values, 10, 2)
    assert found.before.value == pytest.approx(-13.0, abs=0.05)
    assert found.after.value == pytest.approx(-16.5, abs=0.05)
    assert found.change.value == pytest.approx(-3.5, abs=0.05)
    band = yearly.band(years, values, 10, 2)
    assert (band.count, band.first, band.last) == (91, "1930", "2020")
    assert band.low == pytest.approx(-19.1, abs=1.0)
    assert band.high == pytest.approx(21.5, abs=1.0)
    assert sum(value < found.change.value for value in band.values) == 43
    assert yearly.fit(years, values, 18, 2).change.value == pytest.approx(-5.8, abs=0.05)
    assert yearly.fit(years, values, 6, 2).change.value == pytest.approx(0.9, abs=0.05)
    assert yearly.fit(years, values, 10, 1).change.value == pytest.approx(-5.0, abs=0.05)


def test_old_yearly_trend_carried_to_2025(samples):
    years, values = gauge_years(samples)
    found = yearly.carried("x", years, values / 100)
    assert found.times.astype(str).tolist() == ["2024", "2025"]
    assert found.expected[-1] == pytest.approx(-29.09, abs=0.005)
    assert found.observed[-1] == pytest.approx(-29.35)
    assert found.low[-1] < found.observed[-1] < found.high[-1]


def test_yearly_slopes_against_numpy(samples):
    years, values = gauge_years(samples)
    breaks, found = yearly.changes(years, values, 10, 3)
    for at in (0, 30, 60):
        left = (years > breaks[at] - 10) & (years <= breaks[at])
        right = (years >= breaks[at]) & (years <= breaks[at] + 3)
        slopes = [np.polyfit(years[side], values[side], 1)[0] for side in (left, right)]
        assert found[at] == pytest.approx(slopes[1] - slopes[0])


def test_yearly_window_with_a_missing_year_is_left_out():
    years = np.delete(np.arange(1960, 2023), 30)
    breaks, _ = yearly.changes(years, np.arange(years.size) * 1.0, 10, 2)
    whole, _ = yearly.changes(np.arange(1960, 2023), np.arange(63) * 1.0, 10, 2)
    assert whole.size - breaks.size == 12
    assert not set(breaks) & set(range(1988, 2000))


@pytest.mark.parametrize(("years", "length"), [(0, None), (1, None), (2, 2), (3, 3), (4, 3), (5, 5), (9, 5)])
def test_frozen_lengths_of_years(years, length):
    assert yearly.after_length(years) == length


def test_yearly_slope_interval_against_statsmodels():
    years = np.arange(2014, 2024)
    values = -13.0 * (years - 2014) + np.where(years % 2, 2.0, -2.0)
    found, r, _ = yearly.slope(years, values)
    assert r == 0.0
    low, high = sm.OLS(values, sm.add_constant(years)).fit().conf_int(0.1)[1]
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
