"""The day on which figures are read: a period counts from the day after its last, in every mean."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard import clock
from dashboard.series import climate, snapshot
from dashboard.series.change import normal_change
from dashboard.series.comparison import Comparison, change_of
from dashboard.series.periods import annual_means, offset
from loaders.environment import clock as loaders_clock
from loaders.tables.catalogue import catalogue
from tests import levels

LAST, NEXT = np.datetime64("2025-12-31", "D"), np.datetime64("2026-01-01", "D")
WHOLE, COAST = "caspian-level-kazhydromet-annual", levels.SECTOR


def test_a_snapshot_is_read_today_unless_a_day_is_named(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: np.datetime64("2031-05-04", "D"))
    assert snapshot.Snapshot(catalogue(), {}, "0").as_of == np.datetime64("2031-05-04")
    assert snapshot.load().as_of == np.datetime64("2031-05-04")
    assert snapshot.Snapshot(catalogue(), {}, "0", as_of=LAST).as_of == LAST


def test_today_is_that_of_the_projects_clock(monkeypatch):
    noon = datetime(2031, 5, 4, 12, tzinfo=UTC)
    monkeypatch.setattr(loaders_clock, "now", lambda: noon)
    assert clock.today() == np.datetime64(noon.astimezone().date(), "D")


@pytest.mark.parametrize(("day", "year"), [(LAST, 2024), (NEXT, 2025)])
def test_a_year_enters_no_mean_before_it_is_over(day, year):
    years = np.arange(1990, 2026)
    ramp = levels.yearly(WHOLE, years, -27 - 0.01 * (years - 1990))
    other = levels.yearly(COAST, years, np.where(years == 2025, -20.0, -27.5 - 0.01 * (years - 1990)))
    assert annual_means(ramp, day)[0].astype(int)[-1] + 1970 == year
    assert normal_change(ramp, as_of=day).newest.astype("datetime64[Y]").astype(int) + 1970 == year
    gap, _, _, last, count = offset(ramp, other, day)
    assert (last, count) == (year, year - 1989)
    # Half a metre apart in every year but 2025, where the other stands 7.35 m higher.
    assert gap == pytest.approx(0.5 if year == 2024 else (35 * 0.5 - 7.35) / 36)
    shot = levels.snapshot(ramp, as_of=str(day))
    found = change_of(shot, catalogue().series[WHOLE], Comparison())
    assert found.change == pytest.approx(-0.01 * (year - 2023))


@pytest.mark.parametrize(("day", "year"), [(LAST, 2024), (NEXT, 2025)])
def test_an_anomaly_is_of_years_that_are_over(day, year):
    years = np.arange(1991, 2026)
    flow = levels.yearly("volga-runoff-kazhydromet", years, np.where(years == 2025, 375.0, 250.0))
    found = climate.anomaly(flow, day)
    assert found.years[-1] == year
    assert found.values[-1] == pytest.approx(0.0 if year == 2024 else 50.0)  # percent of the base's 250
