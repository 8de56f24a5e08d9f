"""The Extent page with and without the ground of the Caspian in the cache."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

import dashboard.palette
from dashboard.figures.drawing import faint
from dashboard.palette import DARK, LIGHT
from dashboard.text import t
from tests.figure_json import ASCII_MINUS, colors, load, notes, shown
from tests.ground import FIELDS, refreshed
from tests.test_app import MEGABYTE, charts_of, html_of, key_of, visit

NEW = {
    "caspian-area", "caspian-volume", "caspian-bars", "caspian-shore", "caspian-shore-north",
}  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Iterator:
    folder = tmp_path_factory.mktemp("ground")
    with refreshed(folder) as report:
        assert [one.outcome for source in report.sources for one in source.series] == ["updated"] * len(
            FIELDS
        )
    return folder


@pytest.fixture
def live(cache, monkeypatch):
    monkeypatch.setenv("TWO_SEAS_CACHE", str(cache))


def test_without_the_ground_the_page_says_what_brings_it():
    app = visit("extent", sea="caspian")
    assert not app.exception
    assert "two-seas refresh --source etopo" in html_of(app)
    assert not {key_of(chart) for chart in charts_of(app)} & NEW
    assert not [one for one in app.select_slider if one.key == "shore-level"]


@pytest.mark.usefixtures("live")
def test_with_the_ground_curve_and_shore_are_drawn():
    app = visit("extent", sea="caspian")
    assert not app.exception
    assert {key_of(chart) for chart in charts_of(app)} >= NEW
    assert "two-seas refresh --source etopo" not in html_of(app)
    assert t("extent.metre_caspian") not in html_of(app)
    assert sum(len(chart.proto.spec) for chart in charts_of(app)) < MEGABYTE


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_charts_keep_the_house_rules(look, monkeypatch):
    monkeypatch.setattr(dashboard.palette, "palette", lambda theme: look)
    known = set(vars(look).values())
    for chart in charts_of(visit("extent", sea="caspian")):
        spec = load(chart.proto.spec)
        assert colors(spec) <= known | {faint(color) for color in known} | {"rgba(0,0,0,0)"}
        assert len([text for text in notes(spec) if text.startswith("Data: ")]) == 1
        assert not [text for text in shown(spec) if ASCII_MINUS.search(text)]
        assert chart.proto.alt
        assert not re.search(r"nan|None|\{", chart.proto.alt)


def bed(app) -> tuple[int, float]:
    """The page's km2 of bed, and its share of the sea."""
    body = html_of(app)
    area = re.search(r"([\d,]+) km² of bed <small>([\d.]+) %", body)
    assert area
    return int(area[1].replace(",", "")), float(area[2])


@pytest.mark.usefixtures("live")
def test_lower_level_uncovers_what_a_uniform_slope_says():
    """The made-up north falls by 6 cm a kilometre: one metre is 16.7 km of beach along the whole shore."""
    app = visit("extent", sea="caspian")
    today, share = bed(app)
    app.select_slider(key="shore-level").set_value(-31.0).run()
    assert not app.exception
    lower, more = bed(app)
    assert lower > today
    assert more == pytest.approx(share * lower / today, abs=0.2)
    app.select_slider(key="shore-level").set_value(-26.0).run()
    assert bed(app)[0] < 3_000


@pytest.mark.usefixtures("live")
def test_table_of_the_shore_holds_the_areas_by_level():
    app = visit("extent", sea="caspian")
    app.session_state["table-caspian-shore"] = True
    app.run()
    (table,) = [one.value for one in app.dataframe]
    assert table["level_m"].tolist() == list(np.arange(-26.0, -34.1, -0.5))
    assert (np.diff(table["water_km2"]) <= 0).all()
    assert (np.diff(table["dry_km2"]) >= 0).all()


@pytest.mark.usefixtures("live")
def test_hold_uses_the_curve_and_says_so():
    body = html_of(visit("extent", sea="caspian"))
    assert t("extent.limits_curve") in body
    assert "by the curve below" in body


def test_hold_uses_the_published_areas_without_a_curve():
    body = html_of(visit("extent", sea="caspian"))
    assert t("extent.limits_published") in body
    assert "355,700 to 392,300 km²" in body


@pytest.mark.parametrize("key", ["extent-curve", "extent-bars", "shore-aral-1960"])
def test_figures_of_tables_and_outlines_can_be_read_cited_and_linked(key):
    app = visit("extent", sea="aral")
    for name in ("table", "cite", "link"):
        app.session_state[f"{name}-{key}"] = True
    app.run()
    assert not app.exception
    (table,) = [one.value for one in app.dataframe]
    assert table.shape[0] == {"extent-curve": 40, "extent-bars": 7, "shore-aral-1960": 456}[key]
    cited, entries, linked, framed = (one.value for one in app.code)
    assert ("Natural Earth" if key.startswith("shore") else "Nachtnebel") in cited
    assert entries.startswith("@misc{two-seas-")
    assert f"chart={key}" in framed
    assert linked.endswith(f"#{key}")


def test_planned_level_stands_on_the_curve_with_its_document():
    app = visit("extent", sea="aral")
    (chart,) = [one for one in charts_of(app) if key_of(one) == "extent-curve"]
    spec = load(chart.proto.spec)
    assert [shape["y0"] for shape in spec["layout"]["shapes"]] == [44]
    assert any("design" in text for text in notes(spec))
    assert "Ministry of Water Resources and Irrigation, Statement at a government meeting" in html_of(app)
