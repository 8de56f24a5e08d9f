"""Every page for every sea and indicator, run without a browser: charts, explanations, words, addresses."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import dashboard.palette
import loaders
from dashboard import clock, filters
from dashboard.figures.canvas import faint
from dashboard.palette import DARK, LIGHT
from dashboard.register.commitments import register
from dashboard.words.text import DEFAULT, languages, speaking, t, words
from loaders.baseline import csv_tables as embedded
from loaders.tables import lineage
from tests.conftest import ROOT
from tests.figure_json import ASCII_MINUS, colors, load, notes, numbers, shown, vertical_lines

APP = str(ROOT / "dashboard" / "app.py")
PAGES = ("overview", "level", "extent", "commitments", "climate", "data")
CATALOGUE = loaders.catalogue()
DERIVED = {key for key, row in CATALOGUE.series.items() if row.derive}
HELD = embedded.manifest()["series"]
# A derived series is there as soon as every measured series behind it is.
STORED = [
    row
    for key, row in CATALOGUE.series.items()
    if (key in HELD if not row.derive else {*lineage.behind(row, CATALOGUE)} - DERIVED <= {*HELD})
]
# Parts of a chart that stand for no one series: the hatched end, the normal band, a slope and its interval,
# the median of the sources and their range, a bracket above a doubtful stretch.
HELPERS = {"none", "normal", "rate", "interval", "median", "spread", "bracket"}
SPEECH = "2023-11-24"
GAUGES, SATELLITE = "caspian-level-kazhydromet-sector-annual", "caspian-level-dahiti-2026-annual"
MEGABYTE = 1_000_000


def stored(sea: str, indicator: str) -> bool:
    return any(sea in ("both", row.sea) or row.sea == "both" for row in STORED if row.indicator == indicator)


INDICATORS = tuple(key for key in CATALOGUE.indicators if stored("both", key))
CHOICES = [(sea, one) for sea in filters.SEAS for one in ("", *INDICATORS) if not one or stored(sea, one)]
EMPTY = [(sea, one) for sea in filters.SEAS for one in INDICATORS if not stored(sea, one)]


def link(**address: str) -> AppTest:
    """A visitor with a link in hand; ``from_`` stands for a name that Python keeps for itself."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in address.items():
        app.query_params[name.rstrip("_")] = value
    return app


def turn(app: AppTest, page: str) -> AppTest:
    return app.switch_page(f"views/{page}.py").run()


def visit(page: str = "overview", **address: str) -> AppTest:
    return turn(link(**address), page)


@lru_cache(maxsize=1)
def visitor(sea: str, indicator: str) -> AppTest:
    """One visitor for all pages of one choice, as a reader turns the pages."""
    return link(sea=sea, **({"indicator": indicator} if indicator else {}))


def charts_of(app: AppTest) -> list:
    return app.get("plotly_chart")


def key_of(chart) -> str:
    return chart.proto.id.rpartition("-chart-")[2]


def html_of(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def explained(app: AppTest) -> bool:
    return bool(app.info) or t("chart.empty", hint=t("chart.empty_hint")) in html_of(app)


@lru_cache(maxsize=256)
def newest(series_id: str) -> str:
    """The day of the newest point that may be drawn."""
    data = loaders.open_series(series_id, origin="baseline")
    keep = ~np.isin(data["qc"].values, (4, 9)) & ~np.isnan(data["value"].values)
    return str(data["time"].values[keep].max())[:10]


def dated(spec: dict) -> list[dict]:
    columns = [(one, one["x"]) for one in spec["data"] if isinstance(one["x"], list)]
    return [one for one, x in columns if re.fullmatch(r"\d{4}-\d\d-\d\d", str((x or [""])[0]))]


def check_chart(chart, look=LIGHT) -> None:
    spec = load(chart.proto.spec)
    assert chart.proto.alt.strip()
    assert not re.search(r"nan|None|\{", chart.proto.alt)
    drawn = [one["x" if one.get("orientation") == "h" else "y"] for one in spec["data"]]
    assert any(np.isfinite(numbers(values)).any() for values in drawn)
    for trace in spec["data"]:
        named = trace.get("name", "")
        known = named in CATALOGUE.series or named in CATALOGUE.tables or named in HELPERS
        assert known or (not named and trace["hoverinfo"] == "skip")
    for trace in dated(spec):
        if trace["name"] in CATALOGUE.series:
            assert max(trace["x"]) <= newest(trace["name"])
    check_speech(spec)
    check_look(chart.proto.spec, spec, look)


def check_speech(spec: dict) -> None:
    """Dated like the axis, wherever the drawn time reaches over it."""
    whens = [when for trace in dated(spec) for when in trace["x"]]
    whens += spec["layout"]["xaxis"].get("range", []) if whens else []
    if whens and min(whens) <= SPEECH <= max(whens):
        assert vertical_lines(spec) == [SPEECH]


def check_look(raw: str, spec: dict, look) -> None:
    known = set(vars(look).values())
    assert colors(spec) <= known | {faint(color) for color in known} | {"rgba(0,0,0,0)"}
    assert "#00000" not in raw
    credit = [text.replace("\n", " ") for text in notes(spec) if text.startswith("Data: ")]
    assert len(credit) == 1
    assert credit[0].endswith(f"Cache {loaders.cache_id()}.")
    assert not [text for text in shown(spec) if ASCII_MINUS.search(text)]
    assert sum(len(trace["x"]) for trace in spec["data"]) <= 5_000


def check_reach(app: AppTest) -> None:
    """Where no filter cuts it, a panel ends with its series' newest point that may be drawn."""
    for chart in charts_of(app):
        data = load(chart.proto.spec)["data"]
        for name in {one["name"] for one in data} & set(CATALOGUE.series):
            assert max(at for one in data if one["name"] == name for at in one["x"]) == newest(name)


# ---- page x sea x indicator -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("sea", "indicator"), CHOICES, ids=lambda value: value or "all")
def test_page(sea, indicator, page):
    app = turn(visitor(sea, indicator), page)
    assert not app.exception
    assert not app.error
    assert not app.warning
    wanted = {"sea": "" if sea == "both" else sea, "indicator": indicator}
    assert {name: value for name, value in wanted.items() if value} == dict(app.query_params)
    for chart in charts_of(app):
        check_chart(chart)
    assert sum(len(chart.proto.spec) for chart in charts_of(app)) < MEGABYTE
    if page == "overview":
        check_reach(app)
    if page in ("overview", "level", "extent", "climate"):
        assert charts_of(app) or explained(app)
    elif page == "commitments":
        assert 'class="ts ts-grid ts-row"' in html_of(app) or explained(app)
    else:
        assert app.dataframe[0].value.shape[0] == len(
            filters.matching(filters.Selection(sea=sea, indicator=indicator), STORED)
        )


@pytest.mark.parametrize(("sea", "indicator"), EMPTY)
def test_choice_without_data_is_explained(sea, indicator):
    app = link(sea=sea, indicator=indicator)
    for page in PAGES:
        turn(app, page)
        assert not app.exception
        assert explained(app) or charts_of(app) or page == "commitments"


@pytest.mark.parametrize("view", filters.VIEWS)
@pytest.mark.parametrize("sea", filters.SEAS)
def test_views_of_the_level_page(view, sea):
    app = visit("level", sea=sea, view=view)
    assert not app.exception
    assert charts_of(app) or explained(app)
    for chart in charts_of(app):
        check_chart(chart)
        for name, axis in load(chart.proto.spec)["layout"].items():
            if name in ("yaxis", "yaxis2"):  # a level says where its water stands, not how much there is
                assert axis.get("rangemode", "normal") == "normal"
                assert "range" not in axis


COMPARED = {
    "speech": {},
    "normal": {"compare": "normal"},
    "custom": {"compare": "custom", "before": "2016-01..2016-12", "after": "2020-01..2020-12"},
}


@pytest.mark.parametrize("kind", COMPARED)
@pytest.mark.parametrize("page", PAGES)
def test_comparisons(page, kind):
    app = visit(page, **COMPARED[kind])
    assert not app.exception
    assert not app.warning
    for chart in charts_of(app):
        check_chart(chart)
    if page == "overview":
        reference = t(f"sentence.reference_{kind}")
        assert f"lower than {reference}" in html_of(app) or f"higher than {reference}" in html_of(app)


@pytest.mark.parametrize("key", [row.id for row in register().commitments.values()])
def test_every_opened_passage(key):
    app = visit("commitments", open=key)
    assert not app.exception
    assert dict(app.query_params) == {"open": key}
    assert f'id="{key}"' in html_of(app)
    assert charts_of(app) or explained(app)
    for chart in charts_of(app):
        check_chart(chart)


def test_opened_passage_comes_first_and_every_row_stands_once():
    html = html_of(visit("commitments", open="S0"))
    rows = re.findall(r'<div class="ts ts-grid ts-row" id="(\w+)"', html)
    assert rows[0] == "S0"
    assert sorted(rows) == sorted(register().commitments)


def test_evidence_says_which_row_shows_a_step_and_which_volume_is_whose(monkeypatch):
    html = html_of(on("2026-11-24", monkeypatch, "commitments", open="E2"))
    # The board of October 2025 is the newest act of the Fund; a volume stated in January 2026 is no act.
    assert "newest evidence that shows a step is of 10 Oct 2025, more than twelve months ago" in html
    for date, shown_step in (("10 Oct 2025", True), ("21 Jan 2026", False)):
        event = html.split(f'<div class="ts-sub">{date}</div>')[1].split("ts-event")[0]
        assert ("shows the step “operating”" in event) is shown_step
    assert re.search(r"as stated by the ministry<.{0,200}23\.0 km³, 21 Jan 2026", html)
    assert re.search(r"first vice-minister of water resources<.{0,200}23\.0 km³, 24 Feb 2026", html)


def test_later_targets_print_dates_in_words_and_say_a_shared_caution_once():
    html = html_of(visit("commitments"))
    assert "34 km3, Jan 2031" in html
    assert not re.search(r">[^<]*\b20\d\d-(0[1-9]|1[0-2])\b", html)
    assert html.count("its table of targets not yet read") == 1
    assert html.count("Four to five years from January 2026") == 1


@pytest.mark.parametrize("source", sorted({row.source for row in STORED}))
@pytest.mark.parametrize("page", PAGES)
def test_sources(page, source):
    app = visit(page, source=source)
    assert not app.exception
    for chart in charts_of(app):
        check_chart(chart)


@pytest.mark.parametrize("basin", sorted(filters.choices(CATALOGUE).basins))
@pytest.mark.parametrize("page", ["overview", "level"])
def test_basins(page, basin):
    app = visit(page, basin=basin)
    assert not app.exception
    assert charts_of(app) or explained(app)


# ---- dark ground ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["overview", "level"])
def test_dark_page_uses_the_dark_palette_alone(page, monkeypatch):
    monkeypatch.setattr(dashboard.palette, "palette", lambda theme: DARK)
    app = visit(page)
    assert charts_of(app)
    for chart in charts_of(app):
        check_chart(chart, DARK)
    for color in {LIGHT.ink, LIGHT.muted, LIGHT.caspian, LIGHT.north_aral}:
        assert color not in html_of(app)


# ---- period -----------------------------------------------------------------------------------------------

PERIODS = {
    "past": {"to": "2010-12"},
    "late": {"from_": "2024-06"},
    "short": {"from_": "2019-03", "to": "2019-03"},
    "old": {"to": "1950-01"},
    "none": {"from_": "2190-01"},
}


@pytest.mark.fault("U02")
@pytest.mark.parametrize("view", filters.VIEWS)
@pytest.mark.parametrize("kind", PERIODS)
def test_level_page_in_a_period(kind, view):
    app = visit("level", view=view, **PERIODS[kind])
    assert not app.exception
    assert charts_of(app) or explained(app)


@pytest.mark.fault("U02")
@pytest.mark.parametrize("indicator", ["", "level", "co2", "river-flow"])
@pytest.mark.parametrize("kind", PERIODS)
def test_overview_in_a_period(kind, indicator):
    app = visit(**PERIODS[kind], **({"indicator": indicator} if indicator else {}))
    assert not app.exception
    assert charts_of(app) or explained(app)
    first, last = PERIODS[kind].get("from_", "0000"), PERIODS[kind].get("to", "9999")
    for chart in charts_of(app):
        spec = load(chart.proto.spec)
        for trace in dated(spec):
            if trace["name"] in CATALOGUE.series:
                assert first <= min(trace["x"])[:7]
                assert max(trace["x"])[:7] <= last


@pytest.mark.parametrize("page", ["overview", "level", "commitments"])
def test_end_that_the_reader_chose_is_not_called_an_absence(page):
    """The record goes on after the chosen period: nothing may say that no figure was found since."""
    app = visit(page, to="2019-12", **({"open": "E4"} if page == "commitments" else {}))
    assert charts_of(app)
    for chart in charts_of(app):
        spec = load(chart.proto.spec)
        assert "none" not in [one.get("name") for one in spec["data"]]
        assert t("card.no_open") not in notes(spec)


def chart_of(app: AppTest, key: str) -> dict:
    return next(load(one.proto.spec) for one in charts_of(app) if key_of(one) == key)


def test_rates_end_inside_the_period():
    """Each slope is placed at the last of its ten whole years; the years before it may lie outside."""
    every = chart_of(visit("level", sea="caspian", view="rate"), "level-rate")
    spec = chart_of(visit("level", sea="caspian", view="rate", from_="1960-01", to="1989-12"), "level-rate")
    (whole,), (cut,) = ([one for one in found["data"] if one["name"] == "rate"] for found in (every, spec))
    assert (cut["x"][0], cut["x"][-1]) == ("1960-01-01", "1989-01-01")
    at = whole["x"].index("1960-01-01")
    assert numbers(cut["y"]).tolist() == numbers(whole["y"])[at : at + 30].tolist()
    assert any(text.endswith("a year,\n1980–1989") for text in notes(spec))


def test_rate_of_one_year_is_a_mark():
    spec = chart_of(visit("level", sea="caspian", view="rate", from_="2025-01"), "level-rate")
    (one,) = [trace for trace in spec["data"] if trace["name"] == "rate"]
    assert (one["mode"], one["x"]) == ("markers", ["2025-01-01"])


@pytest.mark.parametrize(
    ("period", "drawn"), [({}, True), ({"to": "2024-12"}, False), ({"from_": "2023-06"}, False)]
)
def test_pairs_are_drawn_whole_or_explained(period, drawn):
    app = visit("level", sea="caspian", view="change", **period)
    assert ("level-pairs-caspian" in map(key_of, charts_of(app))) is drawn
    said = t("level.pairs_outside", compared="Apr 2025–Mar 2026 against Oct 2022–Sep 2023")
    assert (said in [one.value for one in app.info]) is not drawn


def test_seasons_keep_to_the_period():
    spec = chart_of(visit("level", sea="caspian", view="seasonal", to="2019-12"), "level-seasons")
    years = {text.split()[1].rstrip(":") for one in spec["data"] for text in one["hovertext"]}
    assert years == {"2016", "2017", "2018", "2019"}


@pytest.mark.parametrize(
    ("period", "heavy"), [({}, "median"), ({"to": "1980-12"}, GAUGES), ({"from_": "2024-01"}, GAUGES)]
)
def test_heavy_line_is_the_median_or_where_there_is_none_the_first_source(period, heavy):
    spec = chart_of(visit("level", sea="caspian", **period), "level-long")
    lines = [one for one in spec["data"] if one["mode"] == "lines" and one["line"].get("width", 0) > 2]
    assert [one["name"] for one in lines] == [heavy]


def test_long_view_says_whose_voices_count_and_how_many_agree():
    body = html_of(visit("level", sea="caspian"))
    assert "one voice each (satellites: Satellite, years (DAHITI 2026); gauges of Kazakhstan" in body
    assert "After 2023 fewer than two reach" in body
    assert body.count("2 of 2 independent sources are lower.") == 2  # in the deck and under the chart


def test_long_view_draws_no_two_zeros():
    """The two lists stand 0.6 m apart as published; from their own means they lie on one another."""
    spec = chart_of(visit("level", sea="caspian"), "level-long")
    ends = {}
    for one in spec["data"]:
        if one["name"] in (GAUGES, SATELLITE) and one["mode"] == "lines" and one.get("yaxis") == "y":
            ends[one["name"]] = numbers(one["y"])[one["x"].index("2023-01-01")]
    assert len(ends) == 2
    assert abs(ends[GAUGES] - ends[SATELLITE]) < 0.2


# ---- age --------------------------------------------------------------------------------------------------


def on(day: str, monkeypatch, page: str = "overview", **address: str) -> AppTest:
    monkeypatch.setattr(clock, "today", lambda: np.datetime64(day))
    return visit(page, **address)


def newest_mark(spec: dict, series: str) -> str:
    """The shape at the newest whole point: the last mark of the series, part-periods apart."""
    marks = [one for one in spec["data"] if one["name"] == series and one["mode"] == "markers"]
    return marks[-1]["marker"]["symbol"]


@pytest.mark.parametrize(
    ("day", "stale"),
    [
        ("2028-12-31", False),
        ("2029-01-04", True),
    ],  # 2025 ended at its 31 December; three years are 1,098 days
)
def test_series_older_than_three_of_its_steps_is_hollow_and_says_its_age(day, stale, monkeypatch):
    app = on(day, monkeypatch, sea="caspian", source="published")
    spec = chart_of(app, "overview-caspian")
    assert newest_mark(spec, SATELLITE) == ("circle-open" if stale else "circle")
    assert any(text.endswith("\n3 years old") for text in notes(spec)) is stale


def test_card_says_the_age_of_its_headline(monkeypatch):
    """A quarter that ended on 31 March is older than three quarters from the next January on."""
    assert "newest figure" not in html_of(on("2026-12-31", monkeypatch, sea="caspian"))
    html = html_of(on("2027-01-10", monkeypatch, sea="caspian"))
    assert "(DAHITI 2026): newest figure Jan–Mar 2026, 10 months old" in html


@pytest.mark.parametrize(("page", "key", "age"), [
    ("level", "level-aral-level-table", "35 years old"),
    ("extent", "extent-aral-area-unesco", "7 years old"),
    ("overview", "overview-aral-volume-table", "35 years old"),
])  # fmt: skip
def test_old_records_say_their_age_on_each_page(page, key, age, monkeypatch):
    spec = chart_of(on("2026-11-24", monkeypatch, page, sea="aral"), key)
    assert any(text.endswith(f"\n{age}") for text in notes(spec))
    assert "circle" not in {one.get("marker", {}).get("symbol") for one in spec["data"]}


def test_end_that_the_reader_chose_is_not_called_old(monkeypatch):
    spec = chart_of(
        on("2026-11-24", monkeypatch, "extent", sea="aral", to="2010-12"), "extent-aral-area-unesco"
    )
    assert not [text for text in notes(spec) if "old" in text]


@pytest.mark.parametrize("page", ["overview", "level"])
def test_alternative_text_speaks_of_the_chosen_period(page):
    for chart in charts_of(visit(page, to="2010-12")):
        if "level-pairs" not in key_of(chart):
            assert not re.search(r"20(?:1[1-9]|2\d): |in [^.]*20(?:1[1-9]|2\d)\.", chart.proto.alt)


# ---- table, credit, words beside the chart ----------------------------------------------------------------


@pytest.mark.parametrize("place", ["caspian", "north-aral", "south-aral"])
def test_table_holds_exactly_the_plotted_points(place):
    app = visit()
    (chart,) = [one for one in charts_of(app) if key_of(one) == f"overview-{place}"]
    lines = [
        one for one in load(chart.proto.spec)["data"] if one["mode"] == "lines" and one["name"] != "none"
    ]
    app.session_state[f"behind-overview-{place}"] = "table"
    app.run()
    (table,) = [one.value for one in app.dataframe]
    plotted = np.concatenate([numbers(one["y"]) for one in lines])
    plotted = plotted[np.isfinite(plotted)]
    assert table.shape[0] == plotted.size
    assert sorted(table[t("chart.value")].round(4)) == sorted(plotted.round(4))
    assert set(table[t("chart.series")]) == {one["name"] for one in lines}
    assert not table.isna().to_numpy().any()
    if place == "caspian":  # a level is never without its zero
        assert (table[t("chart.datum")].str.len() > 0).all()


def test_citation_and_link_of_a_chart():
    app = visit(sea="caspian")
    app.session_state["behind-overview-caspian"] = "cite"
    app.run()
    assert any(loaders.cache_id() in one.value and "Schwatke" in one.value for one in app.code)
    app.session_state["behind-overview-caspian"] = "link"
    app.run()
    assert not app.exception
    texts = [one.value for one in app.code]
    assert any(text.endswith("#overview-caspian") and "sea=caspian" in text for text in texts)


def test_answer_stands_once_on_the_overview():
    body = html_of(visit())
    assert body.count("<h1") == 1
    assert "The Caspian is 0.38 ± 0.15 m lower than before the speech." in body


@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_one_first_heading_and_says_what_it_cannot(page):
    body = html_of(visit(page))
    assert body.count("<h1") == 1
    assert t("footer.cannot") in body
    assert f"cache {loaders.cache_id()}" in body


# ---- addresses --------------------------------------------------------------------------------------------


@pytest.mark.fault("U01")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sea", "atlantis"),
        ("basin", "lake-victoria"),
        ("indicator", "happiness"),
        ("source", "rumour"),
        ("from", "yesterday"),
        ("to", "2020-13"),
        ("compare", "everything"),
        ("view", "sideways"),
        ("lang", "xx"),
        ("open", "E99"),
    ],
)
def test_unknown_value_falls_back_and_is_named(name, value):
    app = visit(**{name: value})
    assert not app.exception
    (said,) = [one.value for one in app.warning]
    assert f"{name} = “{value}”" in said
    assert dict(app.query_params) == {}


@pytest.mark.fault("U01")
def test_hostile_value_is_not_echoed_as_markup():
    app = visit(sea="<img src=x onerror=alert(1)>[x](javascript:alert(1))**b**`c`$d$")
    (said,) = [one.value for one in app.warning]
    assert not set("<>[]()`$*\\") & set(said.split("“")[1].split("”")[0])


def test_warning_is_gone_after_the_next_step():
    app = visit(sea="atlantis")
    assert app.warning
    assert not turn(app, "level").warning


def test_page_switch_keeps_the_filters():
    app = visit(sea="aral", indicator="area", to="2010-12")
    for page in (*PAGES, "overview"):
        turn(app, page)
        assert dict(app.query_params) == {"sea": "aral", "indicator": "area", "to": "2010-12"}
        assert app.session_state["f_sea"] == "aral"


def test_reset_takes_every_filter_away():
    app = visit(sea="aral", indicator="area")
    app.button(key="more").click().run()
    app.button(key="reset").click().run()
    assert dict(app.query_params) == {}
    assert app.session_state["f_sea"] == "both"


def test_copied_link_writes_every_filter_out():
    app = visit(sea="aral")
    app.session_state["opened"] = "copy"
    app.run()
    (address,) = [one.value for one in app.code]
    assert set(re.findall(r"[?&](\w+)=", address)) == set(filters.FIELDS) - {
        "before",
        "after",
        "open",
        "chart",
    }


# ---- one chart alone --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "key", "more"),
    [("level", "level-long", {}), ("overview", "overview-north-aral", {"sea": "aral"}),
     ("commitments", "placebo-E4-caspian", {"open": "E4"})],
)  # fmt: skip
def test_address_of_one_chart_shows_that_chart_alone(page, key, more):
    app = visit(page, chart=key, **more)
    assert not app.exception
    assert not app.warning
    (chart,) = charts_of(app)
    assert key_of(chart) == key
    check_chart(chart)
    assert not app.button_group
    assert t("chart.back") in html_of(app)
    (whole,) = [one for one in charts_of(visit(page, **more)) if key_of(one) == key]
    assert load(chart.proto.spec) == load(whole.proto.spec)
    back = re.search(r'href="([^"]+)"', html_of(app).split('class="ts ts-small"')[-1])[1]
    assert "chart=" not in back
    assert back.endswith(f"#{key}")


def test_unknown_chart_shows_the_page_and_says_so():
    app = visit("level", chart="level-none")
    assert not app.exception
    assert [one.value for one in app.warning] == [t("filter.problem", name="chart", value="level-none")]
    assert len(charts_of(app)) > 1
    assert "chart" not in app.query_params


def test_link_of_a_chart_gives_the_frame():
    app = visit("level")
    app.session_state["behind-level-long"] = "link"
    app.run()
    frame = [one.value for one in app.code if one.value.startswith("<iframe ")]
    assert len(frame) == 1
    assert "chart=level-long&amp;embed=true" in frame[0]


# ---- refresh button ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("setting", "buttons"), [("on", 1), ("off", 0)])
def test_refresh_button_follows_its_setting(setting, buttons, monkeypatch):
    monkeypatch.setenv("TWO_SEAS_REFRESH_BUTTON", setting)
    app = visit("data")
    assert len([one for one in app.button if one.label == t("data.refresh_run")]) == buttons
    assert bool(app.info) is (setting == "off")


def test_data_page_lists_every_stored_series_with_its_terms():
    app = visit("data")
    table = app.dataframe[0].value
    assert set(table[t("data.col_series")]) == {row.id for row in STORED}
    assert (table[t("data.col_licence")].str.len() > 0).all()
    levels = table[table[t("data.col_series")].str.contains("-level-")]
    assert (levels[t("data.col_datum")].str.len() > 0).all()


def test_data_page_says_how_much_there_is():
    manifest = json.loads((ROOT / "data_cache" / "baseline" / "manifest.json").read_text("utf-8"))["series"]
    said, points = html_of(visit("data")), sum(one["points"] for one in manifest.values())
    assert f"{len(manifest)} series hold {points:,} points" in said
    assert f"{len(STORED) - len(manifest)} more are computed here" in said


def test_data_page_says_how_a_picked_derived_series_is_made():
    app = visit("data", indicator="volume-change")
    assert "Computed here, not measured: (level of the year - level of the year before)" in html_of(app)
    assert "caspian-level-dahiti-2026-annual caspian-area-published" in html_of(app)
    assert "Computed here" not in html_of(visit("data", indicator="level"))


def test_data_page_tells_age_attempt_and_news():
    said = html_of(visit("data"))
    with_series = {row.source for row in CATALOGUE.series.values()}
    for source in CATALOGUE.sources.values():
        if source.module and source.id in with_series:
            assert f">{source.label}</a>" in said
    assert t("data.result_none") in said
    assert t("data.news_none") in said
    assert t("data.no_hold") in said
    points = sum(one["points"] for one in embedded.manifest()["series"].values())
    assert f"{points:,} values built in" in said


def test_data_page_names_a_hold_and_how_to_accept_it(monkeypatch):
    held = {
        "when": "2026-06-01T08:00:00Z",
        "series": "caspian-level-gwm",
        "added": 0,
        "changed": 0,
        "removed": 0,
        "largest": None,
        "unit": "m",
        "outcome": "held",
        "message": "moved: accept with --accept X",
    }
    update = held | {"outcome": "updated", "added": 2, "changed": 1, "largest": 0.004, "message": ""}
    monkeypatch.setattr(loaders, "changes", lambda: [held, update])
    said = html_of(visit("data"))
    assert "held: moved: accept with --accept X" in said
    assert "1 Jun 2026, 08:00 UTC: 1 series; 2 new values, 1 changed value" in said
    assert "2 new values, 1 changed value, by up to 0.004 m" in said


# ---- languages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != DEFAULT])
@pytest.mark.parametrize("page", PAGES)
def test_page_speaks_the_language_of_the_address(page, lang):
    with speaking(lang):
        app = visit(page, lang=lang, open="E4")
        assert not app.exception
        said = html_of(app)
        assert t(f"{page}.cannot", fixed=t("fixed.caspian"))[:30] in said
        assert t("app.draft") in said
    assert dict(app.query_params)["lang"] == lang
    left = [words()[key] for key in ("footer.cannot", "chart.table", "filter.more", "direction.lower")]
    assert not [word for word in left if f">{word}<" in said]
