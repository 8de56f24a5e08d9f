"""Sources of different height systems on one axis: their own means, the median, what counts as a voice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dashboard.palette import LIGHT
from dashboard.series.level import levels, together
from tests import levels as make
from tests.shots import baseline, moved, with_series

GAUGES, SATELLITE = "caspian-level-kazhydromet-annual", "caspian-level-dahiti-2026-annual"
COAST, TRACK = make.SECTOR, make.GWM


def snapshot(**series):
    years = np.arange(2000, 2024)
    made = [make.yearly(name.replace("_", "-"), years, values) for name, values in series.items()]
    return make.snapshot(*made)


def rows(shot):
    return levels.comparable(shot, shot.rows(), 2023)


def two(gauges, satellite):
    return snapshot(**{GAUGES.replace("-", "_"): gauges, SATELLITE.replace("-", "_"): satellite})


RAMP = np.linspace(0.0, -2.3, 24)


def test_two_zeros_leave_one_median():
    """0.6 m between the zeros, and one year in which the satellite reads 0.1 m more."""
    bump = np.zeros(24)
    bump[4] = 0.1
    found = together.middle(shot := two(RAMP - 28.0, RAMP - 27.4 + bump), rows(shot))
    assert found.window == (2000, 2023)
    # The satellite's own mean is higher by 0.1 / 24; the median takes half of what remains.
    half = 0.1 / 24 / 2
    expected = RAMP - RAMP.mean() - half + bump / 2
    assert found.values == pytest.approx(expected, abs=1e-12)


def test_each_source_stands_from_its_own_mean_of_the_common_years():
    shot = two(RAMP - 28.0, RAMP - 27.4)
    found = together.middle(shot, rows(shot))
    for row in rows(shot):
        line = together.from_own_mean(levels.yearly_line(shot, row, LIGHT.ink), found)
        assert line.values == pytest.approx(RAMP - RAMP.mean())


def test_band_reaches_from_the_lowest_to_the_highest_voice():
    bump = np.where(np.arange(24) % 2, 0.1, -0.1)
    shot = two(RAMP - 28.0 - bump, RAMP - 27.4 + bump)
    found = together.middle(shot, rows(shot))
    lines = [together.from_own_mean(levels.yearly_line(shot, row, LIGHT.ink), found) for row in found.voices]
    low, high = together.band(found, lines, LIGHT.caspian)
    assert high.values - low.values == pytest.approx(np.full(24, 0.2))


def test_source_without_the_common_years_is_not_drawn_beside_the_others():
    shot = two(RAMP - 28.0, RAMP - 27.4)
    found = together.middle(shot, rows(shot))
    line = levels.yearly_line(shot, rows(shot)[0], LIGHT.ink)
    assert (
        together.from_own_mean(replace(line, times=line.times[-11:], values=line.values[-11:]), found) is None
    )
    assert together.from_own_mean(replace(line, times=line.times[-12:], values=line.values[-12:]), found)


def test_shorter_source_is_not_pushed_by_the_years_that_it_lacks():
    """A falling sea: the plain mean of twelve late years would lift a short record by half the fall."""
    shot = two(RAMP - 28.0, RAMP - 27.4)
    found = together.middle(shot, rows(shot))
    line = levels.yearly_line(shot, rows(shot)[0], LIGHT.ink)
    short = replace(line, times=line.times[-12:], values=line.values[-12:])
    assert together.from_own_mean(short, found).values == pytest.approx((RAMP - RAMP.mean())[-12:])


def test_sources_of_one_group_have_one_voice():
    shot = baseline()
    caspian = [row for row in shot.rows() if row.place == "caspian" and row.indicator == "level"]
    found = together.middle(shot, levels.comparable(shot, caspian, 2023))
    assert [row.id for row in found.voices] == [SATELLITE, GAUGES]
    assert found.window == (1993, 2023)


def test_coast_is_drawn_and_does_not_count():
    shot = baseline()
    caspian = [row for row in shot.rows() if row.place == "caspian" and row.indicator == "level"]
    before = together.middle(shot, levels.comparable(shot, caspian, 2023))
    higher = with_series(shot, moved(shot.series[COAST], 5.0, since="2010-01-01"))
    after = together.middle(higher, levels.comparable(higher, caspian, 2023))
    assert COAST in {row.id for row in levels.comparable(shot, caspian, 2023)}
    assert after.values == pytest.approx(before.values)


def test_published_median_by_hand():
    """2023 of the two lists, each less its mean of 1993-2023, from the committed tables."""
    shot = baseline()
    caspian = [row for row in shot.rows() if row.place == "caspian" and row.indicator == "level"]
    found = together.middle(shot, levels.comparable(shot, caspian, 2023))
    sides = []
    for name in (GAUGES, SATELLITE):
        values = shot.series[name]["value"].sel(time=slice("1993", "2023")).values
        assert values.size == 31
        sides.append(values[-1] - values.mean())
    assert found.values[-1] == pytest.approx(sum(sides) / 2)


def test_one_group_alone_has_no_median():
    shot = baseline()
    gauges = [shot.catalogue.series[name] for name in (COAST, GAUGES)]
    assert together.middle(shot, gauges) is None


def test_two_voices_with_too_little_in_common_have_no_median():
    early, late = np.arange(1980, 2011), np.arange(2000, 2024)
    shot = make.snapshot(
        make.yearly(GAUGES, early, np.full(early.size, -28.0)),
        make.yearly(SATELLITE, late, np.full(late.size, -27.4)),
    )
    assert together.middle(shot, [shot.catalogue.series[name] for name in (GAUGES, SATELLITE)]) is None
