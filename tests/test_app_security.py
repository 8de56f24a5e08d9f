"""The security rules of the dashboard, one test each; the server is a real one on loopback."""

from __future__ import annotations

import ast
import http.client
import os
import stat
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit as st
from websockets.exceptions import InvalidStatus

from loaders.access import opening
from loaders.cache import location, store
from tests import visitors
from tests.conftest import ROOT
from tests.serving import served
from tests.test_app import PAGES, charts_of, html_of, visit

VIEWS = sorted((ROOT / "dashboard").rglob("*.py"))
CONFIG = tomllib.loads((ROOT / "dashboard" / ".streamlit" / "config.toml").read_text("utf-8"))
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>$\\href{javascript:alert(3)}{x}$"
VISITORS = 50
ROUNDS = 10 if os.environ.get("TWO_SEAS_THOROUGH") else 2
MEGABYTES = 1024
# Runs in the server before its script: counts how often the data are loaded.
COUNTING = """
import os
from loaders.access import opening
genuine = opening.open_all
def counted():
    with open(os.environ["COUNT_LOADS"], "a") as file:
        file.write("x")
    return genuine()
opening.open_all = counted
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[tuple]:
    """A dashboard of its own, and the file that counts its loads."""
    home = tmp_path_factory.mktemp("served")
    (home / "sitecustomize.py").write_text(COUNTING)
    count = home / "loads"
    count.write_text("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNT_LOADS", str(count))
        with served(home, path=home) as found:
            yield found, count


def ask(url: str, target: str, **headers: str) -> http.client.HTTPResponse:
    """One request whose path is sent as it stands."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    line.request("GET", target, headers=headers)
    answer = line.getresponse()
    answer.body = answer.read()
    line.close()
    return answer


# ---- text from elsewhere ----------------------------------------------------------------------------------


def calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node


@pytest.fixture
def hostile(monkeypatch):
    """Every text that a series carries is markup with a script in it."""
    genuine = opening.open_all

    def opened():
        made = {}
        for name, dataset in genuine().items():
            texts = dict.fromkeys(("title", "citation", "datum_note", "caveat", "source"), HOSTILE)
            made[name] = dataset.assign_attrs(**texts)
            if "note" in dataset:
                made[name] = made[name].assign(note=dataset["note"].astype(object) * 0 + HOSTILE)
        return made

    monkeypatch.setattr(opening, "open_all", opened)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.mark.parametrize("page", PAGES)
def test_rule_09_and_10_no_markup_from_a_series_reaches_page_or_figure(hostile, page):
    store_attempt = {"attempted_at": "2026-01-01T00:00:00Z", "result": "failed", "message": HOSTILE}
    with store.locked():
        store.write_attempts({"sources": {"gwm": store_attempt}, "series": {}})
    app = visit(page, **({"open": "E4"} if page == "commitments" else {}))
    assert not app.exception
    assert "<img src=x" not in html_of(app)
    assert "<script>alert" not in html_of(app)
    for block in app.markdown:
        assert "<img src=x" not in block.value
    for chart in charts_of(app):
        assert "<img src=x" not in chart.proto.spec
        assert "<script" not in chart.proto.spec
        assert "$\\\\href" not in chart.proto.spec


def test_rule_09_no_page_turns_off_the_escape_of_markup():
    assert len(VIEWS) > 30
    for path in VIEWS:
        text = path.read_text("utf-8")
        assert "unsafe_allow_html" not in text
        assert "unsafe_allow_javascript" not in text
        assert "components.v1" not in text


def test_rule_23_markdown_is_written_by_us_alone():
    seen = 0
    for path in VIEWS:
        for call in calls(path, "markdown"):
            (said,) = call.args
            assert isinstance(said, ast.Call), (path, call.lineno)
            assert ast.unparse(said.func) == "t", (path, call.lineno)
            seen += 1
    assert seen


# ---- the server -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_rule_13_a_foreign_page_gets_no_line(running, origin):
    with pytest.raises(InvalidStatus) as caught:
        visitors.run(visitors.opened(running[0].url, origin))
    assert caught.value.response.status_code == 403


def test_rule_13_the_own_page_gets_a_line_and_only_this_computer_is_listened_to(running):
    assert visitors.run(visitors.visit(running[0].url)).failures == []
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["enableCORS"] is True
    assert CONFIG["server"]["enableXsrfProtection"] is True


def test_rule_14_readme_says_that_public_use_needs_a_proxy(running):
    assert ask(running[0].url, "/", Host="evil.example").status == 200
    said = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert (
        "does not check the host name of a request: before you put it in public, put a proxy in front" in said
    )


def test_rule_15_health_has_its_own_address_and_an_unknown_one_gives_the_index(running):
    health, unknown = ask(running[0].url, "/_stcore/health"), ask(running[0].url, "/nothing/here")
    assert (health.status, health.body) == (200, b"ok")
    assert unknown.status == 200
    assert b"<html" in unknown.body


def test_rule_16_and_17_the_settings_of_the_server_are_the_safe_ones():
    server = CONFIG["server"]
    assert server["maxUploadSize"] == 1
    assert server["maxMessageSize"] <= 50
    assert server["fileWatcherType"] == "none"
    assert server["enableStaticServing"] is False
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"] == {"toolbarMode": "minimal", "showErrorDetails": "none"}
    assert not (ROOT / "dashboard" / "static").exists()
    for path in VIEWS:
        assert not list(calls(path, "file_uploader"))


@pytest.mark.parametrize(
    "target",
    [
        "/app/static/../../../etc/passwd",
        "/app/static/%2e%2e/%2e%2e/etc/passwd",
        "/media/../../etc/passwd",
        "/media/..%2f..%2fetc%2fpasswd",
        "/component/..%2f..%2fetc/passwd",
        "/component/x/../../../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/../../../../etc/passwd",
    ],
)
def test_rule_25_no_path_leads_out_of_the_dashboard(running, target):
    answer = ask(running[0].url, target)
    assert b"root:" not in answer.body
    assert answer.status in (400, 403, 404) or b"<html" in answer.body


@pytest.mark.skipif(sys.platform == "win32", reason="needs the rights of POSIX")
def test_rule_20_everything_in_the_cache_is_for_one_user(contract):
    contract.begin()
    found = list(location.folder().rglob("*"))
    assert len(found) > 20
    for path in found:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


# ---- many visitors ----------------------------------------------------------------------------------------


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / MEGABYTES


@pytest.mark.fault("C05")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_fifty_visitors_at_once_see_whole_pages_of_data_loaded_once(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(COUNTING)
    count = tmp_path / "loads"
    count.write_text("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNT_LOADS", str(count))
        with served(tmp_path, path=tmp_path) as found:
            held = []
            for _ in range(ROUNDS):
                for seen in visitors.together(found.url, VISITORS):
                    assert seen.failures == []
                    assert seen.charts >= 3
                held.append(resident(found.pid))
            assert count.read_text() == "x"
            assert held[-1] - held[0] < 100
            if ROUNDS > 2:
                assert held[-1] - held[2] < 20
            assert ask(found.url, "/_stcore/health").status == 200
