"""What the refreshes did: counted by hand from what the loopback server changed between two of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import loaders
from loaders.cache import location, manifest
from tests import providers
from tests.providers import POINTS, series_of

CASPIAN = "caspian-level-gwm"
LAKES = loaders.Selection(sources=("gwm",))
KEYS = ["when", "series", "added", "changed", "removed", "largest", "unit", "outcome", "message"]


@pytest.fixture
def served(httpserver, monkeypatch) -> providers.Providers:
    return providers.start(httpserver, monkeypatch)


def of(series: str | None) -> list[dict]:
    return [row for row in loaders.changes() if row["series"] == series]


def test_without_a_refresh_the_list_says_what_was_built_in():
    (only,) = loaders.changes()
    folder = Path(__file__).parents[1] / "data_cache" / "baseline"
    lines = [line for path in (folder / "series").glob("*.csv") for line in path.read_text().splitlines()]
    rows = sum(line[:4].isdigit() for line in lines)
    assert list(only) == KEYS
    assert (only["outcome"], only["series"], only["added"]) == ("baseline", None, rows)
    files = len(list((folder / "series").glob("*.csv"))), len(list((folder / "tables").glob("*.csv")))
    assert only["message"] == f"built in: {files[0]} series with {rows} values, {files[1]} tables"
    assert date(2026, 11, 24) <= date.fromisoformat(only["when"]) <= datetime.now(UTC).date()


def test_what_came_stands_before_what_was_there(served):
    loaders.refresh(LAKES)
    found = loaders.changes()
    assert {row["series"] for row in found[:-1]} == set(series_of("gwm"))
    assert {(row["added"], row["changed"], row["outcome"], row["unit"]) for row in found[:-1]} == {
        (POINTS, 0, "updated", "m")
    }
    assert found[-1]["outcome"] == "baseline"
    assert [row["when"] for row in found] == sorted((row["when"] for row in found), reverse=True)


def test_an_unchanged_source_is_no_news(served):
    loaders.refresh(LAKES)
    before = loaders.changes()
    loaders.refresh(LAKES)
    assert loaders.changes() == before


def test_a_revision_is_told_with_its_largest_change(served):
    loaders.refresh(LAKES)
    served.relative[270][10] += 0.02
    served.relative[270][11] -= 0.05
    loaders.refresh(LAKES)
    newest, first = of(CASPIAN)
    assert (newest["added"], newest["changed"], newest["removed"]) == (0, 2, 0)
    assert newest["largest"] == pytest.approx(0.05)
    assert (first["added"], first["largest"]) == (POINTS, None)
    assert len(of("north-aral-level-gwm")) == 1


def test_a_hold_is_told_until_it_is_accepted(served):
    loaders.refresh(LAKES)
    served.relative[270] = [round(height + 0.30, 2) for height in served.relative[270]]
    loaders.refresh(LAKES)
    held = next(row for row in of(CASPIAN) if row["outcome"] == "held")
    assert held["message"] == f"source changed its zero by 0.30 m: accept with --accept {CASPIAN}"
    assert (held["added"], held["changed"], held["largest"], held["unit"]) == (0, 0, None, "m")
    loaders.refresh(loaders.Selection(sources=("gwm",), accept=(CASPIAN,)))
    newest = of(CASPIAN)[0]
    assert [row["outcome"] for row in of(CASPIAN)] == ["updated", "updated"]
    assert newest["changed"] == POINTS
    assert newest["largest"] == pytest.approx(0.30)
    assert newest["message"] == "accepted: source changed its zero by 0.30 m"


def test_a_failed_refresh_is_no_news(served):
    loaders.refresh(LAKES)
    before = loaders.changes()
    served.status["/gwm"] = 404
    loaders.refresh(LAKES)
    assert loaders.changes() == before


def test_the_list_outlives_a_damaged_manifest(served):
    loaders.refresh(LAKES)
    served.relative[270][10] += 0.02
    loaders.refresh(LAKES)
    (location.folder() / "manifest.json").write_text("{")
    assert [row["added"] for row in of(CASPIAN)] == [POINTS]


def test_a_series_that_is_no_longer_in_the_catalogue_is_left_out(served):
    loaders.refresh(LAKES)
    path = location.folder() / "manifest.json"
    path.write_text(path.read_text().replace('"series": "kara-bogaz-level-gwm"', '"series": "gone"'))
    left = {None, *series_of("gwm")} - {"kara-bogaz-level-gwm"}
    assert {row["series"] for row in loaders.changes()} == left


def change(when: str, series: str = CASPIAN) -> dict:
    return {"when": when, "series": series, "added": 1, "changed": 0, "removed": 0, "largest": None} | {
        "message": ""
    }


def test_the_list_is_bounded_by_whole_refreshes(monkeypatch):
    monkeypatch.setattr(manifest, "MAX_CHANGES", 5)
    three, two = [change("2026-11-03")] * 3, [change("2026-11-02")] * 2
    assert manifest.bounded(three + two) == three + two
    assert manifest.bounded(three + two + [change("2026-11-01")]) == three + two
    assert manifest.bounded(three + two + two) == three


@pytest.mark.parametrize("odd", [None, {}, [None], [{"when": 1}], [change("x") | {"more": 1}], "x"])
def test_what_is_no_list_of_changes_is_empty(odd):
    assert manifest.sound({"schema": 1, "series": {}, "raw": {}, "changes": odd}, 1)["changes"] == []


def test_a_manifest_of_before_the_list_is_read(served):
    loaders.refresh(LAKES)
    path = location.folder() / "manifest.json"
    content = json.loads(path.read_text())
    del content["changes"]
    path.write_text(json.dumps(content))
    assert [row["outcome"] for row in loaders.changes()] == ["baseline"]
    assert loaders.open_series(CASPIAN).sizes["time"] == POINTS
