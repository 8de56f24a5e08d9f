"""Answers that are well formed and wrong (S01 to S17): what a refresh keeps, holds, marks and says.

The two sources are served on loopback; one sends the fault, the other a new figure that must come through.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import numpy as np
import pytest

import loaders
from loaders.access import overview
from loaders.cache import location, store
from loaders.dataset.netcdf import encode
from loaders.pipeline import report
from loaders.sources.shared import daily
from loaders.tables.catalogue import catalogue
from tests import providers

CASPIAN, KAZ = "caspian-level-gwm", "kaz-ghg-world-bank"
BOTH = loaders.Selection(sources=("gwm", "world-bank"))
ZERO = -26.58  # the provider's conversion from its own zero to EGM2008
YEARS = np.arange(110) / 36.525
# Three years that fall 0.1 m a year with a season of 0.15 m, in whole centimetres.
HEIGHTS = np.round(-1.4 - 0.1 * YEARS + 0.15 * np.sin(2 * np.pi * YEARS), 2)


@pytest.fixture
def served(httpserver, monkeypatch) -> providers.Providers:
    """Both sources stored once; after that one has a new figure to give."""
    found = providers.start(httpserver, monkeypatch)
    found.relative[270] = HEIGHTS.tolist()
    assert loaders.refresh(BOTH).exit_code == 0
    found.emissions["KAZ"][2024] = 20.0
    return found


def refreshed(served, heights) -> tuple[dict[str, str], str | None, int]:
    """Send ``heights``; the outcome of each series, the one line on standard error, the exit code."""
    served.relative[270] = np.asarray(heights).tolist()
    done = loaders.refresh(BOTH)
    words = {one.series: one.outcome for source in done.sources for one in source.series}
    return words, report.error_line(done.sources[0]), done.exit_code


def require_held(served, heights, words: str) -> None:
    before = store.entries()[CASPIAN]
    path = location.folder() / "series" / f"{before['sha256']}.nc"
    good = path.read_bytes()
    outcomes, line, code = refreshed(served, heights)
    assert (outcomes[CASPIAN], outcomes[KAZ], code) == ("held", "updated", 3)
    assert words in str(line)
    assert str(line).startswith("gwm: ")
    assert f"kept data of {before['newest']}" in str(line)
    assert f"--accept {CASPIAN}" in str(line)
    assert "\n" not in str(line)
    assert len(str(line)) <= 200
    assert path.read_bytes() == good
    assert store.entries()[CASPIAN] == before
    assert np.allclose(loaders.open_series(CASPIAN)["value"].values, HEIGHTS + ZERO)


@pytest.mark.fault("S01")
@pytest.mark.parametrize("fill", [999.99, 9999.99, 99.999, 9999.999, -9999.0, 0.0])
def test_a_fill_is_missing_and_never_exported(served, fill):
    heights = HEIGHTS.copy()
    heights[50] = fill - ZERO
    outcomes, line, code = refreshed(served, heights)
    stored = loaders.open_series(CASPIAN)
    # The file gives centimetres: 99.999 and 9999.999 come as a height outside the span, and fail.
    rounded = fill in (99.999, 9999.999)
    assert (outcomes[CASPIAN], line, code) == ("updated", None, 0)
    assert stored["qc"].values[50] == (4 if rounded else 9)
    assert np.isnan(stored["value"].values[50]) != rounded
    assert str(stored["time"].values[50])[:10] not in loaders.to_csv([stored])


@pytest.mark.fault("S02")
@pytest.mark.parametrize("factor", [1 / 0.3048, 100.0, 1000.0])
def test_another_unit_is_held(served, factor):
    require_held(served, (HEIGHTS + ZERO) * factor - ZERO, "usable")


@pytest.mark.fault("S03")
def test_a_lost_sign_is_held(served):
    require_held(served, -(HEIGHTS + ZERO) - ZERO, "usable")


@pytest.mark.fault("S04")
@pytest.mark.parametrize("shift", [0.30, -0.30])
def test_a_moved_history_is_held(served, shift):
    require_held(served, np.round(HEIGHTS + shift, 2), "source changed its zero by 0.30 m")


@pytest.mark.fault("S05")
def test_new_rows_that_moved_alone_are_suspect_and_told(served):
    outcomes, line, code = refreshed(served, [*HEIGHTS[:-3], *(HEIGHTS[-3:] + 0.30)])
    assert (outcomes[CASPIAN], line, code) == ("updated", None, 0)
    assert loaders.open_series(CASPIAN)["qc"].values[-3:].tolist() == [3, 3, 3]
    told = next(row for row in loaders.changes() if row["series"] == CASPIAN)
    assert (told["changed"], told["largest"]) == (3, pytest.approx(0.30))


@pytest.mark.fault("S05")
def test_new_rows_that_moved_far_are_held(served):
    require_held(served, [*HEIGHTS[:-3], *(HEIGHTS[-3:] + 0.70)], "off trend and season")


@pytest.mark.fault("S06")
def test_a_shortened_history_is_held(served):
    require_held(served, HEIGHTS[3:], "3 of 110 stored values are missing from the new file")


@pytest.mark.fault("S07")
def test_a_small_revision_is_taken_and_told(served):
    heights = HEIGHTS.copy()
    heights[20:60] += 0.02
    outcomes, _, code = refreshed(served, heights)
    assert (outcomes[CASPIAN], code) == ("updated", 0)
    told = next(row for row in loaders.changes() if row["series"] == CASPIAN)
    assert (told["added"], told["changed"], told["removed"]) == (0, 40, 0)
    assert told["largest"] == pytest.approx(0.02)


@pytest.mark.fault("S10")
def test_sixty_days_are_provisional(served):
    stored = loaders.open_series(CASPIAN)
    since = np.datetime64(providers.TODAY - timedelta(days=60))
    assert (stored["provisional"].values == (stored["time"].values > since)).all()


@pytest.mark.fault("S10")
@pytest.mark.parametrize(("known", "provisional"), [(24, None), (25, 1), (30, 1), (31, 0)])
def test_a_month_needs_four_fifths_of_its_days_and_all_to_be_final(known, provisional):
    """Of the 31 days of December, 24.8 are four fifths."""
    days = np.arange("2024-11-01", "2025-01-01", dtype="datetime64[D]")
    values = np.where(np.arange(61) < 30 + known, 5.0, np.nan)
    months = daily.monthly(days, values, "degC")
    flags = dict(
        zip(
            months["time"].values.astype("datetime64[M]").astype(str),
            months["provisional"].values,
            strict=True,
        )
    )
    assert flags.get("2024-12") == provisional
    assert flags["2024-11"] == 0


@pytest.mark.fault("S11")
def test_a_clock_behind_the_data_knows_no_age():
    today = date(2026, 11, 24)
    assert overview.age_days("2026-11-24", today) == 0
    assert overview.age_days("2026-11-25", today) is None


@pytest.mark.fault("S12")
@pytest.mark.parametrize(
    ("age", "word"), [(29, "fresh"), (30, "fresh"), (31, "stale"), (100, "stale"), (101, "silent")]
)
def test_a_source_that_adds_nothing_grows_stale_then_silent(age, word):
    """Three and ten steps of ten days."""
    today = date(2026, 11, 24)
    known = {"newest": (today - timedelta(days=age)).isoformat(), "first": "1992-09-28", "points": 1200}
    assert overview.state(catalogue().series[CASPIAN], "live", known, today) == word


@pytest.mark.fault("S13")
def test_a_source_that_repeats_itself_is_held(served):
    require_held(served, [*HEIGHTS[:60], *[HEIGHTS[60]] * 50], "new values are suspect")


@pytest.mark.fault("S15")
def test_the_other_sea_is_held(served):
    require_held(served, np.full(110, 41.5 - ZERO), "usable")


@pytest.mark.fault("S16")
@pytest.mark.parametrize("zone", ["Asia/Almaty", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_zone_of_the_computer_changes_no_byte(served, monkeypatch, zone):
    days = np.arange("2024-02-01", "2024-04-01", dtype="datetime64[D]")
    values = np.arange(60, dtype="float64")

    def told() -> tuple[bytes, bytes]:
        return encode(daily.monthly(days, values, "degC")), encode(loaders.open_series(CASPIAN))

    home, before = datetime.now().astimezone().utcoffset(), told()
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert datetime.now().astimezone().utcoffset() != home
        assert told() == before
        leap = daily.monthly(days, values, "degC")
        # 0 to 28 are the 29 days of February 2024, 29 to 59 the 31 of March.
        assert leap["value"].values.tolist() == [14.0, 44.0]
    finally:
        monkeypatch.undo()
        time.tzset()
