"""Every fault of a transfer (N01 to N29) through the refresh command, with the five things it must keep."""

from __future__ import annotations

import json
import socket
import ssl
import time

import pytest
import trustme

import loaders
from loaders.tables.catalogue import catalogue
from loaders.transport import http
from tests import fault_server, golden_messages, more_providers
from tests.fault_contract import MARKER
from tests.fault_server import REPLIES, closed_port, faulty, good, redirect
from tests.loopback import Reply, reply, serve

SECONDS = 2.0
MOST_HITS = 3 * 5  # three tries for each of the five lakes
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "ssl_cert_file")


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(http, "FIRST_WAIT", 0.01)
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def lakes(served) -> list[Reply]:
    """The lake files as well served, in the order in which they are asked for."""
    rows = [row for row in catalogue().series.values() if row.source == "gwm"]
    return [good(served.lake(int(row.provider["lake_id"]))) for row in rows]


def case(fault: str, name: str, error: str, *words: str, hits: int = MOST_HITS):
    return pytest.param(name, error, words, hits, marks=pytest.mark.fault(fault), id=f"{fault}-{name}")


BROKEN = [
    case("N02", "reset_before_headers", "Unreachable", "broken off", "check the connection", hits=6),
    case("N02", "closed_without_a_word", "Unreachable", "broken off", hits=6),
    case("N03", "reset_in_the_body", "Truncated", "before the whole answer was there"),
    case("N04", "shorter_than_announced", "Truncated", "before the whole answer was there"),
    case("N05", "chunks_without_end", "Truncated", "before the whole answer was there"),
    case("N05", "cut_chunk", "Truncated", "before the whole answer was there"),
    case("N07", "gzip_cut_with_its_own_length", "Truncated", "ends early"),
    case("N07", "gzip_cut_without_length", "Truncated", "ends early"),
    case("N07", "gzip_cut_in_whole_chunks", "Truncated", "ends early"),
    case("N08", "gzip_garbage", "BadFormat", "damaged", hits=5),
    case("N08", "encoding_not_asked_for", "BadFormat", "'br'", hits=5),
    case("N09", "gzip_bomb", "TooLarge", "more than the 8,000,000 bytes", hits=5),
    case("N10", "endless_body", "TooLarge", "more than the 2,000,000 bytes", hits=5),
    case("N10", "announced_too_large", "TooLarge", "announced 100,000,000,000 bytes", hits=5),
    case("N15", "unavailable_for_a_day", "HttpStatus", "HTTP 503", "asks to wait 86400 s", hits=2),
    case("N16", "asked_too_often", "HttpStatus", "HTTP 429", "asked too often", hits=3),
    case("N17", "broken_inside", "HttpStatus", "HTTP 500", "server failed", "later", hits=6),
    case("N18", "not_found", "HttpStatus", "HTTP 404", "address no longer exists", "check-live", hits=5),
    case("N18", "gone", "HttpStatus", "HTTP 410", "address no longer exists", hits=5),
    case("N20", "partial", "NotData", "HTTP 206", "only a part", hits=5),
    case("N21", "empty", "NotData", "empty answer", hits=5),
    case("N21", "blank", "NotData", "empty answer", hits=5),
    case("N21", "no_content", "NotData", "HTTP 204", hits=5),
    case("N22", "maintenance_page", "NotData", "web page", "Down for maintenance", hits=5),
    case("N22", "bot_wall", "NotData", "web page", "Just a moment...", hits=5),
    case("N22", "page_with_control_characters", "NotData", "Closed [31m scriptalert(1)/script", hits=5),
    case("N23", "redirect_to_itself", "UnsafeRedirect", "more than 5 times", hits=30),
    case("N26", "garbage_status_line", "Unreachable", "broken off", hits=6),
    case("N26", "header_of_100_kilobytes", "Unreachable", "broken off", hits=6),
    case("N26", "five_hundred_headers", "Unreachable", "broken off", hits=6),
    case("N29", "not_modified", "NotData", "HTTP 304", "nothing is stored", hits=5),
]


@pytest.mark.parametrize(("name", "error", "words", "hits"), BROKEN)
def test_a_transfer_fault_keeps_the_contract(contract, monkeypatch, request, name, error, words, hits):
    contract.begin()
    with faulty(REPLIES[name], contract.served.lake(270)) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        ran = contract.source_fails(*words, error=error)
        assert 0 < server.hits <= hits
    golden_messages.require(request.node.callspec.id, ran.err)


SLOW = [
    case("N11", "no_answer", "TimedOut", "in time", "TWO_SEAS_DEADLINE"),
    case("N12", "dripping_body", "TimedOut", "in time"),
    case("N13", "dripping_headers", "TimedOut", "in time"),
]


@pytest.mark.parametrize(("name", "error", "words", "hits"), SLOW)
def test_a_slow_source_ends_with_its_deadline(contract, monkeypatch, name, error, words, hits):
    """The deadline and two seconds for the request; the rest is the healthy source and two pages."""
    contract.begin()
    monkeypatch.setenv("TWO_SEAS_DEADLINE", str(SECONDS))
    spent: list[float] = []
    genuine = loaders.refresh

    def timed(*given, **named):
        begun = time.monotonic()
        done = genuine(*given, **named)
        spent.append(time.monotonic() - begun)
        return done

    monkeypatch.setattr(loaders, "refresh", timed)
    with faulty(REPLIES[name], contract.served.lake(270)) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        contract.source_fails(*words, error=error)
    assert spent[0] > SECONDS - 0.1
    assert spent[0] < SECONDS + 2


@pytest.mark.fault("N01")
def test_n01_nobody_at_the_port_and_no_such_name(contract, monkeypatch):
    contract.begin()
    with closed_port() as nobody:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", nobody)
        contract.source_fails("no connection to 127.0.0.1: refused", error="Unreachable")

    def unknown(*given, **named):
        raise socket.gaierror(-2, "Name or service not known")

    contract.remember()
    monkeypatch.setattr("urllib3.util.connection.socket.getaddrinfo", unknown)
    contract.other_moves = lambda: None
    ran = contract.command("refresh", "--source", "gwm")
    contract.one_line(
        ran, "gwm", contract.entries["caspian-level-gwm"]["newest"], ("its name was not found",)
    )
    assert ran.code == 4


@pytest.mark.fault("N02")
@pytest.mark.fault("N03")
@pytest.mark.fault("N14")
@pytest.mark.parametrize("name", ["reset_before_headers", "reset_in_the_body", "unavailable"])
def test_n14_two_bad_answers_and_a_good_one_are_a_success(contract, monkeypatch, name):
    contract.begin()
    bad = REPLIES[name](contract.served.lake(270))
    with serve([bad, bad, *lakes(contract.served)]) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        ran = contract.refresh()
        assert server.hits == 2 + 5
    assert (ran.code, ran.err) == (0, "")
    assert "gwm: 5 unchanged" in ran.out


@pytest.mark.fault("N06")
@pytest.mark.parametrize("name", ["cut_without_length", "cut_with_its_own_length"])
def test_n06_a_cut_that_nothing_on_the_wire_tells(contract, monkeypatch, name):
    """A text of one piece says so; a table of lines is a shorter history, which is held."""
    contract.begin(victim="world-bank", other="gwm")
    whole = json.dumps([{"page": 1, "pages": 1}, [{"countryiso3code": "KAZ"}] * 50]).encode()
    with faulty(REPLIES[name], whole) as server:
        monkeypatch.setenv("TWO_SEAS_WORLD_BANK_URL", server.url)
        contract.source_fails("ends early", error="Truncated")


@pytest.mark.fault("N06")
@pytest.mark.fault("N27")
@pytest.mark.parametrize("name", ["cut_without_length", "bytes_after_the_body"])
def test_n06_half_of_a_table_is_held_as_lost_history(contract, monkeypatch, name):
    contract.begin()
    cut = [REPLIES[name](contract.served.lake(lake)) for lake in _lake_ids()]
    with serve(cut) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        contract.source_fails("stored values are missing", "--accept", error="QcHeld", outcome="held")


@pytest.mark.fault("N27")
def test_n27_an_impossible_length_is_no_reason_to_refuse_whole_data(contract, monkeypatch):
    contract.begin()
    replies = [fault_server.negative_length(contract.served.lake(lake)) for lake in _lake_ids()]
    with serve(replies) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        ran = contract.refresh()
    assert (ran.code, ran.err) == (0, "")
    contract.remember()
    with faulty(fault_server.negative_length, b"Lake 270\nno such thing\n") as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        contract.source_fails("not a lake file", error="NotData")


@pytest.mark.fault("N19")
@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_n19_a_refused_key_is_named_and_never_shown(contract, httpserver, monkeypatch, caplog, status):
    """The server repeats the key that it refuses."""
    more_providers.add(contract.served, monkeypatch, httpserver.url_for("").rstrip("/"))
    contract.begin(victim="cds", other="world-bank")
    echo = json.dumps({"detail": f"the token {MARKER} is not valid"}).encode()
    with serve([reply(echo, status)]) as server:
        monkeypatch.setenv("TWO_SEAS_CDS_URL", server.url)
        contract.source_fails("TWO_SEAS_CDS_KEY", "***", error="HttpStatus")
        assert server.header("PRIVATE-TOKEN") == MARKER
    assert MARKER not in caplog.text


@pytest.mark.fault("N24")
def test_n24_a_redirect_elsewhere_is_refused_and_nobody_is_asked_there(contract, monkeypatch):
    contract.begin()
    with serve([reply(b"secret of the house")]) as inner:
        targets = (
            "http://169.254.169.254/latest/meta-data",
            f"http://127.0.0.1:{inner.port}/",
            "https://elsewhere.example.org/",
            "http://data.example.org/",
            "file:///etc/passwd",
        )
        for target in targets:
            with faulty(redirect(target), b"") as server:
                monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
                contract.source_fails("redirected to", "no address of this source", error="UnsafeRedirect")
                assert server.hits == 5
            contract.remember()
        assert inner.hits == 0


@pytest.mark.fault("N25")
@pytest.mark.parametrize("name", ["127.0.0.1", "other.example.org"])
def test_n25_a_bad_certificate_is_named(contract, monkeypatch, tmp_path, name):
    """Once of an authority that nobody knows, once of a known one for another host."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    contract.begin()
    if name != "127.0.0.1":
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with serve(lakes(contract.served), tls=context) as server:
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        contract.source_fails("certificate of 127.0.0.1 is not accepted", error="Unreachable")
        assert server.hits == 0


@pytest.mark.fault("N28")
def test_n28_a_dead_proxy_is_named_by_its_variable(contract, monkeypatch):
    contract.begin()
    monkeypatch.setenv("NO_PROXY", "localhost")
    with closed_port() as nobody, serve(lakes(contract.served)) as server:
        monkeypatch.setenv("HTTP_PROXY", nobody.replace("http://", f"http://user:{MARKER}@"))
        monkeypatch.setenv("TWO_SEAS_GWM_URL", server.url)
        contract.source_fails("proxy named in HTTP_PROXY", error="Unreachable")
        assert server.hits == 0


@pytest.mark.fault("N29")
def test_n29_force_sends_no_conditions(contract):
    contract.begin()
    contract.served.conditional.clear()
    assert contract.refresh("--force").code == 0
    assert contract.served.conditional == []
    assert contract.refresh().code == 0
    assert contract.served.conditional


def test_every_kind_of_answer_is_a_fault_of_the_table():
    apart = {
        "cut_without_length", "cut_with_its_own_length", "unavailable", "unauthorised", "forbidden",
        "negative_length", "bytes_after_the_body",
    }  # fmt: skip
    assert {param.values[0] for param in [*BROKEN, *SLOW]} == set(REPLIES) - apart


def _lake_ids() -> list[int]:
    return [int(row.provider["lake_id"]) for row in catalogue().series.values() if row.source == "gwm"]
