"""Questions that need a key, a POST, or several steps: what is sent, to whom, and what is never told."""

from __future__ import annotations

import json
import time

import pytest

from loaders.errors import HttpStatus, LoadError, TimedOut, Unreachable, UnsafeRedirect
from loaders.tables.schema import Source
from loaders.transport import http
from loaders.transport.question import Request
from tests.loopback import reply, serve

KEY = "marker-key-5f0c&x"
BODY = b'{"data": [1]}'


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("TWO_SEAS_MADE_UP_KEY", KEY)
    monkeypatch.setattr(http, "FIRST_WAIT", 0.01)
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def source(key_in: str | None = None, **changes) -> Source:
    row = {"id": "made-up", "label": "Made up", "licence": "none", "citation": "none", "key_in": key_in}
    row |= {"url": "https://data.example.org/v1/", "hosts": ("data.example.org", "files.example.org")}
    return Source.model_validate(row | {"key_needed": True} | changes)


def ask(server, request: Request, key_in: str | None = None, *, seconds: float = 3.0):
    deadline = time.monotonic() + seconds
    return http.get(source(key_in), request, base=server.url, validators={"ETag": "x"}, deadline=deadline)


# ---- keys ------------------------------------------------------------------------------------------------


def test_a_key_goes_into_the_header_the_catalogue_names():
    with serve([reply(BODY)]) as server:
        answer = ask(server, Request("thing", ("one",)), "header X-Api-Key")
        assert server.header("X-Api-Key") == KEY
        assert KEY not in server.path() + answer.url


def test_a_key_goes_into_the_query_and_not_into_the_address_that_is_kept():
    with serve([reply(BODY)]) as server:
        answer = ask(server, Request("thing?a=1", ("one",)), "query api_key")
        assert server.path() == "/thing?a=1&api_key=marker-key-5f0c%26x"
        assert answer.url == server.url + "thing?a=1"


def test_a_key_goes_into_the_body_of_a_post():
    with serve([reply(BODY)]) as server:
        answer = ask(server, Request("thing/", ("one",), body='{"dahiti_id": 39}'), "body api_key")
        head = server.heads[0]
        assert head.startswith("POST /thing/ ")
        assert server.header("Content-Type") == "application/json"
        assert server.header("If-None-Match") is None
        assert int(server.header("Content-Length") or 0) == len(json.dumps({"api_key": KEY, "dahiti_id": 39}))
        assert answer.body == BODY


def test_a_key_stays_with_its_host(monkeypatch):
    sent = []
    monkeypatch.setattr(
        http, "_send", lambda session, url, headers, body, deadline: sent.append((url, headers))
    )
    session, listed = object(), source("header X-Api-Key")
    for target in ("https://files.example.org/file.zip", "https://data.example.org/file.zip"):
        with pytest.raises(AttributeError):  # no response comes back from here
            http._open(session, listed, Request(target, ()), "https://data.example.org/v1/", {}, 1e12)
    assert sent == [
        ("https://files.example.org/file.zip", {}),
        ("https://data.example.org/file.zip", {"X-Api-Key": KEY}),
    ]


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example.org/a", "http://files.example.org/a", "https://x@files.example.org/a"],
)
def test_a_whole_address_must_be_one_of_the_source(target):
    with serve([reply(BODY)]) as server, pytest.raises(UnsafeRedirect):
        ask(server, Request(target, ("one",)))
    assert server.hits == 0


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "500 Server Error"])
@pytest.mark.parametrize("key_in", ["header X-Api-Key", "query api_key", "body api_key"])
def test_no_error_tells_the_key(status, key_in):
    said = f'{{"message": "the key {KEY} is not known"}}'.encode()
    body = "{}" if key_in.startswith("body") else ""
    with serve([reply(said, status)]) as server, pytest.raises(HttpStatus) as raised:
        ask(server, Request("thing", ("one",), body=body), key_in)
    assert KEY not in str(raised.value)
    if status[0] == "4":
        assert "TWO_SEAS_MADE_UP_KEY" in str(raised.value)


def test_a_key_with_a_line_break_is_refused_without_being_told(monkeypatch):
    monkeypatch.setenv("TWO_SEAS_MADE_UP_KEY", "a\nb")
    with serve([reply(BODY)]) as server, pytest.raises(Unreachable, match="TWO_SEAS_MADE_UP_KEY") as raised:
        ask(server, Request("thing", ("one",)), "header X-Api-Key")
    assert "a b" not in str(raised.value)
    assert server.hits == 0


def test_what_was_posted_is_not_sent_on_to_another_place():
    with serve([reply(b"", "307 Temporary Redirect", Location="/other")]) as server:
        with pytest.raises(UnsafeRedirect, match="redirected"):
            ask(server, Request("thing", ("one",), body="{}"), "body api_key")
        assert server.hits == 1


# ---- several calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["404 Not Found", "400 Bad Request", "410 Gone"])
def test_the_other_path_is_asked_where_the_first_is_gone(status):
    with serve([reply(b"no", status), reply(BODY)]) as server:
        answer = ask(server, Request("v3/thing", ("one",), instead="v2/thing"))
        assert [server.path(0), server.path(1)] == ["/v3/thing", "/v2/thing"]
        assert answer.body == BODY


def test_the_other_path_is_not_asked_where_the_key_is_refused():
    with serve([reply(b"no", "403 Forbidden")]) as server:
        with pytest.raises(HttpStatus):
            ask(server, Request("v3/thing", ("one",), instead="v2/thing"))
        assert server.hits == 1


def test_an_order_that_was_taken_is_an_answer_of_a_step_only():
    taken = [reply(BODY, "201 Created")]
    with serve(taken) as server:
        assert ask(server, Request("order", ("one",), body="{}", step=True)).body == BODY
    with serve(taken) as server, pytest.raises(LoadError):
        ask(server, Request("order", ("one",), body="{}"))


def test_a_wait_that_does_not_fit_ends_before_it_begins():
    with serve([reply(BODY)]) as server, pytest.raises(TimedOut, match="still at work"):
        ask(server, Request("job", ("one",), wait=5.0), seconds=1.0)
    assert server.hits == 0


def test_two_questions_at_one_path_have_two_names():
    first, second = (Request("level/", (), body=f'{{"dahiti_id": {number}}}') for number in (39, 40))
    assert first.name != second.name
    assert Request("level/", ()).name == "level/"
