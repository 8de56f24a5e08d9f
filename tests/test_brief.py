"""The printable brief: one sheet for each sea, everything inside the file, the same words as the pages."""

from __future__ import annotations

import re
import subprocess
import sys
from html import escape

import numpy as np
import pytest

from dashboard.export.brief import document
from dashboard.filters import Selection, matching
from dashboard.readings.finding import finding
from dashboard.sentences.headline import answer
from dashboard.series.comparison import Comparison
from dashboard.series.snapshot import speaking
from dashboard.words import text
from dashboard.words.text import t
from tests.conftest import ROOT
from tests.shots import BODIES, baseline

TODAY = np.datetime64("2026-11-24", "D")
SEAS = ("caspian", "aral")


def shell(page: str) -> str:
    """The page without plotly's own script."""
    return re.sub(r"<script>.*?</script>", "", page, count=1, flags=re.DOTALL)


@pytest.fixture(scope="module")
def page() -> str:
    return shell(document(baseline(), SEAS, TODAY))


def test_one_sheet_for_each_sea(page):
    assert page.count('<section class="sheet">') == 2
    assert shell(document(baseline(), ("aral",), TODAY)).count('<section class="sheet">') == 1


def test_headline_is_that_of_the_overview(page):
    for sea in SEAS:
        rows = matching(Selection(sea=sea), baseline().rows())
        water = [row for row in rows if row.indicator in ("level", "area", "volume")]
        mine = [body for body in BODIES if any(row.place == body for row in water)]
        found = [finding(baseline(), body, Comparison(), water) for body in mine]
        assert escape(answer(found, Comparison(), baseline())) in page


def test_every_chart_has_its_own_place_its_words_and_its_credit(page):
    places = re.findall(r'<div id="(chart-[^"]+)"', page)
    assert len(places) == len(set(places)) == 7  # a water body and two more; two water bodies and two more
    assert page.count("Plotly.newPlot(") == 7
    assert page.count('<figure role="img" aria-label="') == 7
    assert page.count("Data: ") == 7


def test_nothing_is_asked_from_anywhere(page):
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!data:|https://[^"]*" target="_blank")', page)
    assert not re.search(r"url\((?!data:)|@import", page)


def test_readings_sources_and_state_are_named(page):
    for words in (t("overview.strip_title"), t("brief.cannot"), t("brief.licence"), baseline().cache_id):
        assert escape(words) in page
    for name in ("delivery", "condition", "pathway"):
        assert escape(t(f"overview.col_{name}")) in page
    assert escape(t("fixed.caspian")) in page
    assert escape(t("fixed.aral")) in page


@pytest.mark.parametrize("lang", text.languages())
def test_page_speaks_each_language_and_says_what_is_a_draft(lang):
    with text.speaking(lang):
        made = shell(document(speaking(baseline(), lang), ("aral",), TODAY))
        assert f'<html lang="{lang}">' in made
        assert (escape(t("app.draft")) in made) is (lang != text.DEFAULT)
        assert escape(t("overview.strip_title")) in made


def run(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "dashboard.cli", "brief", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def test_command_writes_the_file_and_prints_its_path(tmp_path):
    target = tmp_path / "brief.html"
    done = run("--sea", "caspian", "--out", str(target))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{target}\n", "")
    assert target.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--sea", "black", "--out", "x.html"), "caspian, aral"),
        (("--lang", "xx", "--out", "x.html"), "en"),
        ((), "--out"),
        (("--out", "{folder}"), "cannot write"),
        (("--out", "{folder}/none/x.html"), "cannot write"),
    ],
)
def test_wrong_arguments_are_one_line_and_code_2(arguments, word, tmp_path):
    done = run(*(one.replace("{folder}", str(tmp_path)) for one in arguments))
    assert done.returncode == 2
    assert done.stdout == ""
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1
