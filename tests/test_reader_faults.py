"""Faults of readers: addresses, periods, a first start, a failing panel, streams, spreadsheets."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import loaders
from dashboard import filters
from dashboard.views.shell import frame
from dashboard.words.text import t
from tests import providers
from tests.conftest import ROOT
from tests.fault_contract import files
from tests.test_app import PAGES, charts_of, explained, html_of, link, turn, visit

SCRIPT = "<script>alert(1)</script>"
DEFAULT = filters.Selection()


# ---- U01, U02: addresses ----------------------------------------------------------------------------------


@pytest.mark.fault("U01")
@pytest.mark.parametrize(
    "value",
    [
        SCRIPT,
        "../../etc/passwd",
        "x" * 500_000,
        "CASPIAN",
        "caspian\0",
        "caspian ",
        "$\\href{javascript:1}{x}$",
    ],
    ids=["script", "path", "half a megabyte", "case", "nul", "blank", "formula"],
)
@pytest.mark.parametrize("name", ["sea", "indicator", "open"])
def test_rule_12_a_hostile_value_gives_the_default_and_is_named_as_text(name, value):
    app = visit("commitments" if name == "open" else "overview", **{name: value})
    assert not app.exception
    (said,) = [one.value for one in app.warning]
    assert len(said) < 300
    assert not set("<>$\\[]`*") & set(said)
    assert dict(app.query_params) == {}
    assert value not in html_of(app)
    assert app.session_state["f_sea"] == "both"


@pytest.mark.fault("U01")
def test_an_address_of_a_megabyte_is_the_default():
    app = visit(sea="x" * 1_000_000)
    assert not app.exception
    assert app.session_state["f_sea"] == "both"
    assert "xxx" not in html_of(app)


@pytest.mark.fault("U01")
def test_a_name_given_twice_is_the_default_and_is_named():
    app = link()
    app.query_params["sea"] = ["aral", "caspian"]
    app.run()
    assert not app.exception
    assert app.warning
    assert app.session_state["f_sea"] == "both"


@pytest.mark.fault("U01")
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from([*filters.FIELDS, "x"]), st.lists(st.text(max_size=80), max_size=3)))
def test_rule_12_whatever_stands_in_an_address_an_id_of_the_catalogue_is_chosen(params):
    known = filters.choices(loaders.catalogue())
    chosen, _ = filters.read(params, known)
    assert chosen.sea in filters.SEAS
    assert chosen.indicator in ("", *loaders.catalogue().indicators)
    assert chosen.source in ("", *loaders.catalogue().sources)


@pytest.mark.fault("U02")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020-01", "2010-01"),
        ("2190-01", ""),
        ("", "1200-01"),
        ("2019-03", "2019-03"),
        ("NaN", "inf"),
        ("NaT", "0"),
    ],
    ids=["reversed", "future", "past", "month", "nan", "nat"],
)
def test_a_period_without_sense_or_data_is_explained(page, start, end):
    app = link(**{name: value for name, value in (("from_", start), ("to", end)) if value})
    turn(app, page)
    assert not app.exception
    assert not app.error
    assert charts_of(app) or explained(app) or app.warning or page in ("commitments", "data")


# ---- U05: first start -------------------------------------------------------------------------------------


@pytest.mark.fault("U05")
def test_a_first_start_without_cache_and_network_shows_the_embedded_figures(contract, monkeypatch):
    providers.unplug(monkeypatch)
    assert files() == {}
    ran = contract.command("refresh", "--source", "gwm", "--source", "world-bank")
    assert ran.code == 4
    assert "Traceback" not in ran.err
    lines = ran.err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["gwm", "world-bank"]
    assert all("; kept none; " in line and len(line) <= 200 for line in lines)
    table = contract.data_page().dataframe[0].value
    assert set(table[t("data.col_state")]) == {t("state.baseline")}
    assert "caspian-level-dahiti" in set(table[t("data.col_series")])
    app = visit()
    assert charts_of(app)
    assert t("chart.embedded") in " ".join(chart.proto.spec for chart in charts_of(app))


# ---- U06: a failing panel ---------------------------------------------------------------------------------

SECRET = "Zq7-secret-in-a-message-Zq7"


def broken(*given, **named):
    raise RuntimeError(SECRET)


@pytest.mark.fault("U06")
def test_rule_17_a_panel_that_fails_leaves_the_others_and_tells_no_secret(monkeypatch, caplog):
    from dashboard.sentences import cards

    whole = len(charts_of(visit()))
    monkeypatch.setattr(cards, "card", broken)
    app = visit()
    assert {one.value for one in app.error} == {t("panel.failed")}
    assert not app.exception
    assert len(charts_of(app)) == whole
    assert t("footer.cannot") in html_of(app)
    assert SECRET not in str(app.main) + html_of(app)
    assert SECRET in caplog.text
    caplog.clear()


@pytest.mark.fault("U06")
@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_fails_as_a_whole_keeps_navigation_and_footer(page, monkeypatch, caplog):
    monkeypatch.setattr(frame, "frame", broken)
    app = visit(page)
    assert [one.value for one in app.error] == [t("panel.failed")]
    assert not app.exception
    assert t("footer.cannot") in html_of(app)
    assert SECRET not in html_of(app)
    caplog.clear()


# ---- U07: streams -----------------------------------------------------------------------------------------


@pytest.mark.fault("U07")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "</dev/null >&-"])
def test_a_refresh_with_closed_streams_does_its_work(contract, closed):
    contract.begin()
    contract.served.relative[270][5] += 0.02
    contract.served.status["/gwm/timeseries/lake000275"] = 404
    line = f"{sys.executable} -m loaders refresh --source gwm {closed}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done
    assert "Traceback" not in done.stderr
    assert loaders.status()["series"]
    assert files() != contract.before


@pytest.mark.fault("U07")
@pytest.mark.parametrize("words", [["list"], ["status"], ["assess"], ["refresh", "--source", "x"]])
def test_a_terminal_that_knows_ascii_alone_gets_question_marks(words):
    env = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    program = [sys.executable, "-m", "dashboard.cli", *words]
    done = subprocess.run(program, cwd=ROOT, env=env, capture_output=True, check=False)
    assert done.returncode == (2 if "x" in words else 0), done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout.isascii()
    assert done.stderr.isascii()


# ---- U08: spreadsheets ------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\tx", "\rx", "x\r=1+1", "x\n=1+1"]


@pytest.mark.fault("U08")
@pytest.mark.parametrize("text", FORMULAS)
def test_rule_11_no_cell_of_a_download_is_a_formula_and_numbers_stay_numbers(text):
    level = loaders.open_series("caspian-level-dahiti").copy(deep=True)
    level["note"] = ("time", np.array([text] * level.sizes["time"]))
    level.attrs["title"] = text
    data = loaders.to_csv([level])
    lines = data.split("\n")
    head = [line for line in lines if line.startswith("#")]
    assert any(line.startswith("# unit: m") for line in head)
    assert any(line.startswith("# datum: ") and len(line) > 12 for line in head)
    body = list(csv.DictReader(io.StringIO("\n".join(lines[len(head) :]), newline="")))
    assert len(body) > 1000
    for row in body:
        assert float(row["value"]) < 0
        assert not row["note"].startswith(("=", "+", "-", "@", "\t", "\r"))
