"""The harness of the faults: a plain fault passes it, and it goes red where one of the five is not kept."""

from __future__ import annotations

import pytest

from loaders.cache import location, store
from loaders.cli import printing
from loaders.pipeline import report, storing
from loaders.pipeline.results import RefreshReport
from tests.loopback import reply, serve

GONE = reply(b"gone", "404 Not Found")


def fails(contract, monkeypatch):
    with serve([GONE]) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        return contract.source_fails("no longer exists", error="HttpStatus")


@pytest.mark.fault("N18")
def test_a_plain_fault_keeps_the_contract(contract, monkeypatch):
    contract.begin()
    assert "gwm: 5 failed" in fails(contract, monkeypatch).out
    monkeypatch.undo()


def says_more(monkeypatch):
    monkeypatch.setattr(printing, "error", lambda line: print(line, line, sep="\n", file=printing.sys.stderr))


def says_no_date(monkeypatch):
    monkeypatch.setattr(report, "_kept_until", lambda newest: "kept data")


def loses_a_file(monkeypatch):
    genuine = storing.store_results

    def act(*given):
        genuine(*given)
        for entry in store.entries().values():
            (location.folder() / "series" / f"{entry['sha256']}.nc").write_bytes(b"")

    monkeypatch.setattr(storing, "store_results", act)


def hides_the_attempt(monkeypatch):
    monkeypatch.setattr(store, "write_attempts", lambda found: None)


def stops_the_others(monkeypatch):
    monkeypatch.setattr(storing, "store_results", lambda *given: None)


def leaves_with_another_code(monkeypatch):
    monkeypatch.setattr(RefreshReport, "exit_code", property(lambda done: 0))


@pytest.mark.parametrize(
    "harm",
    [says_more, says_no_date, loses_a_file, hides_the_attempt, stops_the_others, leaves_with_another_code],
)
def test_harness_sees_each_of_the_five_broken(contract, monkeypatch, harm):
    contract.begin()
    harm(monkeypatch)
    with pytest.raises((AssertionError, ValueError, KeyError)):
        fails(contract, monkeypatch)
