"""The commands as other people script them: words, JSON keys, exit codes, one line per error."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

import loaders
from dashboard import cli
from loaders import __main__ as maintainers
from loaders.cache import store
from loaders.cli import commands
from loaders.tables.catalogue import catalogue
from tests import providers
from tests.loopback import serve

ROOT = Path(__file__).parents[1]
CASPIAN = "caspian-level-gwm"
KEPT = (providers.TODAY - providers.timedelta(days=7)).isoformat()


@pytest.fixture(autouse=True)
def _own_signals():
    """A command run inside another program leaves that program's signals as they are."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.fixture
def served(httpserver, monkeypatch) -> providers.Providers:
    return providers.start(httpserver, monkeypatch)


@pytest.fixture
def run(capsys):
    def invoke(*words: str, app=cli.app) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            commands.run(app, "two-seas", list(words))
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return invoke


def child(*words: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "loaders", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


# ---- list and status --------------------------------------------------------------------------------------


def test_list_has_the_promised_keys(run):
    code, out, err = run("list", "--sea", "caspian", "--indicator", "level", "--json")
    assert (code, err) == (0, "")
    found = {row["id"]: row for row in json.loads(out)}
    assert found["caspian-level-dahiti"] == {
        "id": "caspian-level-dahiti",
        "title": catalogue().series["caspian-level-dahiti"].title,
        "sea": "caspian",
        "basin": None,
        "indicator": "level",
        "unit": "m",
        "datum": "dahiti-2023",
        "source": "published",
        "kind": "observed",
        "provenance_grade": "secondary",
        "experimental": False,
        "key_needed": False,
        "inputs": [],
        "needs": [],
        "state": "baseline",
        "first": "1992-09-28",
        "newest": "2023-07-22",
        "points": 1112,
    }
    empty = found[CASPIAN]
    assert (empty["state"], empty["first"], empty["newest"], empty["points"]) == ("empty", None, None, 0)
    assert found == {row["id"]: row for row in loaders.list_series("caspian", "level")}


def test_list_as_a_table_has_a_line_per_series(run):
    code, out, _ = run("list")
    assert code == 0
    assert len(out.splitlines()) == len(catalogue().series) + len(catalogue().fields) + 1
    line = next(line for line in out.splitlines() if line.startswith("caspian-level-dahiti "))
    assert line.split()[1:] == [
        "caspian", "level", "m", "dahiti-2023", "published", "observed", "no", "no",
        "1992-09-28", "2023-07-22", "baseline",
    ]  # fmt: skip


def test_status_has_the_promised_keys(run, served):
    run("refresh", "--source", "gwm")
    code, out, _ = run("status", "--json")
    found = json.loads(out)
    assert code == 0
    assert list(found) == ["cache_id", "newest", "series", "fields", "sources", "changes"]
    assert len(found["cache_id"]) == 12
    assert found == loaders.status()
    series = {row["id"]: row for row in found["series"]}
    assert series[CASPIAN] == {
        "id": CASPIAN, "origin": "live", "newest": KEPT, "age_days": 7, "age_steps": 0.7, "state": "fresh",
    }  # fmt: skip
    assert series["kaz-ghg-world-bank"]["origin"] is None
    assert {source["id"]: source["result"] for source in found["sources"]}["gwm"] == "updated"
    table = run("status")[1]
    assert table.startswith(f"cache id {found['cache_id']}, newest data ")


def test_cache_id_is_the_hash_of_sorted_lines(run, served):
    import hashlib

    run("refresh", "--source", "gwm")
    hashes = {name: entry["sha256"] for name, entry in store.entries().items()}
    embedded = json.loads((ROOT / "data_cache" / "baseline" / "manifest.json").read_text())["series"]
    hashes |= {name: entry["sha256"] for name, entry in embedded.items() if name in catalogue().series}
    lines = "\n".join(sorted(f"{name} {sha256}" for name, sha256 in hashes.items()))
    assert loaders.cache_id() == hashlib.sha256(lines.encode()).hexdigest()[:12]


@pytest.mark.parametrize(
    ("days", "state"), [(7, "fresh"), (30, "fresh"), (31, "stale"), (100, "stale"), (101, "silent")]
)
def test_age_is_told_in_steps_of_the_series(days, state):
    from loaders.access.overview import age_days
    from loaders.access.overview import state as word

    row = catalogue().series[CASPIAN]
    newest = (providers.TODAY - providers.timedelta(days=days)).isoformat()
    known = {"newest": newest, "first": "1992-01-01", "points": 1000}
    assert word(row, "live", known, providers.TODAY) == state
    assert age_days(newest, providers.TODAY) == days
    assert age_days((providers.TODAY + providers.timedelta(days=1)).isoformat(), providers.TODAY) is None


# ---- refresh ----------------------------------------------------------------------------------------------


def test_refresh_prints_a_line_per_source_in_catalogue_order(run, served):
    code, out, err = run("refresh", "--source", "world-bank", "--source", "gwm")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"gwm: 5 updated (300 new, 0 changed, newest {KEPT})",
        "world-bank: 56 updated (560 new, 0 changed, newest 2024-01-01)",
    ]
    assert run("refresh", "--source", "gwm") == (0, "gwm: 5 unchanged\n", "")


def test_refresh_with_a_lost_lake_leaves_with_3_and_one_error_line(run, served):
    served.status["/gwm/timeseries/lake000270"] = 404
    code, out, err = run("refresh", "--source", "gwm")
    assert code == 3
    assert out.splitlines() == [
        f"gwm: 4 updated (240 new, 0 changed, newest {KEPT}), 1 failed (HTTP 404; kept none)",
        f"  {CASPIAN}: failed: HTTP 404: this address no longer exists; kept none",
    ]
    assert err.startswith("gwm: HTTP 404: this address no longer exists; kept none; ")
    assert err.count("\n") == 1
    assert len(err) <= 201


def test_refresh_without_network_leaves_with_4_and_a_line_per_source(run, served, monkeypatch):
    run("refresh", "--source", "gwm")
    providers.unplug(monkeypatch)
    code, out, err = run("refresh")
    assert code == 4
    said = {line.split(":")[0]: line for line in err.splitlines()}
    assert list(said) == [source.id for source in providers.live_sources() if not source.key_needed]
    assert f"kept data of {KEPT}" in said["gwm"]
    assert "kept none" in said["open-meteo"]
    assert "Traceback" not in out + err
    code, out, _ = run("export", CASPIAN, "--out", "-")
    assert code == 0
    assert KEPT in out


def test_a_hold_says_how_to_accept_it_and_accepting_works(run, served):
    run("refresh", "--source", "gwm")
    served.relative[270] = [round(height + 0.3, 2) for height in served.relative[270]]
    code, out, err = run("refresh", "--source", "gwm")
    assert code == 3
    assert out.splitlines()[0] == f"gwm: 4 unchanged, 1 held (kept data of {KEPT})"
    assert f"source changed its zero by 0.30 m: accept with --accept {CASPIAN}" in out
    assert err.startswith(f"gwm: source changed its zero by 0.30 m; kept data of {KEPT}; ")
    assert f"--accept {CASPIAN}" in err
    code, out, _ = run("refresh", "--source", "gwm", "--accept", CASPIAN)
    assert code == 0
    assert "60 changed by up to 0.3 m" in out


@pytest.mark.fault("U03")
@pytest.mark.parametrize(
    ("words", "listed"),
    [
        (("refresh", "--source", "nasa"), "unknown source 'nasa'; valid: cckp, "),
        (("refresh", "--source", "published"), "gwm, "),
        (("refresh", "--sea", "black"), "unknown sea 'black'; valid: caspian, aral, both"),
        (("refresh", "--indicator", "levels"), "valid: level, area, volume, salinity"),
        (("refresh", "--accept", "caspian-level-gmw"), "nearest: caspian-level-gwm"),
        (("refresh", "--source", "gwm", "--indicator", "ghg"), "no live series matches"),
        (("list", "--sea", "x"), "valid: caspian, aral, both"),
        (("list", "--indicator", "x"), "renewables-share"),
        (("check-live", "--source", "x"), "gwm, "),
        (("export", "x"), "unknown series 'x'"),
        (("export", CASPIAN, "--format", "xlsx"), "valid: csv, netcdf"),
        (("export",), "Missing argument"),
        (("list", "--colour"), "No such option"),
        (("lst",), "No such command"),
    ],
)
def test_wrong_words_leave_with_2_and_name_the_right_ones(run, words, listed):
    code, out, err = run(*words)
    assert code == 2
    assert out == ""
    assert listed in err
    assert err.count("\n") == 1


@pytest.mark.fault("U03")
def test_a_wrong_deadline_is_a_wrong_argument(run, served, monkeypatch):
    monkeypatch.setenv("TWO_SEAS_DEADLINE", "soon")
    code, _, err = run("refresh")
    assert code == 2
    assert "TWO_SEAS_DEADLINE" in err


@pytest.mark.fault("U03")
def test_no_words_show_the_commands(run):
    code, _, err = run()
    assert code == 2
    for name in ("open", "list", "refresh", "status", "export", "check-live"):
        assert f"\n  {name} " in err
    code, out, _ = run("--help", app=maintainers.app)
    assert code == 0
    for name in ("list", "refresh", "status", "export", "check-live", "rebuild", "seal"):
        assert f"\n  {name} " in out
    assert "\n  open " not in out


@pytest.mark.fault("U03", "D02")
def test_a_cache_that_cannot_be_used_leaves_with_5(run, served, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TWO_SEAS_CACHE", str(tmp_path / "file"))
    code, out, err = run("refresh", "--source", "gwm")
    assert (code, out) == (5, "")
    assert "TWO_SEAS_CACHE" in err
    assert err.count("\n") == 1
    assert served.asked == []
    assert run("status")[0] == 0
    assert run("list")[0] == 0


@pytest.mark.fault("C01")
def test_a_second_refresh_leaves_with_5_and_names_the_first(run, served, monkeypatch):
    monkeypatch.setattr(store, "LOCK_WAIT", 0.1)
    with store.locked():
        code, _, err = run("refresh", "--source", "gwm")
    assert code == 5
    assert f"pid {os.getpid()}" in err
    assert served.asked == []


@pytest.mark.fault("U04")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_refresh_with_its_code_and_the_cache_intact(run, served, monkeypatch, number, code):
    run("refresh", "--source", "gwm")
    before = store.fingerprint()
    arrived, go_on = threading.Event(), threading.Event()

    def reply(connection) -> None:
        arrived.set()
        go_on.wait(20)

    with serve([reply]) as slow:
        env = os.environ | {"TWO_SEAS_GWM_URL": slow.url}
        words = [sys.executable, "-m", "loaders", "refresh", "--source", "gwm"]
        started = subprocess.Popen(words, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
        assert arrived.wait(20)
        started.send_signal(number)
        assert started.wait(20) == code
        go_on.set()
    assert "Traceback" not in started.stderr.read()
    assert store.fingerprint() == before
    assert run("refresh", "--source", "gwm")[0] == 0


# ---- export, check-live, maintainers ----------------------------------------------------------------------


def test_export_writes_where_it_is_told_and_prints_the_path(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("export", "caspian-level-dahiti")
    assert (code, out) == (0, f"{tmp_path}/caspian-level-dahiti.csv\n")
    lines = (tmp_path / "caspian-level-dahiti.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    # 1,112 heights of which one, 27 January 2000, is an artefact.
    assert len(rows) == 1111
    assert "2000-01-27" not in {row["time"] for row in rows}
    code, _, _ = run("export", "caspian-level-dahiti", "--raw", "--out", "raw.csv")
    assert "2000-01-27,-27.307" in (tmp_path / "raw.csv").read_text("utf-8")
    pair = ("caspian-level-dahiti", "aral-level-table")
    assert run("export", *pair, "--format", "netcdf")[1] == f"{tmp_path}/two-seas.zip\n"
    assert (tmp_path / "two-seas.zip").read_bytes()[:2] == b"PK"


def test_export_to_standard_output_is_the_data_alone():
    words = [
        sys.executable,
        "-m",
        "loaders",
        "export",
        "caspian-level-dahiti",
        "--out",
        "-",
        "--format",
        "netcdf",
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout[:4] == b"CDF\x02"
    assert done.stderr == b""


def test_export_of_what_is_not_stored_or_cannot_be_written(run, tmp_path):
    code, out, err = run("export", CASPIAN)
    assert (code, out) == (4, "")
    assert "nothing stored" in err
    code, _, err = run("export", "caspian-level-dahiti", "--out", str(tmp_path / "no" / "x.csv"))
    assert code == 2
    assert "cannot write" in err


def test_check_live_says_whether_each_source_is_as_expected_and_stores_nothing(run, served):
    three = [word for source in ("gwm", "open-meteo", "world-bank") for word in ("--source", source)]
    code, out, err = run("check-live", *three)
    assert (code, err) == (0, "")
    assert [line.split(": ")[:2] for line in out.splitlines()] == [
        ["gwm", "ok"], ["open-meteo", "ok"], ["world-bank", "ok"],
    ]  # fmt: skip
    assert len(served.asked) == 3
    assert store.entries() == {}
    served.status["/wb"] = 404
    code, out, _ = run("check-live", *three)
    assert code == 3
    assert "world-bank: failed: HTTP 404" in out
    assert run("check-live", "--source", "world-bank")[0] == 4


def test_rebuild_parses_what_is_kept(run, served):
    assert run("rebuild", app=maintainers.app) == (0, "nothing kept\n", "")
    run("refresh", "--source", "gwm")
    assert run("rebuild", app=maintainers.app) == (0, "gwm: 5 unchanged\n", "")


def test_seal_says_what_differs(run):
    assert run("seal", app=maintainers.app) == (0, "0 rows differ; sealed\n", "")


# ---- streams ----------------------------------------------------------------------------------------------


@pytest.mark.fault("U07")
def test_json_is_utf8_whatever_the_terminal_says():
    env = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    words = [sys.executable, "-m", "loaders", "list", "--json"]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, check=True)
    assert len(json.loads(done.stdout.decode("utf-8"))) == len(catalogue().items)
    assert child("list", env=env).returncode == 0


@pytest.mark.fault("U07")
def test_a_reader_that_went_away_is_no_error():
    for command in ("list", "list --json", "export caspian-level-dahiti --out -"):
        line = f"{sys.executable} -m loaders {command} | head -c 10 > /dev/null; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout == "0\n"
        assert done.stderr == ""


@pytest.mark.fault("U07")
def test_closed_standard_output_is_no_crash():
    for command in ("list", "list --json", "status"):
        line = f"{sys.executable} -m loaders {command} >&-"
        done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        assert done.returncode == 0


@pytest.mark.fault("U07")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full there")
def test_output_that_cannot_be_written_is_one_line():
    for command in ("list", "list --json", "export caspian-level-dahiti --out -"):
        line = f"{sys.executable} -m loaders {command} > /dev/full"
        done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert done.stderr == "python -m loaders: cannot write the output (No space left on device)\n"
    line = f"{sys.executable} -m loaders export nothing-of-this-name 2> /dev/full"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


# ---- open -------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(tmp_path):
    """``two-seas open`` in an empty folder with an empty home, once it has printed its first line."""
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    started = []

    def start(*words: str) -> tuple[subprocess.Popen, str]:
        env = {key: text for key, text in os.environ.items() if not key.startswith(("STREAMLIT", "BROWSER"))}
        command = [sys.executable, "-c", "from dashboard.cli import main; main()", "open", *words]
        process = subprocess.Popen(
            command, cwd=here, env=env | {"HOME": str(home)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process, process.stdout.readline()

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_open_serves_on_loopback_until_a_signal(opened, number, code):
    # A port of its own: the first usual one may be taken over by a neighbour once this server ends.
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process, line = opened("--no-browser", "--port", str(port))
    assert line.startswith(f"http://127.0.0.1:{port}"), process.stderr.read()
    assert "newest data 20" in line
    url = line.split()[0]
    assert get(f"{url}_stcore/health") == "ok"
    process.send_signal(number)
    assert process.wait(20) == code
    with pytest.raises(OSError, match="refused"):
        get(f"{url}_stcore/health")
    assert "Traceback" not in process.stderr.read()


def test_open_takes_the_next_free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = cli.free_port("127.0.0.1", port)
    assert port < found <= port + cli.PORTS


def test_open_has_one_line_for_an_address_that_is_not_ours(run):
    code, _, err = run("open", "--no-browser", "--address", "203.0.113.1")
    assert code == 2
    assert "203.0.113.1" in err
    assert err.count("\n") == 1


def test_open_says_when_the_server_ends_at_once(run, monkeypatch):
    monkeypatch.setattr(cli, "command", lambda address, port: [sys.executable, "-c", "raise SystemExit(7)"])
    code, _, err = run("open", "--no-browser")
    assert code != 0
    assert "code 7" in err


def test_open_opens_the_browser_at_the_address(run, monkeypatch):
    class Server(subprocess.Popen):
        def wait(self, timeout=None):
            self.terminate()
            super().wait(timeout)
            return 0

    seen = []
    code = (
        "import http.server, sys\n"
        "class H(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n        self.send_response(200); self.end_headers()\n"
        "    def log_message(self, *a):\n        pass\n"
        "http.server.HTTPServer((sys.argv[1], int(sys.argv[2])), H).serve_forever()\n"
    )
    monkeypatch.setattr(
        cli, "command", lambda address, port: [sys.executable, "-c", code, address, str(port)]
    )
    monkeypatch.setattr(cli.subprocess, "Popen", Server)
    monkeypatch.setattr(cli.webbrowser, "open", seen.append)
    left, out, _ = run("open")
    assert left == 0
    assert seen == [out.split()[0]]


def test_wildcard_addresses_are_shown_as_loopback():
    assert [cli.shown(text) for text in ("0.0.0.0", "::", "::1", "127.0.0.1")] == [
        "127.0.0.1", "127.0.0.1", "[::1]", "127.0.0.1",
    ]  # fmt: skip


def test_commands_start_without_streamlit():
    code = "import sys, dashboard.cli; print('streamlit' in sys.modules, 'xarray' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_csv_of_the_facade_is_that_of_the_command(run):
    opened = loaders.open_series("caspian-level-dahiti")
    assert run("export", "caspian-level-dahiti", "--out", "-")[1] == loaders.to_csv([opened])
    assert list(csv.reader(io.StringIO(loaders.to_csv([opened]))))
