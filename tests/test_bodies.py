"""A water body is a row: another lake stands on the pages and in the filters by rows alone, in a copy."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from werkzeug import Request, Response

import loaders
from dashboard import filters
from loaders.environment import clock
from loaders.errors import CatalogueError
from loaders.tables import catalogue as tables
from tests.conftest import ROOT
from tests.payloads.gwm import Row, lake_file

APP = str(ROOT / "dashboard" / "app.py")
PLACE = """
[[place]]
id = "sarykamysh"
label = "Sarykamysh"
kind = "basin"
sea = "aral"

[[body]]
id = "sarykamysh"
label = "Sarykamysh"
named = "Sarykamysh lake"
"""
SERIES = """
[[series]]
id = "sarykamysh-level-gwm"
title = "Sarykamysh level along one satellite track (NASA Global Water Monitor)"
place = "sarykamysh"
systematic_error = 0.05
provider = { lake_id = 610, south = 41.0, north = 43.0, west = 56.5, east = 58.5 }
caveat = "One track, not a mean of the lake."
"""
FIRST, LAST = date(2022, 6, 6), date(2026, 11, 18)


def passes() -> list[Row]:
    """Two metres of rise in ten years, without a season."""
    days = [LAST - timedelta(days=10 * at) for at in range((LAST - FIRST).days // 10, -1, -1)]
    return [Row(day, round(0.2 * (day - FIRST).days / 365.25, 2)) for day in days]


@pytest.fixture
def lake(tmp_path, monkeypatch, httpserver):
    """The catalogue with a third body of the Aral's sea, and its file refreshed from loopback."""
    folder = shutil.copytree(tables.TABLES, tmp_path / "tables")
    for name, rows in (("core.toml", PLACE), ("gwm.toml", SERIES)):
        (folder / name).write_text((folder / name).read_text("utf-8") + rows, "utf-8")
    monkeypatch.setattr(tables, "TABLES", folder)
    tables.catalogue.cache_clear()
    body = lake_file(passes(), lake_id=610, name="Sarykamysh", latitude=42.04, longitude=57.36, factor=6.0)

    def answer(request: Request) -> Response:
        mine = request.path.endswith("lake000610.10d.2.txt")
        return Response(body, content_type="text/plain") if mine else Response(status=404)

    httpserver.expect_request(re.compile("^/")).respond_with_handler(answer)
    monkeypatch.setenv("TWO_SEAS_GWM_URL", httpserver.url_for("/"))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 27, 12, tzinfo=UTC))
    done = loaders.refresh(loaders.Selection(sources=("gwm",)))
    assert "updated" in {one.outcome for source in done.sources for one in source.series}, done
    yield
    tables.catalogue.cache_clear()


@pytest.mark.parametrize("page", ["overview", "level"])
def test_another_lake_stands_on_the_pages_by_rows_alone(lake, page):
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["sea"] = "aral"
    app.switch_page(f"views/{page}.py").run()
    assert not app.exception
    said = " ".join(block.proto.body for block in app.get("html"))
    # From the middle of Nov 2022-Oct 2023 to that of Nov 2025-Oct 2026 it rose for three years.
    assert "Sarykamysh lake is 0.60 ± " in said
    assert "higher than before the speech" in said
    if page == "overview":
        assert ">Sarykamysh</h2>" in said


def test_another_lake_stands_in_the_filters_by_rows_alone(lake):
    choices = filters.choices(loaders.catalogue())
    assert "sarykamysh" in choices.basins_of("aral")
    assert "sarykamysh" not in choices.basins_of("caspian")


def test_a_body_names_places_that_are_there(tmp_path):
    folder = shutil.copytree(tables.TABLES, tmp_path / "tables")
    (folder / "core.toml").write_text(
        (folder / "core.toml").read_text("utf-8")
        + PLACE.replace('id = "sarykamysh"\nlabel = "Sarykamysh"\nkind', 'id = "x"\nlabel = "X"\nkind')
    )
    with pytest.raises(CatalogueError, match="body sarykamysh: unknown place 'sarykamysh'"):
        tables.read(folder)
