"""Faults of company: several refreshes, readers beside a writer, a refresh behind an open page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.testing.v1 import AppTest

import loaders
from dashboard.words.text import t
from loaders.cache import location, store
from loaders.pipeline import plan
from tests.conftest import ROOT
from tests.fault_contract import APP
from tests.loopback import response, serve
from tests.test_store import HOLD, child, dataset, put

CASPIAN = "caspian-level-gwm"
MANY = 40 if os.environ.get("TWO_SEAS_THOROUGH") else 6
PUTS = (
    "import sys\nfrom loaders.cache import store\nfrom loaders.dataset.netcdf import encode\n"
    "from tests.test_store import ENTRY, dataset\n"
    "store.LOCK_WAIT = 60\nprint('ready', flush=True)\n"
    "for turn in range(int(sys.argv[1])):\n"
    "    value = float(sys.argv[2]) * 1000 + turn\n"
    "    with store.locked():\n"
    "        both = {name: store.put_series(encode(dataset(value, sign * value)))\n"
    "                for name, sign in (('a', 1), ('b', -1))}\n"
    "        store.commit({name: ENTRY | {'sha256': sha} for name, sha in both.items()}, {})\n"
)


@pytest.fixture
def holder():
    """Another process that holds the cache for a minute."""
    started = child(HOLD)
    yield started
    started.send_signal(signal.SIGCONT)
    started.kill()
    started.wait()


@pytest.mark.fault("C01")
def test_a_second_refresh_says_who_is_first_and_asks_nobody(contract, holder, monkeypatch):
    holder.kill()
    holder.wait()
    contract.begin()
    asked = len(contract.served.asked)
    second = child(HOLD)
    monkeypatch.setattr(store, "LOCK_WAIT", 0.1)
    try:
        contract.cache_fails("refresh running since 20", f"pid {second.pid}", "try again")
    finally:
        second.kill()
        second.wait()
    assert len(contract.served.asked) == asked
    contract.recovers()


@pytest.mark.fault("C02")
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_the_lock_of_a_killed_refresh_is_free_at_once(holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with store.locked(1.0):
        assert (location.folder() / "refresh.lock").exists()


@pytest.mark.fault("C03")
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process cannot be stopped there")
def test_a_refresh_that_hangs_is_waited_for_within_bounds(contract, monkeypatch):
    contract.begin()
    hung = child(HOLD)
    hung.send_signal(signal.SIGSTOP)
    monkeypatch.setattr(store, "LOCK_WAIT", 0.5)
    begun = time.monotonic()
    try:
        contract.cache_fails(f"pid {hung.pid}")
        assert 0.5 <= time.monotonic() - begun < 20
    finally:
        hung.kill()
        hung.wait()
    contract.recovers()


@pytest.mark.fault("C01", "C04")
def test_eight_readers_beside_three_writers_never_see_half_of_anything():
    put(a=dataset(1.0, 1.0), b=dataset(1.0, -1.0))
    words = [[sys.executable, "-c", PUTS, str(MANY), str(number)] for number in (1, 2, 3)]
    writers = [subprocess.Popen(one, cwd=ROOT, stderr=subprocess.PIPE, text=True) for one in words]
    reads, wrong = [0] * 8, []

    def read(place: int) -> None:
        while any(writer.poll() is None for writer in writers):
            for name, sign in (("a", 1), ("b", -1)):
                values = store.read(name)["value"].values
                if values[1] != sign * values[0]:
                    wrong.append(values)
            reads[place] += 1

    with ThreadPoolExecutor(8) as readers:
        for done in [readers.submit(read, place) for place in range(8)]:
            done.result()
    assert [writer.wait() for writer in writers] == [0, 0, 0], [one.stderr.read() for one in writers]
    for writer in writers:
        writer.stderr.close()
    assert not wrong
    assert min(reads) > 0
    assert not list(location.folder().rglob("*.bad"))


# ---- pages ------------------------------------------------------------------------------------------------


@pytest.mark.fault("C06")
def test_a_refresh_behind_an_open_page_shows_with_its_next_run(contract):
    contract.begin()
    app = contract.data_page()

    def rows() -> int:
        table = app.dataframe[0].value.set_index(t("data.col_series"))
        return int(table.loc[CASPIAN, t("data.col_points")])

    before, cache_id = rows(), loaders.cache_id()
    contract.served.relative[270].append(-1.04)
    assert contract.refresh("--accept", CASPIAN).code in (0, 3)
    assert loaders.cache_id() != cache_id
    app.run()
    assert rows() == before + 1


@pytest.mark.fault("C07")
def test_a_refresh_asked_for_twenty_times_asks_each_lake_once(contract, monkeypatch):
    monkeypatch.setattr(plan, "_is_local", lambda source: False)
    for _ in range(20):
        ran = contract.command("refresh", "--source", "gwm")
        assert ran.code == 0
    assert len(contract.served.asked) == len(set(contract.served.asked)) == 5
    assert "asked 0 min ago; --force asks again" in ran.out


@pytest.mark.fault("C07")
def test_rule_19_the_button_runs_one_refresh_at_a_time_and_chooses_no_address(contract, monkeypatch):
    """Beside two other refreshes a visitor presses: a lake is asked by one of them at a time."""
    monkeypatch.setenv("TWO_SEAS_REFRESH_BUTTON", "on")
    running, most, commands = [], [], []
    genuine = subprocess.Popen
    words = [sys.executable, "-m", "loaders", "refresh"]

    def spied(given, **options):
        commands.append(given)
        return genuine([*given, "--source", "gwm"], cwd=ROOT, **options)

    def slow(connection) -> None:
        running.append(connection)
        most.append(len(running))
        time.sleep(0.1)
        running.remove(connection)
        connection.sendall(response(b"", "404 Not Found"))

    with serve([slow]) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        app = AppTest.from_file(APP, default_timeout=60).switch_page("views/data.py")
        app.query_params["source"] = "gwm --force; http://127.0.0.1:1/"
        app.run()
        others = [genuine([*words, "--source", "gwm"], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
        monkeypatch.setattr(subprocess, "Popen", spied)
        app.button(key="refresh-data").click().run()
        codes = [(one.communicate(), one.returncode)[1] for one in others]
    assert max(most) == 1
    (said,) = [one.value for one in app.code if "gwm: 5 failed" in one.value or "running since" in one.value]
    assert "Traceback" not in said
    assert set(codes) <= {4, 5}
    assert commands == [words]


@pytest.mark.fault("C08")
def test_a_refresh_whose_page_was_closed_ends_by_itself(contract, monkeypatch):
    """The page's end of the pipe is gone before the first line, as when a reader closes the window."""
    contract.begin()
    contract.served.relative[270][5] += 0.02
    contract.served.status["/gwm/timeseries/lake000275"] = 404  # something to say on standard error too
    words = [sys.executable, "-m", "loaders", "refresh", "--source", "gwm"]
    page = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    page.stdout.close()
    assert page.wait(60) == 3
    assert store.attempts()["series"]["kara-bogaz-level-gwm"]["outcome"] == "failed"
    assert store.entries()[CASPIAN] != contract.entries[CASPIAN]
    contract.served.status.clear()
    contract.recovers()
