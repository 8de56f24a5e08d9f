"""The five things that every fault must keep, asserted on the real refresh command and the real page.

A test asks for the fixture ``contract``, starts it with ``contract.begin()`` (a refresh that stores good data
of a victim and of a healthy source), makes the fault, and calls one of

``contract.source_fails(*words, error=...)``   the victim's answer is at fault
``contract.cache_fails(*words)``               the cache cannot be used

with words that must stand in the one line on standard error.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import loaders
from dashboard import cli
from dashboard.words.text import day, t
from loaders.cache import location, store
from loaders.cli import commands
from loaders.pipeline.results import RefreshReport, SeriesResult, SourceResult
from tests.conftest import ROOT
from tests.providers import Providers

APP = str(ROOT / "dashboard" / "app.py")
MARKER = "Zq7-marker-of-a-key-Zq7"
LIMIT = 200
LIVE = ("fresh", "stale", "silent")
LOCKS = ("refresh.lock", "refresh.json")


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass
class Contract:
    served: Providers
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture
    victim: str = "gwm"
    other: str = "world-bank"
    reports: list[RefreshReport] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    entries: dict[str, dict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        genuine = loaders.refresh

        def spied(*given, **named) -> RefreshReport:
            self.reports.append(genuine(*given, **named))
            return self.reports[-1]

        self.monkeypatch.setattr(loaders, "refresh", spied)

    # ---- acts ---------------------------------------------------------------------------------------------

    def begin(self, *, victim: str = "gwm", other: str = "world-bank") -> None:
        """Store good data of both sources, and remember every stored byte."""
        self.victim, self.other = victim, other
        name = f"TWO_SEAS_{victim.upper().replace('-', '_')}_KEY"
        self.monkeypatch.setenv(name, MARKER)
        ran = self.refresh()
        assert (ran.code, ran.err) == (0, ""), ran
        self.remember()

    def remember(self) -> None:
        self.before, self.entries = files(), store.entries()

    def refresh(self, *more: str) -> Ran:
        return self.command("refresh", "--source", self.victim, "--source", self.other, *more)

    def command(self, *words: str) -> Ran:
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            commands.run(cli.app, "two-seas", list(words))
        said = self.capsys.readouterr()
        return Ran(int(left.value.code or 0), said.out, said.err)

    def other_moves(self) -> None:
        """The healthy source has something new, so that its going on can be seen."""
        if self.other == "world-bank":
            self.served.emissions["KAZ"][2024] += 1.0
        else:
            self.served.relative[270][5] += 0.01

    # ---- the five assertions ------------------------------------------------------------------------------

    def source_fails(self, *words: str, error: str | None, outcome: str = "failed", code: int = 3) -> Ran:
        """The victim fails (or is held) with ``error`` and nothing else changes; gives what was printed."""
        self.other_moves()
        begun = datetime.now(UTC).replace(microsecond=0)
        ran = self.refresh()
        done = {part.source: part for part in self.reports[-1].sources}
        hurt = [one for one in done[self.victim].series if one.outcome in ("failed", "held")]
        assert hurt, ran
        assert {one.outcome for one in hurt} == {outcome}, ran
        assert error is None or {one.error for one in hurt} == {error}, ran
        kept = max(self.entries[one.series]["newest"] for one in hurt)
        self.one_line(ran, self.victim, kept, words)
        self.kept(hurt)
        self.page(hurt, begun)
        self.others_go_on(done[self.other], ran)
        assert ran.code == code, ran
        self.tells_no_key(ran)
        return ran

    def cache_fails(self, *words: str, code: int = 5) -> Ran:
        """The command ends at once: nothing is stored, nothing is lost, and the page reads what there is."""
        before, newest = files(), loaders.status()["newest"]
        ran = self.refresh()
        self.one_line(ran, "cache", newest, words)
        assert ran.out == ""
        assert ran.code == code, ran
        after = files()
        assert before.items() <= after.items()
        assert not [name for name in after if ".two-seas-part-" in name]
        app = self.data_page()
        assert newest[:4] in str(app.dataframe[0].value[t("data.col_newest")].tolist())
        self.tells_no_key(ran)
        return ran

    def recovers(self) -> None:
        """Without the fault the next refresh succeeds, unaided, with every series of both sources."""
        self.other_moves()
        ran = self.refresh()
        assert (ran.code, ran.err) == (0, ""), ran
        for one in self.entries:
            assert loaders.open_series(one).attrs["origin"] == "live"
        self.tells_no_key(ran)

    def one_line(self, ran: Ran, source: str, kept: str, words: tuple[str, ...]) -> None:
        """``SOURCE: what happened; kept data of DATE; try X`` and no traceback."""
        assert "Traceback" not in ran.out + ran.err
        (line,) = ran.err.splitlines()
        assert len(line) <= LIMIT, line
        assert re.fullmatch(rf"{source}: \S.*; kept data of {kept}; \w.*", line), line
        for word in words:
            assert word in line, line

    def kept(self, hurt: list[SeriesResult]) -> None:
        """Manifest entry, series file and raw files of each hurt series are what they were."""
        now, raw = store.entries(), store.raw_entries().get(self.victim, {})
        after = files()
        for one in hurt:
            entry = self.entries[one.series]
            assert now[one.series] == entry
            name = f"series/{entry['sha256']}.nc"
            assert after[name] == self.before[name]
            served = [item["sha256"] for item in raw.values() if one.series in item["series"]]
            assert served
            for sha256 in served:
                name = f"raw/{self.victim}/{sha256}.gz"
                assert after[name] == self.before[name]

    def others_go_on(self, other: SourceResult, ran: Ran) -> None:
        """The healthy source brought what it has new, and that is stored."""
        now = store.entries()
        fresh = [one.series for one in other.series if one.outcome == "updated"]
        assert fresh, ran
        assert not other.count("failed"), ran
        for series in fresh:
            assert now[series]["sha256"] != self.entries[series]["sha256"]

    def page(self, hurt: list[SeriesResult], begun: datetime) -> None:
        """The Data page shows the kept data with their age, and the attempt with its result."""
        app = self.data_page()
        series = app.dataframe[0].value.set_index(t("data.col_series"))
        for one in hurt:
            assert series.loc[one.series, t("data.col_state")] in {t(f"state.{word}") for word in LIVE}
            assert series.loc[one.series, t("data.col_steps")] >= 0
        html = " ".join(block.proto.body for block in app.get("html"))
        name = escape(loaders.catalogue().sources[self.victim].label)
        below = html[html.index(escape(t("data.sources_deck"))) :]
        line = below[below.index(name) :].split("ts-row")[0]
        assert t(f"data.result_{hurt[0].outcome}") in line
        assert day(np.datetime64(f"{begun:%Y-%m-%d}")) in line
        assert f"{len(hurt)} {hurt[0].outcome}" in line

    def data_page(self) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60).switch_page("views/data.py").run()
        assert not app.exception
        assert not app.error
        return app

    def tells_no_key(self, ran: Ran) -> None:
        """The marker key stands in nothing that was printed, kept or shown."""
        assert MARKER not in ran.out + ran.err
        for path in location.folder().rglob("*"):
            assert MARKER not in path.name
            assert not path.is_file() or MARKER.encode() not in plain(path)
        page = self.data_page()
        shown = [str(page.dataframe[number].value.to_dict()) for number in range(len(page.dataframe))]
        assert MARKER not in " ".join([*shown, *(block.proto.body for block in page.get("html"))])


def plain(path) -> bytes:
    """The bytes of a file, unpacked."""
    import gzip

    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def files() -> dict[str, str]:
    """The sha256 of every file of the cache but the lock's."""
    home = location.folder()
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name not in LOCKS
    }
