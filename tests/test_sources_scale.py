"""Many sources at once: all are asked side by side, and one that hangs or fails holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from socket import socket

import pytest

import loaders
from tests import made_up
from tests.loopback import Reply, reply, response, serve, silent

COUNT = 20


@pytest.fixture(autouse=True)
def _sources(tmp_path) -> Iterator[None]:
    with made_up.sources(tmp_path, COUNT):
        yield


def refreshed(monkeypatch, replies: Callable[[int], Reply], **settings: str):
    """The refresh of all sources, each with a server of its own, and what became of each series."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with ExitStack() as stack:
        for number in range(COUNT):
            server = stack.enter_context(serve([replies(number)]))
            monkeypatch.setenv(made_up.variable(number), server.url)
        done = loaders.refresh()
    return done, {result.series: result for part in done.sources for result in part.series}


def test_all_sources_are_asked_at_the_same_time(monkeypatch):
    """No server answers before every other one has been asked as well."""
    everyone = threading.Barrier(COUNT, timeout=20)

    def together(number: int) -> Reply:
        whole = response(made_up.body(number), Content_Type="text/plain")

        def act(connection: socket) -> None:
            everyone.wait()
            connection.sendall(whole)

        return act

    done, found = refreshed(monkeypatch, together)
    assert [part.source for part in done.sources] == [made_up.name(number) for number in range(COUNT)]
    assert {result.outcome for result in found.values()} == {"updated"}
    assert len(found) == COUNT
    assert done.exit_code == 0
    assert loaders.open_series("caspian-level-made-7")["value"].values[0] == pytest.approx(-28.28)


def test_a_source_that_hangs_and_one_that_fails_hold_up_no_other(monkeypatch):
    def mixed(number: int) -> Reply:
        if number == 3:
            return silent()
        if number == 5:
            return reply(b"<html><title>Maintenance</title></html>", Content_Type="text/html")
        return reply(made_up.body(number), Content_Type="text/plain")

    done, found = refreshed(monkeypatch, mixed, TWO_SEAS_DEADLINE="4")
    bad = {name: result.error for name, result in found.items() if result.outcome != "updated"}
    assert bad == {"caspian-level-made-3": "TimedOut", "caspian-level-made-5": "NotData"}
    assert done.exit_code == 3
    assert loaders.open_series("caspian-level-made-19")["value"].sizes["time"] == 40


def test_the_made_up_catalogue_is_gone_afterwards(tmp_path):
    inside = set(loaders.catalogue().sources)
    assert inside == {made_up.name(number) for number in range(COUNT)}
    folder = tmp_path / "one"
    folder.mkdir()
    with made_up.sources(folder, 1):
        assert set(loaders.catalogue().sources) == {"made-0"}
    assert set(loaders.catalogue().sources) == inside
