"""How old a source is in steps of its own: by hand from days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import loaders
from dashboard.markup import shapes
from dashboard.series import freshness
from loaders.access import overview

TODAY = date(2026, 6, 30)
CATALOGUE = loaders.catalogue()
FIELDS = [row for row in CATALOGUE.fields.values() if row.source == "etopo"]
LAKES = [row for row in CATALOGUE.series.values() if row.source == "gwm"]


def known(days: int) -> dict:
    newest = TODAY - timedelta(days=days)
    return {"first": "2000-01-01", "newest": str(newest), "points": 100}


@pytest.mark.parametrize(
    ("days", "steps", "state"),
    [(0, 0, "fresh"), (30, 3, "fresh"), (31, 3.1, "stale"), (100, 10, "stale"), (101, 10.1, "silent")],
)
def test_a_ten_day_series(days, steps, state):
    row = CATALOGUE.series["caspian-level-gwm"]
    assert row.cadence == "10-day"
    assert overview.age_steps(row, known(days), TODAY) == pytest.approx(steps)
    assert overview.state(row, "live", known(days), TODAY) == state


def test_age_is_unknown_without_points_or_with_a_clock_behind_them():
    row = CATALOGUE.series["caspian-level-gwm"]
    assert overview.age_steps(row, {}, TODAY) is None
    assert overview.age_steps(row, known(-1), TODAY) is None
    stated = CATALOGUE.series["north-aral-level-published"]
    assert overview.age_steps(stated, known(10) | {"points": 1}, TODAY) is None


def status(*live: tuple[str, str | None, str, float | None]) -> dict:
    entries = {name: {"id": name, "origin": None, "newest": None, "state": "empty", "age_steps": None}
               for name in CATALOGUE.items}  # fmt: skip
    for name, newest, state, steps in live:
        entries[name] |= {"origin": "live", "newest": newest, "state": state, "age_steps": steps}
    attempt = {"id": "gwm", "attempted_at": "2026-06-30T08:00:00Z", "result": "failed", "message": "HTTP 404"}
    series, fields = ([entries[name] for name in rows] for rows in (CATALOGUE.series, CATALOGUE.fields))
    return {"series": series, "fields": fields, "sources": [attempt]}


def test_a_source_is_as_old_as_its_newest_series():
    found = status(
        ("caspian-level-gwm", "2026-06-20", "fresh", 1.0),
        ("north-aral-level-gwm", "2026-01-01", "silent", 18.0),
    )
    (one,) = freshness.by_source(CATALOGUE, found, LAKES)
    assert (one.newest, one.state, one.steps) == ("caspian-level-gwm", "fresh", 1.0)
    assert (one.stored, one.total, one.states["silent"]) == (2, len(LAKES), 1)
    assert (one.result, one.message) == ("failed", "HTTP 404")


def test_a_source_never_asked_says_so():
    rows = [row for row in CATALOGUE.series.values() if row.source == "oisst"]
    (one,) = freshness.by_source(CATALOGUE, status(), rows)
    assert (one.newest, one.state, one.steps, one.result, one.stored) == (None, "empty", None, None, 0)


def test_a_projection_is_no_newest_point():
    rows = [row for row in CATALOGUE.series.values() if row.source == "cckp"]
    ahead = next(row for row in rows if row.projection)
    record = next(row for row in rows if not row.projection)
    found = status((ahead.id, "2100-01-01", "fresh", 0.0), (record.id, "2023-01-01", "fresh", 2.9))
    (one,) = freshness.by_source(CATALOGUE, found, rows)
    assert one.newest == record.id


def test_fields_are_counted_and_do_not_age():
    (none,) = freshness.by_source(CATALOGUE, status(), FIELDS)
    assert (none.stored, none.total, none.newest, none.state) == (0, 3, None, "empty")
    found = status(*[(row.id, None, "fresh", None) for row in FIELDS[1:]])
    (some,) = freshness.by_source(CATALOGUE, found, FIELDS)
    assert (some.stored, some.total, some.newest) == (2, 3, FIELDS[1].id)
    assert (some.state, some.steps, some.states) == ("fresh", None, {"fresh": 2})


def test_field_is_no_newer_than_a_series():
    twin = FIELDS[0].model_copy(update={"source": "gwm"})
    found = status((twin.id, None, "fresh", None), ("caspian-level-gwm", "2026-01-01", "silent", 18.0))
    (one,) = freshness.by_source(CATALOGUE, found, [twin, *LAKES])
    assert (one.newest, one.state, one.stored) == ("caspian-level-gwm", "silent", 2)


def test_published_figures_are_no_live_source():
    rows = [row for row in CATALOGUE.series.values() if row.source == "published"]
    assert freshness.by_source(CATALOGUE, status(), rows) == []


def test_bar_grows_with_age_and_ends():
    def length(steps: float) -> float:
        bar = shapes.age_bar(steps, "#000000", stale=3, most=10)
        return float(bar.split("y%3D%224%22%20width%3D%22")[1].split("%22")[0])

    assert length(5) == pytest.approx(length(10) / 2)
    assert length(0) < length(1) < length(3) < length(10) == length(25)
