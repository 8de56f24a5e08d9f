"""The Extent page with and without the ground of each sea in the cache."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

import dashboard.palette
from dashboard.figures.canvas import faint
from dashboard.palette import DARK, LIGHT
from dashboard.words.text import t
from tests.figure_json import ASCII_MINUS, colors, load, notes, shown
from tests.ground import FIELDS, refreshed
from tests.payloads import aral_ground
from tests.test_app import MEGABYTE, charts_of, html_of, key_of, visit

NEW = {
    "caspian-area", "caspian-volume", "caspian-bars", "caspian-shore", "caspian-shore-north",
}  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Iterator:
    folder = tmp_path_factory.mktemp("ground")
    with refreshed(folder, seas=tuple(FIELDS)) as report:
        came = {one.series: one.outcome for source in report.sources for one in source.series}
        assert came == {name: "updated" for names in FIELDS.values() for name in names}
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
    app.session_state["behind-caspian-shore"] = "table"
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


# ---- the dry bed of the Aral ------------------------------------------------------------------------------


def words_of_bed(app) -> tuple[int, int, int, int]:
    """The page's km2 of dry bed, its share in per cent, km2 under water, km2 of flat water."""
    found = re.search(
        r"([\d,]+) km² of bed <small>dry at [\d.]+ m</small></div><div class=\"ts-line\">(\d+) % of what "
        r"lies below 53 m. ([\d,]+) km² of bed would lie under water. ([\d,]+) km² are flat water",
        html_of(app),
    )
    assert found
    return tuple(int(part.replace(",", "")) for part in found.groups())


@pytest.mark.parametrize("sea", ["aral", "both"])
def test_without_its_ground_the_aral_says_what_brings_it(sea):
    app = visit("extent", sea=sea)
    assert not app.exception
    assert t("extent.bed") in html_of(app)
    assert "two-seas refresh --source etopo" in html_of(app)
    assert "aral-bed" not in {key_of(chart) for chart in charts_of(app)}
    assert not [one for one in app.select_slider if one.key == "bed-level"]


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(("sea", "there"), [("aral", True), ("both", True), ("caspian", False)])
def test_bed_stands_where_the_aral_is_looked_at(sea, there):
    app = visit("extent", sea=sea)
    assert not app.exception
    assert ("aral-bed" in {key_of(chart) for chart in charts_of(app)}) == there
    assert (t("extent.bed") in html_of(app)) == there


@pytest.mark.usefixtures("live")
def test_bed_is_what_the_made_up_ground_has():
    """Its cells, counted before its water was put on: lakes of 42 and 29 m, terraces up to 53 m."""
    app = visit("extent", sea="aral")
    app.select_slider(key="bed-level").set_value(42.0).run()
    assert not app.exception
    dry, share, under, flat = words_of_bed(app)
    latitudes, longitudes = aral_ground.axes(1 / 15)
    under_lake = np.where(latitudes > aral_ground.PARTING, aral_ground.NORTH, aral_ground.SOUTH)[:, None]
    bare = aral_ground.bed(latitudes, longitudes)
    cell = (111.13 / 15) * (111.32 / 15) * np.cos(np.radians(latitudes))[:, None] * np.ones(bare.shape)
    lake = bare < under_lake
    bed_cells = ~lake & (bare < 53)
    assert flat == pytest.approx(cell[lake].sum(), rel=0.02)
    assert dry == pytest.approx(cell[bed_cells & (bare >= 42)].sum(), rel=0.02)
    assert under == pytest.approx(cell[bed_cells & (bare < 42)].sum(), rel=0.02)
    assert share == round(100 * dry / (dry + under + flat))


@pytest.mark.usefixtures("live")
def test_bed_is_told_in_words_with_the_years_of_the_survey_and_its_limits():
    app = visit("extent", sea="aral")
    dry, *_ = words_of_bed(app)
    (chart,) = [one for one in charts_of(app) if key_of(one) == "aral-bed"]
    assert chart.proto.alt.startswith(f"{dry:,} km² of bed dry at 30.0 m: ")
    body = html_of(app)
    assert "2011 to 2015" in body
    assert all(part in body for part in ("Baltic system", "EGM2008", "deltas", "of about 6.2 km"))
    assert not re.search(r"\b(1[89]|20)\d\d\b", chart.proto.alt)


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_bed_keeps_the_house_rules(look, monkeypatch):
    monkeypatch.setattr(dashboard.palette, "palette", lambda theme: look)
    (chart,) = [one for one in charts_of(visit("extent", sea="aral")) if key_of(one) == "aral-bed"]
    spec = load(chart.proto.spec)
    assert look.ink in colors(spec)
    assert colors(spec) <= set(vars(look).values()) | {faint(look.ink), "rgba(0,0,0,0)"}
    assert len([text for text in notes(spec) if text.startswith("Data: NOAA ETOPO")]) == 1


def opened(app, key, name):
    app.session_state[f"behind-{key}"] = name
    app.run()
    assert not app.exception


@pytest.mark.usefixtures("live")
def test_table_of_the_bed_adds_up_at_each_half_metre():
    app = visit("extent", sea="aral")
    opened(app, "aral-bed", "table")
    (table,) = [one.value for one in app.dataframe]
    assert table["level_m"].tolist() == list(np.arange(53.0, 29.9, -0.5))
    assert (np.diff(table["dry_bed_km2"]) >= 0).all()
    assert table["dry_bed_km2"].tolist()[0] == 0
    assert table["flat_water_km2"].nunique() == 1
    whole = table[["dry_bed_km2", "ground_under_water_km2", "flat_water_km2"]].sum(axis=1)
    assert whole.max() - whole.min() <= 2
    opened(app, "aral-bed", "cite")
    assert "ETOPO" in app.code[0].value


@pytest.mark.usefixtures("live")
def test_data_page_counts_fields_as_what_a_source_gave():
    body = html_of(visit("data", sea="aral"))
    row = body[body.index("NOAA ETOPO 2022</a>") :].partition("ts-row")[0]
    assert t("data.stored", stored=1, total=1) in row
    assert t("data.timeless") in row
    assert "Aral bed, ETOPO" in row
    assert t("state.fresh") in row
    assert "data:image" not in row


# ---- what stands behind a figure --------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["extent-curve", "extent-bars", "shore-aral-1960"])
def test_figures_of_tables_and_outlines_can_be_read_cited_and_linked(key):
    app = visit("extent", sea="aral")
    opened(app, key, "table")
    (table,) = [one.value for one in app.dataframe]
    assert table.shape[0] == {"extent-curve": 40, "extent-bars": 7, "shore-aral-1960": 456}[key]
    opened(app, key, "cite")
    cited, entries = (one.value for one in app.code)
    opened(app, key, "link")
    linked, framed = (one.value for one in app.code)
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
