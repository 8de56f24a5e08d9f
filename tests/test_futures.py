"""What the page says of made-up futures: true, and the same on every page, whatever NASA's file brings.

Each file is refreshed from a loopback server in NASA's own format beside the embedded figures, at three
clocks. The expected numbers come from the made-up sea (``tests/futures.py``), never from the product.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import loaders
from dashboard.export.brief import document
from dashboard.markup import passage_rows
from dashboard.palette import LIGHT
from dashboard.readings.assess import assess
from dashboard.readings.finding import finding
from dashboard.sentences import cards, movement
from dashboard.sentences.headline import changed, deck
from dashboard.series import snapshot
from dashboard.series.comparison import Comparison
from loaders.environment import clock
from tests import futures
from tests.conftest import ROOT
from tests.futures import NEWEST, Nasa, Sea, late, steady

GWM, GAUGES = "caspian-level-gwm", "caspian-level-kazhydromet-sector-annual"
TODAY, WINTER, LATER = NEWEST
APP = str(ROOT / "dashboard" / "app.py")
SPEECH = Comparison()
# Metres a year after the speech.
SLOPES = {"flat": 0.0, "rises 17": 0.17, "rises 50": 0.50, "falls 13": -0.13, "falls 40": -0.40}


class World:
    """A refreshed cache at a clock, and everything that speaks of the Caspian's level."""

    def __init__(self, day: str, found: snapshot.Snapshot):
        self.day = np.datetime64(day, "D")
        self.data = replace(found, as_of=self.day)
        rows = [row for row in self.data.rows() if row.indicator in ("level", "area", "volume")]
        self.body = finding(self.data, "caspian", SPEECH, rows)
        (self.row,) = assess(self.data, as_of=self.day, ids=["E4"])
        self.reading = self.row.condition
        self.json = json.loads(json.dumps(self.row.to_json()))["condition"]

    @property
    def headline(self) -> str:
        return changed(self.body, SPEECH)

    @property
    def card(self):
        return cards.card(self.body, self.data, self.day)

    @property
    def cell(self) -> str:
        """The small line of the condition in the register's row."""
        return passage_rows.cells(self.row, LIGHT)[1].small

    def brief(self) -> str:
        page = document(self.data, ["caspian"], self.day)
        return unescape(re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))


@pytest.fixture
def world(httpserver, monkeypatch):
    """Refreshes NASA's file of a made-up sea with the clock at a day."""

    def make(sea: Sea, day: str) -> World:
        noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: noon)
        httpserver.expect_request(re.compile("^/")).respond_with_handler(Nasa(sea).answer)
        monkeypatch.setenv("TWO_SEAS_GWM_URL", httpserver.url_for("/gwm"))
        report = loaders.refresh(loaders.Selection(sources=("gwm",)))
        outcome = {one.series: one.outcome for source in report.sources for one in source.series}
        assert outcome[GWM] == "updated", report
        return World(day, snapshot.load())

    return make


def month(key: tuple[int, int]) -> str:
    return f"{key[0]}-{key[1]:02}"


@pytest.mark.parametrize("day", NEWEST)
@pytest.mark.parametrize("name", SLOPES)
def test_one_pace_and_one_change_everywhere(world, name, day):
    sea = Sea(steady(SLOPES[name]), NEWEST[day])
    found, true = world(sea, day), 100 * SLOPES[name]
    main, last = found.body.agreement.main, month(max(sea.months()))
    assert (main.series, str(main.end)) == (GWM, last)
    assert main.change == pytest.approx(sea.change(), abs=0.005)
    assert len(main.pairs) == 12

    pace = found.body.pace
    assert pace == found.reading.pace
    assert (pace.series, pace.step, pace.after_span) == (GWM, "month", ("2023-12", last))
    assert pace.after.value == pytest.approx(true, abs=2.0)
    # The ten years before: the slope of a parabola over a span is that at its middle, 5.01 years before.
    assert pace.before.value == pytest.approx(100 * (futures.FALL + 2 * futures.STEEPENS * 5.01), abs=0.5)
    assert found.json["pace"]["after"] == pytest.approx(pace.after.value, abs=0.001)
    assert found.json["pace"]["source"] == GWM
    frozen = [one for one in found.json["baselines"] if one["from"] != "yearly"]
    assert len(frozen) == 3
    for one in frozen:
        assert one["pace_after_cm_per_year"] == pytest.approx(true, abs=2.0)

    said = movement.pace(pace)
    assert said in found.card.lines
    assert said in found.cell
    brief = found.brief()
    assert said in brief
    assert found.headline in brief


@pytest.mark.parametrize("day", NEWEST)
def test_a_word_and_too_early_never_stand_together(world, day):
    """35 months give no word of their own, so the years of the gauges keep theirs; 38 months give one."""
    found = world(Sea(steady(-0.13), NEWEST[day]), day)
    assert found.reading.state not in ("too_early", "no_data")
    assert found.json["too_early_until"] is None
    assert "possible" not in found.cell
    deciding = {one["from"] for one in found.json["baselines"] if one["state"] == found.reading.state}
    assert deciding == ({"yearly"} if day == TODAY else {"2006-01", "2014-01", "2018-01"})


@pytest.mark.parametrize(
    ("name", "day", "words"),
    [
        ("flat", WINTER, {"no_detectable_change"}),  # a change of eleven, where twenty can be told
        ("falls 13", WINTER, {"no_detectable_change"}),
        ("falls 40", LATER, {"fall_steepening", "depends_on_baseline"}),
        ("rises 50", WINTER, {"recovering"}),
        ("rises 50", LATER, {"recovering"}),
    ],
)
def test_words_are_those_of_the_sea(world, name, day, words):
    assert world(Sea(steady(SLOPES[name]), NEWEST[day]), day).reading.state in words


def test_an_unfinished_month_enters_nothing(world):
    """Two passes of November are there on the 27th; October is the newest month that is whole."""
    found = world(Sea(steady(-0.13), NEWEST[TODAY]), TODAY)
    said = " ".join((found.headline, *found.card.lines, found.brief()))
    assert "Nov 2025–Oct 2026" in said
    assert "November 2026" not in found.headline + " ".join(found.card.lines)
    assert 2026 not in found.body.agreement.main.years


def test_a_rise_of_the_newest_year_is_no_disagreement(world):
    sea = Sea(late, NEWEST[WINTER])
    found = world(sea, WINTER)
    agreed = found.body.agreement
    assert sea.year(2025) < sea.year(2023)  # to 2025 the sea fell, as the gauges did
    assert (agreed.state, agreed.until) == ("alone", 2025)
    assert agreed.main.change == pytest.approx(sea.change(), abs=0.005) != 0
    assert agreed.main.change > 0
    assert "disagree" not in found.headline + found.card.state
    assert "newest source alone; the others end in 2025" in found.card.state
    months = sorted(key for key in sea.months() if key > (2023, 11))
    times = [(year - 2023) + (at - 0.5) / 12 - (327 / 365.25) for year, at in months]
    slope = np.polyfit(times, [late(time) for time in times], 1)[0]
    assert found.body.pace.after.value == pytest.approx(100 * slope, abs=2.0)
    assert found.body.pace.after.value > 0
    # A line through a fall and a rise tells little of either, and says so.
    assert "too unsteady to be sure of" in movement.pace(found.body.pace)


@pytest.mark.parametrize("name", ["rises 17", "rises 50"])
def test_sources_that_contradict_each_other_are_told_apart(world, name):
    """The gauges fell from 2023 to 2025, the made-up sea rose: of that time, and no other, they disagree."""
    sea = Sea(steady(SLOPES[name]), NEWEST[TODAY])
    found = world(sea, TODAY)
    assert sea.year(2025) > sea.year(2023)
    assert (found.body.agreement.state, found.body.agreement.until) == ("disagree", 2025)
    assert "to 2025" in found.headline
    assert "disagree" in found.card.state
    assert found.json["like_months"]["sources_agree"] == 1


def test_the_uncertainty_spans_the_sources_over_their_years(world):
    """Gauges: -29.35 less -29.02 m. Half of their distance to what the satellite shows of the same years."""
    sea = Sea(steady(0.0), NEWEST[TODAY])
    found = world(sea, TODAY)
    own = sea.year(2025) - sea.year(2023)
    half = abs(own + 0.33) / 2
    assert found.body.agreement.state == "agree"
    assert found.body.agreement.half_range == pytest.approx(half, abs=0.004)
    assert found.body.agreement.main.uncertainty > half


def test_nothing_new_for_two_years(world):
    """The newest figure is said with its age; months that old give no word, and neither does a list."""
    found = world(Sea(steady(-0.13), NEWEST[TODAY]), LATER)
    assert str(found.body.agreement.main.end) == "2026-10"
    assert found.reading.state == "no_data"
    assert found.reading.absence == "stale"
    assert found.json["too_early_until"] is None
    assert "24 months" in " ".join(words for words, _ in deck([found.body], found.data, found.day))


@pytest.mark.parametrize(("course", "day"), [(steady(0.0), WINTER), (late, TODAY)])
def test_the_pages_say_what_the_sentences_say(world, course, day):
    found = world(Sea(course, NEWEST[day]), day)
    said = movement.pace(found.body.pace)
    for page, wanted in (("overview", (found.headline, said)), ("level", (found.headline, said)),
                         ("commitments", (said,))):  # fmt: skip
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["sea"] = "caspian"
        app.switch_page(f"views/{page}.py").run()
        assert not app.exception
        text = unescape(" ".join(block.proto.body for block in app.get("html")))
        for words in wanted:
            assert words in text, page
