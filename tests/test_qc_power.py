"""What the quality check must find in the real records, and how seldom it may cry wolf there.

The faults are made here, in every embedded or recorded curated level record; what a refresh does with them is
asked of the same functions that a refresh asks.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from loaders.baseline import csv_tables
from loaders.dataset.contract import conform
from loaders.quality import holds, qc
from loaders.tables.catalogue import catalogue
from loaders.tables.vocabulary import Flag

SERIES = catalogue().series
LEVELS = [
    key
    for key, entry in csv_tables.manifest()["series"].items()
    if SERIES[key].indicator == "level" and SERIES[key].kind == "observed" and entry["points"] >= 12
]
ALTIMETRY = ["caspian-level-dahiti"]
FEET, CM = 1 / 0.3048, 100.0


def plain(series_id: str) -> xr.Dataset:
    """The record as a source would send it: its values, nothing flagged."""
    dataset = csv_tables.read(series_id)
    return dataset.assign(qc=("time", np.ones(dataset.sizes["time"], dtype="int8")))


def held(series_id: str, values: np.ndarray) -> str | None:
    """Why a refresh that brings ``values`` would be held."""
    row, old = SERIES[series_id], plain(series_id)
    sent = old.assign(value=("time", values, old["value"].attrs))
    flagged = qc.flag(conform(sent, row), row)
    return holds.reason(old, flagged, qc.doubts(sent, row), qc.limits_of(sent, row))


def test_there_are_records_to_try():
    assert len(LEVELS) >= 5
    assert "caspian-level-dahiti" in LEVELS


@pytest.mark.parametrize("series_id", LEVELS)
def test_the_record_itself_is_believed(series_id):
    assert held(series_id, plain(series_id)["value"].values) is None


@pytest.mark.fault("S02", "S03", "S04", "S15")
@pytest.mark.parametrize("series_id", LEVELS)
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda v: -v, id="sign lost"),
        pytest.param(lambda v: v * FEET, id="feet"),
        pytest.param(lambda v: v * CM, id="centimetres"),
        pytest.param(lambda v: v * 10 * CM, id="millimetres"),
        pytest.param(lambda v: v + 0.30, id="history moved up"),
        pytest.param(lambda v: v - 0.30, id="history moved down"),
        pytest.param(lambda v: -np.sign(v) * 30.0 + 0 * v, id="the other sea"),
    ],
)
def test_a_wrong_record_is_held(series_id, fault):
    assert held(series_id, fault(plain(series_id)["value"].values)) is not None


@pytest.mark.fault("S01")
@pytest.mark.parametrize("series_id", LEVELS)
@pytest.mark.parametrize("fill", [999.99, 9999.99, 99.999, 9999.999, -9999.0, 1e20])
def test_a_record_of_fills_is_held_and_a_single_fill_is_missing(series_id, fill):
    values = plain(series_id)["value"].values.copy()
    assert held(series_id, np.full(values.shape, fill)) == "none of its values is usable"
    values[5] = fill
    row = SERIES[series_id]
    flagged = qc.flag(plain(series_id).assign(value=("time", values)), row)
    assert flagged["qc"].values[5] == Flag.MISSING
    assert np.isnan(flagged["value"].values[5])


@pytest.mark.parametrize("series_id", ALTIMETRY)
@pytest.mark.parametrize(("size", "share"), [(0.5, 1.0), (-0.5, 1.0), (0.3, 0.5), (-0.3, 0.5)])
def test_a_single_spike_is_flagged(series_id, size, share):
    """Every ninth point of the record in turn, but for the first and the last."""
    row, record = SERIES[series_id], plain(series_id)
    limits, times, values = qc.limits_of(record, row), record["time"].values, record["value"].values
    before = qc.worst(*qc.checked(times, values, limits))
    found = []
    for place in range(9, values.size - 1, 9):
        if before[place] != Flag.PASS:
            continue
        spoilt = values.copy()
        spoilt[place] += size
        found.append(qc.worst(*qc.checked(times, spoilt, limits))[place] in (Flag.SUSPECT, Flag.FAIL))
    assert len(found) > 100
    assert np.mean(found) >= share


def test_real_records_raise_few_false_alarms():
    """At most 5 of 1,000 curated values suspect and 1 of 1,000 failed, over the whole baseline."""
    flags = []
    for series_id in csv_tables.manifest()["series"]:
        record = plain(series_id)
        flags.append(qc.flag(record, SERIES[series_id])["qc"].values)
    every = np.concatenate(flags)
    assert every.size > 14_000
    assert np.mean(every == Flag.SUSPECT) <= 0.005
    assert np.mean(every == Flag.FAIL) <= 0.001


@pytest.mark.parametrize("series_id", [key for key in LEVELS if csv_tables.read(key).sizes["time"] >= 100])
def test_no_long_level_record_raises_more_than_its_share(series_id):
    flags = qc.flag(plain(series_id), SERIES[series_id])["qc"].values
    assert np.mean(flags == Flag.SUSPECT) <= 0.005
    assert np.mean(flags == Flag.FAIL) <= 0.001


def test_the_recorded_altimetry_holds_one_artefact(samples):
    table = pd.read_csv(samples / "levels" / "dahiti" / "caspian_dahiti39_okz.csv", parse_dates=["date"])
    times = table["date"].to_numpy().astype("datetime64[ns]")
    limits = catalogue().thresholds["caspian-altimetry"]
    flags = qc.worst(*qc.checked(times, table["water level"].to_numpy(), limits))
    counts = {int(flag): int(np.sum(flags == flag)) for flag in np.unique(flags)}
    assert counts == {1: 1109, 3: 2, 4: 1}
    assert times[flags == 4].astype("datetime64[D]").astype(str).tolist() == ["2000-01-27"]
