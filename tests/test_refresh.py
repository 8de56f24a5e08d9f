"""Refresh against loopback servers that speak the providers' formats: what is stored, kept, held, asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import loaders
from loaders.cache import location, store
from loaders.errors import Asking, NoData, NotData, NoValue
from loaders.pipeline import fetch, plan, report
from loaders.pipeline.assemble import assemble, join, mark_provisional
from loaders.pipeline.rebuild import rebuild
from loaders.tables.catalogue import catalogue
from loaders.tables.schema import Source
from tests import providers
from tests.providers import POINTS, TODAY, series_of

ROOT = Path(__file__).parents[1]
CASPIAN, NORTH_ARAL = "caspian-level-gwm", "north-aral-level-gwm"
KAZ = "kaz-ghg-world-bank"
LAKES = loaders.Selection(sources=("gwm",))
NATIONS = loaders.Selection(sources=("world-bank",))
BOTH = loaders.Selection(sources=("gwm", "world-bank"))


@pytest.fixture
def served(httpserver, monkeypatch) -> providers.Providers:
    return providers.start(httpserver, monkeypatch)


def outcomes(done) -> dict[str, str]:
    return {result.series: result.outcome for source in done.sources for result in source.series}


def result(done, series_id: str):
    return next(found for source in done.sources for found in source.series if found.series == series_id)


def contents(part: str = "") -> dict[str, bytes]:
    """Every stored file but the record of attempts and the lock."""
    return {
        str(path.relative_to(location.folder())): path.read_bytes()
        for path in sorted((location.folder() / part).rglob("*"))
        if path.is_file() and path.name not in ("attempts.json", "refresh.json", "refresh.lock")
    }


# ---- the good case ----------------------------------------------------------------------------------------


def test_the_first_refresh_stores_and_the_second_changes_nothing(served):
    first = loaders.refresh(BOTH)
    assert first.exit_code == 0
    assert set(outcomes(first).values()) == {"updated"}
    assert set(outcomes(first)) == {*series_of("gwm"), *series_of("world-bank")}
    before = contents()
    second = loaders.refresh(BOTH)
    assert set(outcomes(second).values()) == {"unchanged"}
    assert second.cache_id == first.cache_id
    assert contents() == before
    assert served.unchanged == 5 + 7


def test_stored_values_are_the_providers(served):
    served.relative[270][-1] = -1.88
    loaders.refresh(BOTH)
    caspian = loaders.open_series(CASPIAN)
    # -1.88 m against the reference pass is -28.46 m above EGM2008.
    assert caspian["value"].values[-1] == pytest.approx(-28.46)
    assert caspian.attrs["datum"] == "egm2008-gwm"
    assert caspian.attrs["origin"] == "live"
    assert caspian.attrs["history"].endswith("Z: 60 new, 0 changed")
    emissions = loaders.open_series(KAZ)
    assert emissions["value"].values.tolist() == [10.0 + step for step in range(10)]
    assert emissions["time"].values[0] == np.datetime64("2015-01-01")
    assert emissions["value"].attrs["units"] == "Mt CO2e"


def test_sixty_days_of_altimetry_are_provisional_and_the_newest_waits_for_its_neighbour(served):
    loaders.refresh(LAKES)
    caspian = loaders.open_series(CASPIAN)
    recent = caspian["time"].values > np.datetime64(TODAY - timedelta(days=60))
    # The newest pass is 7 days old, the others stand 10 days apart: 7, 17, 27, 37, 47, 57.
    assert recent.sum() == 6
    assert (caspian["provisional"].values == recent).all()
    assert caspian["qc"].values[-1] == 2
    assert set(caspian["qc"].values[:-1]) == {1}


def test_new_and_revised_points_are_counted(served):
    loaders.refresh(LAKES)
    served.relative[270] = [*served.relative[270][1:], -1.2]
    served.relative[270][10] += 0.02
    done = loaders.refresh(LAKES)
    # The file's days are fixed by its newest: every value moved on by one place.
    assert result(done, CASPIAN).outcome == "updated"
    served.relative[270][10] += 0.02
    found = result(loaders.refresh(LAKES), CASPIAN)
    assert (found.added, found.changed, found.removed) == (0, 1, 0)
    assert found.largest_change == pytest.approx(0.02)
    assert "1 changed by up to 0.02 m" in loaders.open_series(CASPIAN).attrs["history"].splitlines()[-1]


def test_fingerprint_and_cache_id_move_only_with_a_value(served):
    loaders.refresh(LAKES)
    fingerprint, cache_id = loaders.fingerprint(), loaders.cache_id()
    loaders.refresh(LAKES)
    assert (loaders.fingerprint(), loaders.cache_id()) == (fingerprint, cache_id)
    served.relative[270][5] += 0.01
    loaders.refresh(LAKES)
    assert loaders.fingerprint() != fingerprint
    assert loaders.cache_id() != cache_id


def test_one_sea_also_asks_what_belongs_to_both(served):
    chosen = dict(plan.selected(loaders.Selection(seas=("aral",))))
    rows = [row for part in chosen.values() for row in part.values()]
    assert {row.sea for row in rows} == {"aral", "both"}
    assert NORTH_ARAL in {row.id for row in rows}
    only = plan.selected(loaders.Selection(indicators=("level",), seas=("caspian",), sources=("gwm",)))
    assert [list(rows) for _, rows in only] == [[CASPIAN, "kara-bogaz-level-gwm"]]


def test_progress_is_reported_for_each_request(served):
    steps = []
    loaders.refresh(LAKES, on_progress=steps.append)
    assert [(step.done, step.total) for step in steps if not step.finished] == [(n, 5) for n in range(1, 6)]
    assert steps[-1].finished


# ---- what fails disturbs nothing --------------------------------------------------------------------------


def test_one_source_down_leaves_its_data_and_the_other_source_alone(served):
    loaders.refresh(BOTH)
    before = contents("series")
    served.status["/gwm"] = 404
    served.emissions["KAZ"][2024] = 20.0
    done = loaders.refresh(BOTH)
    assert done.exit_code == 3
    assert {outcomes(done)[name] for name in series_of("gwm")} == {"failed"}
    assert outcomes(done)[KAZ] == "updated"
    assert before.items() <= contents("series").items()
    kept = (TODAY - timedelta(days=7)).isoformat()
    line = report.error_line(done.sources[0])
    assert line.startswith("gwm: HTTP 404: this address no longer exists; kept data of " + kept)
    assert len(line) <= 200
    assert report.error_line(done.sources[1]) is None
    assert loaders.open_series(CASPIAN).sizes["time"] == POINTS


def test_one_lake_gone_is_said_of_that_lake(served):
    served.status["/gwm/timeseries/lake000270"] = 404
    done = loaders.refresh(LAKES)
    assert done.exit_code == 3
    assert [name for name, word in outcomes(done).items() if word == "failed"] == [CASPIAN]
    assert report.summary(done.sources[0]).endswith(", 1 failed (HTTP 404; kept none)")
    assert report.details(done.sources[0]) == [
        f"{CASPIAN}: failed: HTTP 404: this address no longer exists; kept none"
    ]


@pytest.mark.fault("U05")
def test_without_network_everything_stored_stays(served, monkeypatch):
    loaders.refresh(BOTH)
    before = contents()
    providers.unplug(monkeypatch)
    done = loaders.refresh()
    assert done.exit_code == 4
    assert set(outcomes(done).values()) == {"failed", "skipped"}
    failed = [one for source in done.sources for one in source.series if one.outcome == "failed"]
    assert {found.error for found in failed} == {"Unreachable"}
    assert contents() == before
    for source in done.sources:
        keyed = catalogue().sources[source.source].key_needed
        assert (report.error_line(source) is None) == keyed


def test_one_country_missing_fails_alone_and_is_asked_again_in_full(served):
    served.emissions["TKM"] = {}
    first = outcomes(loaders.refresh(NATIONS))
    failed = {name for name, word in first.items() if word == "failed"}
    assert failed == {name for name in first if name.startswith("tkm-")}
    served.emissions["TKM"] = {2020: 50.0, 2021: 51.0}
    served.conditional.clear()
    second = outcomes(loaders.refresh(NATIONS))
    assert {second[name] for name in failed} == {"updated"}
    assert second[KAZ] == "unchanged"
    assert served.conditional == []


def test_a_bug_in_one_source_is_raised_after_the_others_are_stored(served, monkeypatch):
    def broken(raw, row):
        raise KeyError("oops")

    monkeypatch.setattr(fetch.source_module(catalogue().sources["world-bank"]), "parse", broken)
    with pytest.raises(KeyError, match="oops"):
        loaders.refresh(BOTH)
    assert loaders.open_series(CASPIAN).sizes["time"] == POINTS
    assert "bug" in store.attempts()["sources"]["world-bank"]["message"]


def test_a_source_that_hangs_times_out_alone(served, monkeypatch):
    from tests.loopback import serve

    stop = threading.Event()
    with serve([lambda connection: stop.wait(20)]) as silent:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", silent.url)
        monkeypatch.setenv("TWO_SEAS_DEADLINE", "2")
        done = loaders.refresh(BOTH)
        stop.set()
    assert {result(done, name).error for name in series_of("gwm")} == {"TimedOut"}
    assert outcomes(done)[KAZ] == "updated"
    assert done.exit_code == 3


def test_a_source_that_cannot_be_interrupted_is_left_behind(served, monkeypatch):
    stop = threading.Event()
    monkeypatch.setenv("TWO_SEAS_DEADLINE", "1")
    monkeypatch.setattr(fetch, "run", lambda job: stop.wait(20))
    done = loaders.refresh(LAKES)
    stop.set()
    assert {found.error for found in done.sources[0].series} == {"TimedOut"}
    assert "within 1 s" in done.sources[0].series[0].message


@pytest.mark.parametrize("text", ["x", "0", "-1", "nan", "inf"])
def test_a_deadline_that_is_no_number_of_seconds_is_refused(monkeypatch, text):
    monkeypatch.setenv("TWO_SEAS_DEADLINE", text)
    with pytest.raises(Asking, match="TWO_SEAS_DEADLINE"):
        loaders.refresh(LAKES)


@pytest.mark.fault("D05")
def test_a_damaged_file_is_fetched_in_full_again(served):
    loaders.refresh(LAKES)
    sha256 = store.entries()[CASPIAN]["sha256"]
    (location.folder() / "series" / f"{sha256}.nc").write_bytes(b"<html>")
    served.conditional.clear()
    done = loaders.refresh(LAKES)
    assert outcomes(done)[CASPIAN] == "updated"
    assert "/gwm/timeseries/lake000270.10d.2.txt" not in served.conditional
    assert len(served.conditional) == 4
    assert store.entries()[CASPIAN]["sha256"] == sha256


@pytest.mark.parametrize("said", [{"units": "cm"}, {}], ids=["in the manifest", "in the file alone"])
def test_what_another_release_stored_with_another_unit_is_fetched_anew(served, said):
    from loaders.dataset.netcdf import encode

    loaders.refresh(LAKES)
    entries = store.entries()
    other = store.read(CASPIAN).assign_attrs(units="cm")
    other["value"] = other["value"] * 100
    with store.locked():
        older = {key: value for key, value in entries[CASPIAN].items() if key not in ("units", "datum")}
        told = said and {"datum": "egm2008-gwm", **said}
        entries[CASPIAN] = older | told | {"sha256": store.put_series(encode(other))}
        store.commit(entries, store.raw_entries())
    assert outcomes(loaders.refresh(LAKES))[CASPIAN] == "updated"
    assert loaders.open_series(CASPIAN)["value"].values[0] == pytest.approx(-27.58)


# ---- holds ------------------------------------------------------------------------------------------------


def raised(served, lake: int, by: float) -> None:
    served.relative[lake] = [round(height + by, 2) for height in served.relative[lake]]


def test_a_moved_zero_is_held_until_it_is_accepted_by_name(served):
    loaders.refresh(LAKES)
    before = contents()
    raised(served, 270, 0.30)
    raised(served, 1442, 0.30)
    # An unseen hold cannot be accepted beforehand.
    early = loaders.refresh(loaders.Selection(sources=("gwm",), accept=(CASPIAN,)))
    assert outcomes(early)[CASPIAN] == "held"
    assert early.exit_code == 3
    assert result(early, CASPIAN).message == (
        "source changed its zero by 0.30 m: accept with --accept caspian-level-gwm"
    )
    assert contents("series") == {name: data for name, data in before.items() if name.startswith("series")}
    forced = loaders.refresh(loaders.Selection(sources=("gwm",), force=True))
    assert outcomes(forced)[CASPIAN] == "held"
    accepted = loaders.refresh(loaders.Selection(sources=("gwm",), accept=(CASPIAN,)))
    assert outcomes(accepted)[CASPIAN] == "updated"
    assert outcomes(accepted)[NORTH_ARAL] == "held"
    caspian = loaders.open_series(CASPIAN)
    assert caspian["value"].values[0] == pytest.approx(-26.58 - 1.0 + 0.30)
    assert "accepted: source changed its zero by 0.30 m" in caspian.attrs["history"]
    again = loaders.refresh(loaders.Selection(sources=("gwm",), accept=(CASPIAN,)))
    assert outcomes(again)[CASPIAN] == "unchanged"


def test_an_acceptance_is_used_up(served):
    loaders.refresh(LAKES)
    chosen = loaders.Selection(sources=("gwm",), accept=(CASPIAN,))
    raised(served, 270, 0.30)
    loaders.refresh(LAKES)
    loaders.refresh(chosen)
    raised(served, 270, 0.30)
    assert outcomes(loaders.refresh(chosen))[CASPIAN] == "held"


def test_a_hold_outlives_a_failed_attempt(served):
    loaders.refresh(LAKES)
    raised(served, 270, 0.30)
    loaders.refresh(LAKES)
    served.status["/gwm"] = 404
    loaders.refresh(LAKES)
    served.status.clear()
    chosen = loaders.Selection(sources=("gwm",), accept=(CASPIAN,))
    assert outcomes(loaders.refresh(chosen))[CASPIAN] == "updated"


@pytest.mark.fault("N06")
def test_a_shortened_history_is_held(served):
    loaders.refresh(LAKES)
    served.relative[270] = served.relative[270][2:]
    found = result(loaders.refresh(LAKES), CASPIAN)
    assert found.outcome == "held"
    assert found.message.startswith("2 of 60 stored values are missing from the new file")
    assert loaders.open_series(CASPIAN).sizes["time"] == POINTS


def test_heights_that_no_sea_can_have_are_held_at_the_first_refresh(served):
    served.relative[270] = [height + 55 for height in served.relative[270]]
    done = loaders.refresh(LAKES)
    assert result(done, CASPIAN).message.startswith("none of its values is usable")
    with pytest.raises(NoData):
        loaders.open_series(CASPIAN)


# ---- who is asked -----------------------------------------------------------------------------------------


@pytest.mark.fault("C07", "N16")
def test_within_the_interval_nothing_is_asked(served, monkeypatch):
    monkeypatch.setattr(plan, "_is_local", lambda source: False)
    served.status["/gwm/timeseries/lake000277"] = 404
    loaders.refresh(LAKES)
    served.asked.clear()
    done = loaders.refresh(LAKES)
    # What failed is asked again; what was answered is not.
    assert served.asked == ["/gwm/timeseries/lake000277.10d.2.txt"]
    assert done.sources[0].message == "asked 0 min ago; --force asks again"
    served.status.clear()
    loaders.refresh(LAKES)
    served.asked.clear()
    quiet = loaders.refresh(LAKES)
    assert served.asked == []
    assert report.summary(quiet.sources[0]) == "5 unchanged (asked 0 min ago; --force asks again)"
    assert quiet.exit_code == 0
    loaders.refresh(loaders.Selection(sources=("gwm",), force=True))
    assert len(served.asked) == 5


def test_after_the_interval_it_is_asked(served, monkeypatch):
    monkeypatch.setattr(plan, "_is_local", lambda source: False)
    loaders.refresh(LAKES)
    served.asked.clear()
    for minutes, asked in ((23 * 60 + 58, 0), (24 * 60 + 2, 5)):
        age(timedelta(minutes=minutes))
        loaders.refresh(LAKES)
        assert len(served.asked) == asked


def test_a_clock_set_back_asks_again(served, monkeypatch):
    monkeypatch.setattr(plan, "_is_local", lambda source: False)
    loaders.refresh(LAKES)
    served.asked.clear()
    age(-timedelta(days=2))
    loaders.refresh(LAKES)
    assert len(served.asked) == 5


def age(since: timedelta) -> None:
    path = location.folder() / "attempts.json"
    content = json.loads(path.read_text())
    for found in content["series"].values():
        found["asked_at"] = f"{datetime.now(UTC) - since:%Y-%m-%dT%H:%M:%SZ}"
    path.write_text(json.dumps(content))


def test_loopback_addresses_have_no_interval(served):
    loaders.refresh(LAKES)
    served.asked.clear()
    loaders.refresh(LAKES)
    assert len(served.asked) == 5


def test_force_asks_without_conditions_and_accepts_nothing_new(served):
    loaders.refresh(LAKES)
    before = contents()
    done = loaders.refresh(loaders.Selection(sources=("gwm",), force=True))
    assert served.conditional == []
    assert set(outcomes(done).values()) == {"unchanged"}
    assert contents() == before


def test_another_address_gets_no_conditions(served, httpserver, monkeypatch):
    loaders.refresh(LAKES)
    monkeypatch.setenv("TWO_SEAS_GWM_URL", httpserver.url_for("/gwm").replace("localhost", "127.0.0.1"))
    assert set(outcomes(loaders.refresh(LAKES)).values()) == {"unchanged"}
    assert served.conditional == []


def test_a_source_without_its_key_is_skipped_by_name(monkeypatch):
    source = Source(id="some-source", label="x", module="gwm", licence="x", citation="x", key_needed=True)
    row = catalogue().series[CASPIAN]
    nothing = {"series": {}, "sources": {}}
    now = datetime.now(UTC)
    found = plan.plan(source, {row.id: row}, loaders.Selection(), nothing, now)
    assert found.ask == {}
    assert [item.outcome for item in found.settled] == ["skipped"]
    assert found.message == "set TWO_SEAS_SOME_SOURCE_KEY"
    monkeypatch.setenv("TWO_SEAS_SOME_SOURCE_KEY", "k")
    assert plan.plan(source, {row.id: row}, loaders.Selection(force=True), nothing, now).ask == {row.id: row}


def test_attempts_are_written_whatever_happened(served):
    served.status["/gwm"] = 503
    loaders.refresh(LAKES)
    found = store.attempts()
    assert found["sources"]["gwm"]["result"] == "failed"
    assert "HTTP 503" in found["sources"]["gwm"]["message"]
    assert found["series"][CASPIAN]["outcome"] == "failed"
    status = {source["id"]: source for source in loaders.status()["sources"]}
    assert status["gwm"]["attempted_at"].startswith(str(datetime.now(UTC).year))
    assert status["world-bank"] == {"id": "world-bank", "attempted_at": None, "result": None, "message": ""}


# ---- sources that send pieces -----------------------------------------------------------------------------

WIND = loaders.Selection(sources=("open-meteo",), indicators=("wind",))
RAIN = loaders.Selection(sources=("open-meteo",), indicators=("precipitation",))


def test_months_are_extended_until_all_years_are_there(served):
    begins = []
    for _ in range(8):
        done = loaders.refresh(WIND)
        begins.append(str(loaders.open_series("mid-caspian-wind-open-meteo")["time"].values[0])[:7])
        if set(outcomes(done).values()) == {"unchanged"}:
            break
    assert begins == sorted(begins, reverse=True)
    assert begins[-1] == "1991-01"
    wind = loaders.open_series("mid-caspian-wind-open-meteo")
    assert set(wind["value"].values) == {5.0}
    months = wind["time"].values.astype("datetime64[M]")
    assert (np.diff(months) == np.timedelta64(1, "M")).all()


def test_a_new_piece_lies_over_the_old_ones_and_the_rest_stays(served):
    loaders.refresh(RAIN)
    served.rain = 2.0
    done = loaders.refresh(RAIN)
    rain = loaders.open_series("mid-caspian-precipitation-open-meteo")
    last = rain["time"].values[rain["provisional"].values == 0].astype("datetime64[M]")[-1]
    # A month is asked again while it is the newest; one two months before it is not.
    assert rain["value"].sel(time=str(last - 3)).item() in (28.0, 29.0, 30.0, 31.0)
    assert rain["value"].sel(time=str(last)).item() in (56.0, 58.0, 60.0, 62.0)
    assert result(done, "mid-caspian-precipitation-open-meteo").removed == 0


def test_a_piece_that_came_is_good_without_the_other(served, monkeypatch):
    module = fetch.source_module(catalogue().sources["open-meteo"])
    genuine = module.requests

    def second_fails(rows, *, today, held):
        first, *others = genuine(rows, today=today, held=held)
        return [first, *(replace(other, path="gone" + other.path) for other in others)]

    served.status["/om/gone"] = 404
    monkeypatch.setattr(module, "requests", second_fails)
    done = loaders.refresh(WIND)
    found = result(done, "mid-caspian-wind-open-meteo")
    assert found.outcome == "updated"
    assert "a piece is missing: HTTP 404" in report.lines(done)[1]


# ---- the parts by themselves ------------------------------------------------------------------------------


def part(start: str, values, **more) -> xr.Dataset:
    times = np.datetime64(start, "D").astype("datetime64[ns]") + np.arange(len(values)) * np.timedelta64(
        1, "D"
    )
    size = len(values)
    variables = {
        "value": ("time", np.array(values, dtype="float64"), {"units": "m"}),
        "qc": ("time", np.ones(size, dtype="int8")),
        "provisional": ("time", np.zeros(size, dtype="int8")),
    }
    return xr.Dataset(variables | more, coords={"time": times}, attrs={"title": start})


def test_of_two_parts_the_later_wins_and_absent_columns_are_empty():
    old = part("2020-01-01", [1, 2, 3], mission=("time", np.array([1, 1, 1], dtype="int8")))
    new = part("2020-01-03", [30, 40], uncertainty=("time", np.array([0.1, 0.2])))
    found = join([old, new])
    assert found["value"].values.tolist() == [1, 2, 30, 40]
    assert found["mission"].values.tolist() == [1, 1, 0, 0]
    assert np.isnan(found["uncertainty"].values[:2]).all()
    assert found["uncertainty"].values[2:].tolist() == [0.1, 0.2]
    assert found.attrs["title"] == "2020-01-03"


def test_provisional_days_end_at_the_retrieval():
    days = part("2026-01-01", [0.0] * 100)
    marked = mark_provisional(days, 60, datetime(2026, 4, 10, tzinfo=UTC))
    # 60 days before 10 April is 9 February: 10 February is the first provisional day.
    assert marked["time"].values[marked["provisional"].values == 1][0] == np.datetime64("2026-02-10")
    assert mark_provisional(days, 0, datetime(2026, 4, 10, tzinfo=UTC))["provisional"].values.sum() == 0


def test_an_empty_page_among_full_ones_is_no_error_but_empty_pages_are():
    row = catalogue().series[CASPIAN]
    source = catalogue().sources["gwm"]
    now = datetime(2026, 4, 10, tzinfo=UTC)

    def parse(raw, row):
        if not raw:
            raise NotData("nothing")
        return part(raw.decode(), [-28.0, -28.1])

    made = assemble(row, source, parse, [b"2020-01-01", b"", b"2020-01-03"], retrieved=now, now=now, old=None)
    assert made.dataset["value"].values.tolist() == [-28.0, -28.1, -28.0, -28.1]
    with pytest.raises(NotData, match="nothing"):
        assemble(row, source, parse, [b"", b""], retrieved=now, now=now, old=None)


# ---- a provider that has published nothing ----------------------------------------------------------------

SILENT = "tkm-ghg-world-bank"


def test_a_country_without_a_published_value_is_no_failure(served, monkeypatch):
    served.emissions["TKM"] = dict.fromkeys(range(2015, 2025))
    done = loaders.refresh(NATIONS)
    found = result(done, SILENT)
    assert (found.outcome, found.newest, found.message) == ("unchanged", None, "no value published")
    assert done.exit_code == 0
    assert result(done, KAZ).outcome == "updated"
    silent = [name for name in series_of("world-bank") if name.startswith("tkm-")]
    assert f"{len(silent)} unchanged ({len(silent)} no value published)" in report.summary(done.sources[0])
    with pytest.raises(NoData):
        loaders.open_series(SILENT)
    assert next(item for item in loaders.list_series() if item["id"] == SILENT)["state"] == "empty"
    monkeypatch.setattr(plan, "_is_local", lambda source: False)
    served.asked.clear()
    again = loaders.refresh(NATIONS)
    assert served.asked == []
    assert result(again, SILENT).message == "no value published"


def test_values_that_come_later_are_taken_in(served):
    served.emissions["TKM"] = dict.fromkeys(range(2015, 2025))
    loaders.refresh(NATIONS)
    served.emissions["TKM"][2023] = 91.5
    assert result(loaders.refresh(NATIONS), SILENT).outcome == "updated"
    assert loaders.open_series(SILENT)["value"].values.tolist() == [91.5]


def test_values_that_were_there_and_are_null_now_are_a_failure_and_kept(served):
    loaders.refresh(NATIONS)
    served.emissions["TKM"] = dict.fromkeys(range(2015, 2025))
    done = loaders.refresh(NATIONS)
    found = result(done, SILENT)
    assert (found.outcome, found.error, found.newest) == ("failed", "NoValue", "2024-01-01")
    assert done.exit_code == 3
    assert loaders.open_series(SILENT).sizes["time"] == 10


@pytest.mark.parametrize("order", [(b"", b"null"), (b"null", b"")])
def test_that_nothing_is_published_weighs_more_than_a_page_that_is_silent(order):
    def parse(raw, row):
        raise NoValue("none") if raw else NotData("not here")

    row, source, now = (
        catalogue().series[KAZ],
        catalogue().sources["world-bank"],
        datetime(2026, 4, 10, tzinfo=UTC),
    )
    with pytest.raises(NoValue):
        assemble(row, source, parse, order, retrieved=now, now=now, old=None)


# ---- raw answers ------------------------------------------------------------------------------------------


def test_raw_answers_are_kept_and_parsed_again_without_network(served):
    loaders.refresh(BOTH)
    before = contents()
    raw = [name for name in before if name.startswith("raw/") and name.endswith(".gz")]
    assert len([name for name in raw if name.startswith("raw/gwm/")]) == 5
    served.asked.clear()
    assert set(outcomes(rebuild()).values()) == {"unchanged"}
    sha256 = store.entries()[CASPIAN]["sha256"]
    (location.folder() / "series" / f"{sha256}.nc").unlink()
    done = rebuild(["gwm"])
    assert outcomes(done)[CASPIAN] == "updated"
    assert store.entries()[CASPIAN]["sha256"] == sha256
    assert served.asked == []


def test_only_the_newest_raw_answers_stay(served):
    loaders.refresh(LAKES)
    first = {name for name in contents("raw") if name.endswith(".gz")}
    served.relative[270][3] += 0.01
    loaders.refresh(LAKES)
    second = {name for name in contents("raw") if name.endswith(".gz")}
    assert len(first & second) == 4
    assert len(second) == 5


# ---- company ----------------------------------------------------------------------------------------------


@pytest.mark.fault("D03")
def test_kill_in_the_middle_leaves_the_cache_and_the_next_refresh_succeeds(served):
    loaders.refresh(LAKES)
    served.relative[270][3] += 0.01
    code = (
        "import loaders\nfrom loaders.cache import store\n"
        "genuine = store.put_series\n"
        "def put(data):\n    genuine(data)\n    print('half', flush=True)\n    import time; time.sleep(60)\n"
        "store.put_series = put\n"
        "loaders.refresh(loaders.Selection(sources=('gwm',)))\n"
    )
    before = contents("series")
    child = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "half\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert before.items() <= contents("series").items()
    assert loaders.open_series(CASPIAN)["value"].values[3] == pytest.approx(-26.58 - 1.03)
    assert outcomes(loaders.refresh(LAKES))[CASPIAN] == "updated"
    assert loaders.open_series(CASPIAN)["value"].values[3] == pytest.approx(-26.58 - 1.02)
