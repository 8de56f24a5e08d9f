"""Flags at, inside and outside each limit; the one artefact in the Caspian satellite record."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from loaders.quality import qc, rules
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series

LEVEL = {
    "title": "A level",
    "place": "caspian",
    "indicator": "level",
    "source": "published",
    "unit": "m",
    "sea": "caspian",
    "datum": "dahiti-2023",
    "kind": "observed",
    "provenance_grade": "secondary",
    "independence_group": "test",
    "cadence": "10-day",
    "cell_methods": "time: mean",
}
NORTH_ARAL = catalogue().thresholds["north-aral-level"]


def level(**changes) -> Series:
    return Series(id="a-level", **(LEVEL | {"qc": "caspian-altimetry"} | changes))


def dataset(values, *, start="2020-01-01", step="10D", qc=None, provisional=None, times=None) -> xr.Dataset:
    times = pd.date_range(start, periods=len(values), freq=step) if times is None else pd.DatetimeIndex(times)
    size = len(values)
    return xr.Dataset(
        {
            "value": ("time", np.array(values, dtype="float64"), {"units": "m"}),
            "uncertainty": ("time", np.full(size, 0.02)),
            "qc": ("time", np.array(qc if qc is not None else [1] * size, dtype="int8")),
            "provisional": ("time", np.array(provisional or [0] * size, dtype="int8")),
        },
        coords={"time": times.values.astype("datetime64[ns]")},
    )


def flags(values, row=None, **options) -> list[int]:
    return qc.flag(dataset(values, **options), row or level())["qc"].values.tolist()


def spikes(values, times) -> list[int]:
    limits = catalogue().thresholds["caspian-altimetry"]
    return rules.spike(np.array(times, dtype="datetime64[ns]"), np.array(values), limits).tolist()


def test_the_caspian_satellite_record_holds_one_artefact(samples):
    record = pd.read_csv(samples / "figures" / "caspian_level_altimetry_10day.csv", comment="#")
    flagged = qc.flag(dataset(record["value"], times=record["time"]), level())
    assert flagged.sizes["time"] == 1112
    assert flagged["time"].values[flagged["qc"].values == 4] == np.datetime64("2000-01-27")
    assert flagged["value"].sel(time="2000-01-27").item() == -27.307
    # Its neighbours are drawn towards it: -26.517 against the mean of -26.625 and -27.307, and a step of
    # 0.631 m back to -26.676.
    suspect = flagged["time"].values[flagged["qc"].values == 3]
    assert suspect.astype("datetime64[D]").astype(str).tolist() == ["2000-01-17", "2000-02-06"]
    assert (flagged["qc"].values == 1).sum() == 1109
    assert flagged["qc"].values[-1] == 1


# The limits of the Caspian satellite heights are fail -31.0 and -23.5, suspect -29.7 and -24.7.
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-31.001, 4), (-31.0, 3), (-30.999, 3), (-29.701, 3), (-29.7, 1), (-29.699, 1),
        (-24.701, 1), (-24.7, 1), (-24.699, 3), (-23.501, 3), (-23.5, 3), (-23.499, 4),
    ],
)  # fmt: skip
def test_range_limits_are_inclusive(value, expected):
    assert flags([value] * 3) == [expected] * 3


def test_range_holds_only_while_the_limits_are_valid():
    row = level(qc="north-aral-level")
    before = flags([30.0, 30.0], row, times=["2005-12-30", "2005-12-31"])
    after = flags([30.0, 30.0], row, times=["2006-01-01", "2030-12-31"])
    beyond = flags([30.0], row, times=["2031-01-01"])
    assert (before, after, beyond) == ([1, 1], [4, 4], [1])


# The North Aral spike limits are 0.4 and 1.0 m: powers of two keep the middle value exact.
@pytest.mark.parametrize(
    ("size", "expected"), [(0.39, 1), (0.41, 3), (-0.41, 3), (0.99, 3), (1.01, 4), (-1.01, 4)]
)
def test_spike_limits(size, expected):
    values = np.array([41.0, 41.0 + size, 41.0])
    times = pd.date_range("2020-01-01", periods=3, freq="10D").values
    assert rules.spike(times, values, NORTH_ARAL).tolist() == [2, expected, 2]


def test_a_spike_exactly_on_the_limit_passes():
    limits = NORTH_ARAL.model_copy(update={"spike_suspect": 0.5, "spike_fail": 1.0})
    times = pd.date_range("2020-01-01", periods=3, freq="10D").values
    assert rules.spike(times, np.array([41.0, 41.5, 41.0]), limits).tolist() == [2, 1, 2]
    assert rules.spike(times, np.array([41.0, 42.0, 41.0]), limits).tolist() == [2, 3, 2]


def test_no_spike_across_a_gap():
    times = ["2020-01-01", "2020-01-11", "2020-01-21", "2020-01-31", "2020-03-02", "2020-03-12", "2020-03-22"]
    values = [-28.0, -28.0, -28.0, -28.0, -28.9, -28.0, -28.0]
    # 31 days is more than three median steps of 10 days: the point after the gap cannot be judged.
    assert spikes(values, times)[4] == 2
    times[4] = "2020-03-01"
    assert spikes(values, times)[4] == 4


def test_a_failed_or_missing_neighbour_makes_no_spike():
    assert flags([-28.0, -28.1, -50.0, -28.0, -28.1]) == [1, 1, 4, 1, 1]
    assert flags([-28.0, -28.1, np.nan, -28.0, -28.1]) == [1, 1, 9, 1, 1]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_short_series_are_not_spike_tested(count):
    assert flags([-28.0] * count) == [1] * count


def test_a_series_without_a_spike_rule_has_none():
    assert flags([-28.0, -24.5, -28.0], level(qc="caspian-satellite-stated")) == [1, 3, 1]
    assert flags([1.0, 500.0, 1.0], level(qc=None)) == [1, 1, 1]


def test_the_newest_point_of_an_open_series_waits_for_its_neighbour():
    open_end, closed_end = [0, 0, 1], [0, 0, 0]
    assert flags([-28.0] * 3, provisional=open_end) == [1, 1, 2]
    assert flags([-28.0] * 3, provisional=closed_end) == [1, 1, 1]
    assert flags([-30.0] * 3, provisional=open_end) == [3, 3, 3]
    assert flags([-28.0] * 3, level(qc="caspian-satellite-stated"), provisional=open_end) == [1, 1, 1]


@pytest.mark.parametrize("fill", [999.99, 9999.99, 99.999, 9999.999, -9999.0, 1e20, 9.96921e36, 0.0])
def test_fills_become_missing(fill):
    flagged = qc.flag(dataset([-28.0, fill, -28.1]), level())
    assert flagged["qc"].values.tolist() == [1, 9, 1]
    assert np.isnan(flagged["value"].values[1])
    assert np.isnan(flagged["uncertainty"].values[1])
    assert flagged["uncertainty"].values[0] == 0.02


def test_zero_is_a_value_where_the_limits_allow_it():
    dry = qc.flag(dataset([0.0, 1200.0, 0.0]), level(qc="not-negative"))
    assert dry["value"].values.tolist() == [0.0, 1200.0, 0.0]
    assert dry["qc"].values.tolist() == [1, 1, 1]


def test_the_value_of_a_failed_point_is_kept():
    flagged = qc.flag(dataset([-28.0, 28.0, -28.0]), level())
    assert flagged["value"].values.tolist() == [-28.0, 28.0, -28.0]


def test_a_lost_sign_fails_everywhere():
    assert set(flags([28.4, 28.3, 28.2, 28.1])) == {4}


def test_own_flags_are_kept_where_worse():
    assert flags([-28.0, -28.1, -28.0, -28.1], qc=[3, 4, 2, 1]) == [3, 4, 1, 1]


def test_worst_follows_4_3_1_2_9():
    ranked = np.array([4, 3, 1, 2, 9], dtype="int8")
    for place, bad in enumerate(ranked):
        for good in ranked[place:]:
            pair = np.array([bad], dtype="int8"), np.array([good], dtype="int8")
            assert qc.worst(*pair) == bad
            assert qc.worst(*reversed(pair)) == bad


@pytest.mark.fault("S11")
def test_a_date_ahead_of_the_clock_fails():
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    times = ["2026-11-01T00:00", "2026-11-03T12:00", "2026-11-03T12:01"]
    flagged = qc.flag(dataset([-28.0] * 3, times=times), level(), now=now)
    assert flagged["qc"].values.tolist() == [1, 1, 4]


def test_a_projection_may_run_ahead_of_the_clock():
    times = ["2026-01-01", "2050-01-01", "2100-01-01"]
    scenario = level(projection=True)
    flagged = qc.flag(dataset([-28.0] * 3, times=times), scenario, now=datetime(2026, 11, 1, tzinfo=UTC))
    assert flagged["qc"].values.tolist() == [1, 1, 1]


def test_the_given_dataset_is_left_alone():
    given = dataset([-28.0, 999.99, -28.0])
    qc.flag(given, level())
    assert given["value"].values[1] == 999.99
    assert given["qc"].values.tolist() == [1, 1, 1]
