"""Two records of the Caspian whose changes over twelve months disagree: both are marked."""

from __future__ import annotations

import numpy as np
import pytest

import loaders
from loaders.baseline import csv_tables
from loaders.quality import pairs
from loaders.tables.catalogue import catalogue
from tests import providers
from tests.levels import DAHITI, GWM, span, ten_day

MONTHS = span("2020-01", "2021-12")
LATE = np.datetime64("2021-01") <= MONTHS


def record(series: str, rise: float):
    """24 months, the second twelve of them ``rise`` above the first."""
    return ten_day(series, MONTHS, np.where(LATE, -28.0 + rise, -28.0))


@pytest.mark.parametrize(("rise", "apart"), [(0.14, False), (0.15, False), (0.16, True), (-0.16, True)])
def test_more_than_fifteen_centimetres_apart(rise, apart):
    one, other = record(GWM, rise), record(DAHITI, 0.0)
    months = MONTHS[LATE] if apart else MONTHS[:0]
    assert pairs.differing(one, other).tolist() == months.tolist()
    assert pairs.differing(other, one).tolist() == months.tolist()


def test_both_are_marked_in_these_months_alone():
    one, other = record(GWM, 0.2), record(DAHITI, 0.0)
    for left, right in ((one, other), (other, one)):
        flags = pairs.marked(left, right)["qc"].values
        late = left["time"].values >= np.datetime64("2021-01-01")
        assert set(flags[late].tolist()) == {3}
        assert set(flags[~late].tolist()) == {1}


def test_another_zero_is_no_disagreement():
    one, other = record(GWM, 0.1), record(DAHITI, 0.1)
    assert pairs.differing(one.assign(value=one["value"] + 0.55), other).size == 0


def test_failed_values_and_short_records_disagree_with_nobody():
    one, other = record(GWM, 0.2), record(DAHITI, 0.0)
    failed = one.assign(qc=("time", np.full(one.sizes["time"], 4, dtype="int8")))
    assert pairs.differing(failed, other).size == 0
    assert set(pairs.marked(failed, other)["qc"].values.tolist()) == {4}
    assert pairs.differing(one.isel(time=slice(0, 1)), other).size == 0


def test_a_missing_value_stays_missing():
    one, other = record(GWM, 0.2), record(DAHITI, 0.0)
    values = one["value"].values.copy()
    values[-1] = np.nan
    flags = np.where(np.isnan(values), 9, 1).astype("int8")
    gap = one.assign(value=("time", values), qc=("time", flags))
    assert pairs.marked(gap, other)["qc"].values[-1] == 9


def test_only_records_of_the_whole_caspian_by_satellite_are_compared():
    known = catalogue().series
    found = {row.id for row in known.values() if pairs.comparable(row, known[GWM])}
    assert found == {
        "caspian-level-cds", "caspian-level-dahiti-api", "caspian-level-hydroweb", "caspian-level-dahiti",
    }  # fmt: skip
    assert not pairs.comparable(known[GWM], known[GWM])


def test_what_is_opened_is_marked_and_what_is_stored_is_not(httpserver, monkeypatch):
    served = providers.start(httpserver, monkeypatch)
    embedded = csv_tables.read(DAHITI)
    months = embedded["time"].values.astype("datetime64[M]")
    monkeypatch.setattr(
        providers, "TODAY", embedded["time"].values[-1].astype("datetime64[D]").astype(object)
    )
    served.relative[270] = [round(-1.5 + 0.012 * step + 0.01 * (step % 2), 2) for step in range(60)]
    loaders.refresh(loaders.Selection(sources=("gwm",)))
    opened, stored = loaders.open_series(GWM), loaders.open_series(GWM, origin="live")
    apart = pairs.differing(stored, embedded)
    assert apart.size > 0
    assert (opened["qc"].values[np.isin(opened["time"].values.astype("datetime64[M]"), apart)] >= 3).all()
    assert set(loaders.open_series(DAHITI)["qc"].values[np.isin(months, apart)].tolist()) == {3}
    assert not opened["qc"].values.flags.writeable
