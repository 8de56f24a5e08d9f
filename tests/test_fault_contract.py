"""The harness itself: a plain fault passes it, and it goes red where one of the five things is not kept."""

from __future__ import annotations

import pytest

from loaders import store
from tests.loopback import reply, serve


def test_a_plain_fault_keeps_the_contract(contract, monkeypatch):
    contract.begin()
    with serve([reply(b"gone", "404 Not Found")]) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        ran = contract.source_fails("no longer exists", error="HttpStatus")
    assert "gwm: 5 failed" in ran.out
