"""The newest yearly step among those before it, and a bed without water: made-up lists, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.sentences import movement
from dashboard.series.level.swings import bed_since, swing
from tests import levels
from tests.shots import made

DAY = np.datetime64("2026-11-24", "D")


def stepped(*steps: float, first: int = 2000, series: str = levels.SECTOR):
    """A list that begins at -27 m and moves by so many centimetres each year."""
    values = -27 + np.cumsum([0.0, *steps]) / 100
    return levels.yearly(series, np.arange(first, first + values.size), values)


# Fourteen steps of 2001 to 2014, then the newest.
MIXED = (10, -10, -20, 10, -10, -30, 10, -10, 10, -20, 10, -10, 10, -10)


@pytest.mark.parametrize(("step", "alike", "usual"), [(-20, 3, False), (-10, 8, True), (-35, 0, False)])
def test_a_fall_among_the_years_before(step, alike, usual):
    """Of the fourteen, eight fell: by 10 (five), 20 (two) and 30; their deviation is 14 to 17."""
    found = swing(stepped(*MIXED, step), DAY)
    assert found.step == pytest.approx(step / 100)
    assert (found.year, found.alike, found.before, found.run) == (2015, alike, 14, None)
    assert found.usual is usual
    assert (abs(step) <= np.std([*MIXED, step], ddof=1)) is np.bool_(usual)


def test_a_rise_is_held_against_rises():
    found = swing(stepped(*MIXED, 10), DAY)
    assert (found.step, found.alike) == (pytest.approx(0.10), 6)


def test_how_far_it_moved_lately():
    """Four years back, from 2011 to 2015: steps of -10, 10, -10 and -20 cm."""
    found = swing(stepped(*MIXED, -20), DAY)
    assert found.earlier == 2011
    assert found.moved == pytest.approx(-0.30)


@pytest.mark.parametrize(("falls", "run"), [(4, None), (5, 2011), (9, 2007)])
def test_five_steps_one_way_are_a_run(falls, run):
    steps = [10.0, -10.0] * 8
    mixed = [*steps[: 15 - falls - 1], 10.0, *[-10.0] * falls]
    found = swing(stepped(*mixed), DAY)
    assert (found.year, found.run) == (2015, run)


def test_a_run_ends_at_a_missing_year():
    """What the level did in a year that no list has is not known."""
    whole = stepped(*[-10.0] * 25)
    assert swing(whole, DAY).run == 2001
    gone = whole.isel(time=whole["time"].values != np.datetime64("2005-01-01"))
    assert swing(gone, DAY).run == 2007


def test_fifteen_steps_in_a_row_are_needed():
    assert swing(stepped(*MIXED), DAY) is None
    whole = stepped(*MIXED, -20)
    assert swing(whole.isel(time=np.arange(16) != 5), DAY) is None
    assert swing(whole, DAY) is not None


def test_a_year_that_is_not_over_is_no_step():
    data = stepped(*MIXED, -20, -90, first=2010)
    assert str(data["time"].values[-1])[:4] == "2026"
    assert swing(data, DAY).year == 2025


def test_sentences_of_a_step():
    row = levels.catalogue().series[levels.SECTOR]
    said = movement.step(row, levels.snapshot(stepped(*MIXED, -20)))
    assert said == "Such a fall came in 3 of the 14 years before. In 2015 it stood 30 cm below 2011."
    calm = movement.step(row, levels.snapshot(stepped(*MIXED, -10)))
    assert "within its usual yearly swings" in calm
    run = movement.step(row, levels.snapshot(stepped(*MIXED[:10], 10, *[-10] * 5)))
    assert run == "It fell in every year since 2012."
    assert movement.step(row, levels.snapshot(stepped(-10, 10))) == ""


@pytest.mark.parametrize(
    ("flags", "since"),
    [
        ([1, 1, 4, 4], 2020),
        ([4, 4, 4, 4], 2018),
        ([4, 1, 4, 4], 2020),
        ([1, 4, 4, 1], None),
        ([1, 1, 1, 1], None),
    ],
)
def test_the_year_from_which_on_only_the_bed_answers(flags, since):
    years = [f"{year}-01-01" for year in range(2018, 2022)]
    assert bed_since(made(levels.SECTOR, years, [0.0] * 4, flags=flags)) == since
