"""Dashed brackets: where a record is in doubt or changes its satellite, what they say, where they stand."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.figures import charts
from dashboard.palette import LIGHT
from dashboard.series import doubts
from dashboard.series.lines import line_of
from tests.figure_json import load, notes, traces
from tests.shots import baseline, made

YEARLY, TRACK = "caspian-level-dahiti-2026-annual", "caspian-level-gwm"
GAUGES = "caspian-level-kazhydromet-annual"


def spans(dataset, **period):
    return [(str(one.first), str(one.last)) for one in doubts.brackets(dataset, "A line", **period)]


def track(flags, cadence="10-day"):
    times = np.datetime64("2020-01-01") + np.arange(len(flags)) * 10
    return made(TRACK, times, np.full(len(flags), -28.0), flags=flags, cadence=cadence)


def with_missions(codes, names="jason-2 jason-3"):
    data = track([1] * len(codes))
    attrs = {"flag_values": np.array([1, 2], dtype="int8"), "flag_meanings": names}
    return data.assign(mission=("time", np.array(codes, dtype="int8"), attrs)).assign_attrs(data.attrs)


def test_whole_sea_gauges_are_in_doubt_for_the_two_contested_years():
    (one,) = doubts.brackets(baseline().series[GAUGES], "Whole-sea gauges")
    assert (str(one.first), str(one.last)) == ("2024-01-01", "2026-01-01")
    assert "Whole-sea gauges, 2024–2025: " in one.why
    assert "−29.18" in one.why  # the second value that the same page prints


def test_part_year_says_that_it_is_one():
    (one,) = doubts.brackets(baseline().series[YEARLY], "Satellite")
    assert (str(one.first), str(one.last)) == ("2026-01-01", "2027-01-01")
    assert "PART YEAR" in one.why


def test_runs_are_kept_apart():
    data = made(YEARLY, np.arange(2000, 2010).astype(str), np.zeros(10), flags=[3, 1, 1, 3, 3, 1, 1, 1, 1, 3])
    assert spans(data) == [
        ("2000-01-01", "2001-01-01"),
        ("2003-01-01", "2005-01-01"),
        ("2009-01-01", "2010-01-01"),
    ]


@pytest.mark.parametrize(("count", "found"), [(2, 0), (3, 1)])
def test_single_suspect_passes_are_no_stretch(count, found):
    assert len(spans(track([1, *[3] * count, 1]))) == found


def test_stated_single_figures_have_no_brackets():
    assert spans(track([3, 3, 3, 3], cadence="irregular")) == []


def test_period_cuts_the_brackets_too():
    data = made(YEARLY, np.arange(2000, 2010).astype(str), np.zeros(10), flags=[3, 1, 1, 3, 3, 1, 1, 1, 1, 3])
    assert spans(data, start=np.datetime64("2004-01"), end=np.datetime64("2008-12")) == [
        ("2004-01-01", "2005-01-01")
    ]


def test_change_of_satellite_is_named_with_both():
    (one,) = doubts.brackets(with_missions([1, 1, 1, 2, 2]), "Track")
    assert (str(one.first), str(one.last)) == ("2020-01-21", "2020-01-31")
    assert one.words == "jason-3"
    assert one.why == "Track: from 31 Jan 2020 on jason-3, before it jason-2"


def test_unknown_code_of_a_satellite_is_still_a_change():
    (one,) = doubts.brackets(with_missions([1, 1, 7]), "Track")
    assert one.words == "7"


def panel(*found):
    data = made(YEARLY, np.arange(2000, 2020).astype(str), np.linspace(-26, -28, 20))
    line = line_of(data, "A line", LIGHT.caspian)
    today = np.datetime64("2020-06-01")
    return load(charts.panel([line], LIGHT, unit="m", decimals=2, today=today, brackets=found))


def bracket(first, last, words="in doubt", why="because"):
    return doubts.Bracket(np.datetime64(first), np.datetime64(last), words, why)


def test_bracket_is_dashed_over_its_stretch_and_says_why():
    spec = panel(bracket("2005-01-01", "2007-01-01", why="two <values> & a $"))
    (drawn,) = traces(spec, "bracket")
    assert (drawn["x"][0], drawn["x"][-1]) == ("2005-01-01", "2007-01-01")
    assert "px" in drawn["line"]["dash"]
    assert set(drawn["hovertext"]) == {"two &lt;values&gt; &amp; a &#36;"}
    assert "in doubt" in notes(spec)


def test_neighbours_that_say_the_same_are_named_once():
    touching = bracket("2005-01-01", "2006-01-01"), bracket("2006-01-01", "2007-01-01")
    apart = bracket("2005-01-01", "2006-01-01"), bracket("2009-01-01", "2010-01-01")
    assert notes(panel(*touching)).count("in doubt") == 1
    assert notes(panel(*apart)).count("in doubt") == 2
    assert len(traces(panel(*touching), "bracket")) == 2


def test_at_most_four_brackets_are_named():
    many = [bracket(f"{year}-01-01", f"{year}-06-01", words=f"M{year}") for year in range(2003, 2011)]
    assert len([text for text in notes(panel(*many)) if text.startswith("M2")]) == 4
    assert len(traces(panel(*many), "bracket")) == 8
