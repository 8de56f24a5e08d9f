"""The transfer layer against a scripted server: faults N01-N08, N10-N15, N18-N25, N28 and N29."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
import tracemalloc
import zlib

import pytest
import trustme

from loaders.errors import (
    BadFormat,
    HttpStatus,
    NotData,
    TimedOut,
    TooLarge,
    Truncated,
    Unreachable,
    UnsafeRedirect,
)
from loaders.tables.schema import Source
from loaders.transport import address as access
from loaders.transport import body as transfer
from loaders.transport import http
from loaders.transport.question import Request
from tests import loopback
from tests.loopback import chunked, drip, endless, reply, response, send, serve, silent, then_reset

BODY = b"line of data\n" * 400
LATER = 3.0
MEGABYTE = 1_000_000


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(http, "FIRST_WAIT", 0.01)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "ssl_cert_file"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def source(**changes) -> Source:
    row = {"id": "made-up", "label": "Made up", "licence": "none", "citation": "none"}
    row |= {"url": "https://data.example.org/v1/", "hosts": ("data.example.org",), "max_bytes": 100_000}
    return Source.model_validate(row | changes)


def fetch(server: loopback.Server, *, seconds: float = LATER, validators=None, headers=None, **changes):
    request = Request("thing.txt", ("one",), headers or {})
    deadline = time.monotonic() + seconds
    return http.get(
        source(**changes), request, base=server.url, validators=validators or {}, deadline=deadline
    )


# ---- base address ----------------------------------------------------------------------------------------


def test_the_catalogue_address_stands_until_the_variable_replaces_it(monkeypatch):
    assert http.base_url(source()) == "https://data.example.org/v1/"
    monkeypatch.setenv("TWO_SEAS_MADE_UP_URL", "http://127.0.0.1:99/mirror")
    assert http.base_url(source()) == "http://127.0.0.1:99/mirror/"
    monkeypatch.setenv("TWO_SEAS_MADE_UP_URL", "https://mirror.example.net")
    assert http.base_url(source()) == "https://mirror.example.net/"


@pytest.mark.parametrize(
    "address",
    [
        "http://data.example.org/v1/",
        "http://10.0.0.5/",
        "http://localhost.example.org/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://someone:secret@data.example.org/",
        "https://[::1/",
        "https://data.example.org:port/",
        "nonsense",
    ],
)
def test_an_unsafe_base_address_is_refused_by_the_name_of_its_variable(monkeypatch, address):
    monkeypatch.setenv("TWO_SEAS_MADE_UP_URL", address)
    with pytest.raises(UnsafeRedirect, match="TWO_SEAS_MADE_UP_URL") as caught:
        http.base_url(source())
    assert "secret" not in str(caught.value)


# ---- a good answer ---------------------------------------------------------------------------------------


def test_an_answer_carries_body_status_address_and_validators():
    with serve([reply(BODY, ETag='"abc"', Last_Modified="Tue, 04 Aug 2026 10:00:00 GMT")]) as server:
        answer = fetch(server)
        assert (answer.body, answer.status, answer.not_modified) == (BODY, 200, False)
        assert answer.url == server.url + "thing.txt"
        assert answer.validators == {"ETag": '"abc"', "Last-Modified": "Tue, 04 Aug 2026 10:00:00 GMT"}
        assert server.header("Accept-Encoding") == "identity"
        assert server.header("User-Agent", 0).startswith("two-seas/")
        assert server.header("If-None-Match") is None


def test_a_chunked_answer_is_put_together():
    with serve([send(response(chunked(b"one\n", b"two\n"), length=None, Transfer_Encoding="chunked"))]) as s:
        assert fetch(s).body == b"one\ntwo\n"


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(BODY), gzip.compress(b"x" * 399_999 + b"\n"), gzip.compress(BODY) + gzip.compress(BODY)],
    ids=["plain", "much larger than a piece", "two members"],
)
def test_gzip_that_nobody_asked_for_is_undone(packed):
    with serve([reply(packed, Content_Encoding="gzip")]) as server:
        assert fetch(server).body == gzip.decompress(packed)


def test_unchanged_is_believed_only_when_validators_were_sent():
    held = {"ETag": '"abc"', "Last-Modified": "Tue, 04 Aug 2026 10:00:00 GMT"}
    with serve([reply(b"", "304 Not Modified", length=None, ETag='"abd"')]) as server:
        answer = fetch(server, validators=held)
        assert (answer.not_modified, answer.status, answer.body) == (True, 304, b"")
        assert answer.validators == held | {"ETag": '"abd"'}
        assert server.header("If-None-Match") == '"abc"'
        assert server.header("If-Modified-Since") == "Tue, 04 Aug 2026 10:00:00 GMT"
        with pytest.raises(NotData, match="HTTP 304"):  # N29
            fetch(server)


# ---- connections that fail (N01-N05) ---------------------------------------------------------------------


def test_n01_a_refused_connection_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="no connection to 127.0.0.1: refused"):
        fetch(loopback.Server(port))


def test_n01_an_unknown_name_is_unreachable(monkeypatch):
    def fail(*_args, **_options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unreachable, match="data.example.org: its name was not found"):
        http.get(
            source(),
            Request("x", ()),
            base="https://data.example.org/",
            validators={},
            deadline=time.monotonic() + LATER,
        )


def test_n02_a_reset_before_the_headers_is_tried_three_times_and_no_more():
    with serve([then_reset(b"")]) as server:
        with pytest.raises(Unreachable):
            fetch(server)
        assert server.hits == 3
    with serve([then_reset(b""), send(b""), reply(BODY)]) as server:
        assert fetch(server).body == BODY
        assert server.hits == 3


BROKEN_HEADS = {
    "no status line": b"220 mail.example.org ESMTP\r\n\r\n",
    "a header of 100 KB": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
    "500 headers": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(500)) + b"\r\n",
}


@pytest.mark.parametrize("head", BROKEN_HEADS.values(), ids=BROKEN_HEADS)
def test_n26_broken_headers_are_unreachable(head):
    with serve([send(head)]) as server, pytest.raises(Unreachable):
        fetch(server)


CUT = {
    "n03 reset in mid-body": then_reset(response(BODY[:100], length=len(BODY))),
    "n04 shorter than announced": reply(BODY[:100], length=len(BODY)),
    "n05 chunked and cut": reply(chunked(BODY, end=False), length=None, Transfer_Encoding="chunked"),
    "n05 cut inside a chunk": reply(chunked(BODY)[:90], length=None, Transfer_Encoding="chunked"),
}


@pytest.mark.fault("N03", "N04", "N05")
@pytest.mark.parametrize("cut", CUT.values(), ids=CUT)
def test_a_body_that_breaks_off_is_fetched_again_and_then_truncated(cut):
    with serve([cut, reply(BODY)]) as server:
        assert fetch(server).body == BODY
        assert server.hits == 2
    with serve([cut]) as server:
        with pytest.raises(Truncated):
            fetch(server)
        assert server.hits == 3


@pytest.mark.fault("N06")
def test_n06_a_body_without_length_ends_where_the_connection_ends():
    """Nothing on the wire tells a cut body from a whole one here: each parser has a rule of its own."""
    with serve([reply(BODY[:100], length=None)]) as server:
        assert fetch(server).body == BODY[:100]


# ---- compressed bodies (N07-N09) -------------------------------------------------------------------------

HALF = gzip.compress(bytes(range(256)) * 200)[:-60]
CUT_GZIP = {
    "length of the cut body": reply(HALF, Content_Encoding="gzip"),
    "no length": reply(HALF, length=None, Content_Encoding="gzip"),
    "chunked with a proper end": reply(
        chunked(HALF), length=None, Transfer_Encoding="chunked", Content_Encoding="gzip"
    ),
}


@pytest.mark.fault("N07")
@pytest.mark.parametrize("cut", CUT_GZIP.values(), ids=CUT_GZIP)
def test_n07_gzip_cut_in_a_clean_transfer_is_truncated(cut):
    with serve([cut]) as server, pytest.raises(Truncated):
        fetch(server)


@pytest.mark.fault("N07")
def test_n07_every_cut_of_a_gzip_body_is_noticed():
    packed = gzip.compress(BODY)
    for end in range(len(packed)):
        with pytest.raises(Truncated):
            list(transfer._gunzip([packed[:end]]))
    assert b"".join(transfer._gunzip([packed])) == BODY


@pytest.mark.fault("N08")
def test_n08_gzip_garbage_is_a_bad_format():
    with serve([reply(b"no gzip at all " * 9, Content_Encoding="gzip")]) as server:
        with pytest.raises(BadFormat):
            fetch(server)
        assert server.hits == 1


def test_an_encoding_that_was_not_asked_for_is_a_bad_format():
    with serve([reply(zlib.compress(BODY), Content_Encoding="br")]) as server:
        with pytest.raises(BadFormat, match="'br'"):
            fetch(server)
        assert server.hits == 1


@pytest.mark.fault("N09")
def test_rule_5_a_gzip_bomb_stops_at_four_times_the_wire_cap():
    bomb = gzip.compress(b"\0" * 40_000_000)
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        packed = reply(bomb, Content_Encoding="gzip")
        with serve([packed]) as server, pytest.raises(TooLarge, match="400,000"):
            fetch(server, seconds=20)
        assert tracemalloc.get_traced_memory()[1] < 2 * 400_000 + len(bomb) + MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.fault("N10")
@pytest.mark.parametrize("length", [None, 200_000], ids=["endless", "announced"])
def test_rule_5_too_many_bytes_are_not_taken(length):
    with serve([endless(response(length=length))]) as server, pytest.raises(TooLarge, match="100,000"):
        fetch(server)


# ---- time (N11-N16) --------------------------------------------------------------------------------------

SLOW = {
    "n11 silent": silent(),
    "n12 drips its body": drip(response(length=10_000), b"x" * 10_000),
    "n13 drips its headers": drip(b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 10_000),
    "n12 drips a chunk's size": drip(response(length=None, Transfer_Encoding="chunked"), b"0" * 10_000),
}


@pytest.mark.fault("N11", "N12", "N13")
@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_rule_6_a_slow_server_does_not_hold_us_beyond_the_deadline(slow):
    begun = time.monotonic()
    with serve([slow]) as server, pytest.raises(TimedOut):
        fetch(server, seconds=1.0)
    assert time.monotonic() - begun < 5


def test_a_dripping_body_ends_in_its_own_thread_too():
    """The thread left behind stops by itself, or a refresh of many sources would gather them."""
    with serve([drip(response(length=10_000), b"x" * 10_000)]) as server, pytest.raises(TimedOut):
        http._attempt(source(), Request("x", ()), server.url, {}, time.monotonic() + 0.5)


def test_a_short_stall_of_the_first_try_leaves_time_for_a_second(monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 0.3)
    with serve([silent(), reply(BODY)]) as server:
        assert fetch(server).body == BODY


@pytest.mark.fault("N14")
def test_n14_two_failures_then_success_take_three_tries():
    bad = reply(b"busy", "503 Service Unavailable")
    with serve([bad, bad, reply(BODY)]) as server:
        assert fetch(server).body == BODY
        assert server.hits == 3


@pytest.mark.fault("N15")
@pytest.mark.parametrize("stated", ["86400", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_n15_a_wait_of_a_day_is_named_and_not_waited_for(stated):
    with serve([reply(b"", "503 Service Unavailable", Retry_After=stated)]) as server:
        with pytest.raises(HttpStatus, match="it asks to wait") as caught:
            fetch(server)
        assert server.hits == 1
    assert caught.value.status == 503
    assert caught.value.retry_after >= 86_400


def test_a_short_wait_is_kept():
    begun = time.monotonic()
    with serve([reply(b"", "429 Too Many Requests", Retry_After="1"), reply(BODY)]) as server:
        assert fetch(server).body == BODY
        assert server.hits == 2
    assert time.monotonic() - begun >= 1


def test_a_wait_beyond_the_deadline_is_not_begun():
    with serve([reply(b"", "503 Service Unavailable", Retry_After="20")]) as server:
        with pytest.raises(HttpStatus, match="it asks to wait 20 s"):
            fetch(server)
        assert server.hits == 1


@pytest.mark.fault("N16")
def test_n16_a_refusal_for_ever_costs_three_tries():
    with serve([reply(b"", "429 Too Many Requests")]) as server:
        with pytest.raises(HttpStatus, match="HTTP 429"):
            fetch(server)
        assert server.hits == 3


# ---- statuses (N18-N22) ----------------------------------------------------------------------------------


@pytest.mark.fault("N18")
@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_n18_a_lost_address_says_so_at_once(status):
    with serve([reply(b"", status)]) as server:
        with pytest.raises(HttpStatus, match=f"HTTP {status[:3]}: this address no longer exists"):
            fetch(server)
        assert server.hits == 1


@pytest.mark.fault("N19")
@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_n19_a_refused_key_names_its_variable_and_never_its_value(monkeypatch, status):
    monkeypatch.setenv("TWO_SEAS_MADE_UP_KEY", "marker key/1")
    echo = b'{"reason": "no such key: marker key/1 (marker%20key%2F1)"}'
    with serve([reply(echo, status)]) as server:
        with pytest.raises(HttpStatus, match="TWO_SEAS_MADE_UP_KEY") as caught:
            fetch(server, key_needed=True)
        with pytest.raises(HttpStatus, match="access refused"):
            fetch(server)
    assert "marker" not in str(caught.value)


def test_rule_18_a_key_cut_by_the_length_limit_does_not_leak(monkeypatch):
    monkeypatch.setenv("TWO_SEAS_MADE_UP_KEY", "marker-marker-marker")
    with serve([reply(b"x" * 75 + b"marker-marker-marker", "400 Bad Request")]) as server:
        with pytest.raises(HttpStatus, match="HTTP 400") as caught:
            fetch(server)
        assert server.hits == 1
    assert "mark" not in str(caught.value)


def test_rule_18_the_address_in_the_answer_holds_no_key(monkeypatch):
    monkeypatch.setenv("TWO_SEAS_MADE_UP_KEY", "marker")
    with serve([reply(BODY)]) as server:
        request = Request("thing?key=marker&x=1", ())
        answer = http.get(
            source(), request, base=server.url, validators={}, deadline=time.monotonic() + LATER
        )
        assert server.path() == "/thing?key=marker&x=1"
    assert answer.url == server.url + "thing?key=***&x=1"


@pytest.mark.fault("N20")
def test_n20_a_partial_answer_is_not_data():
    with serve([reply(BODY, "206 Partial Content")]) as server, pytest.raises(NotData, match="HTTP 206"):
        fetch(server)


@pytest.mark.fault("N21")
@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
@pytest.mark.parametrize("body", [b"", b" \r\n\n"])
def test_n21_an_empty_answer_is_not_data(status, body):
    with serve([reply(body, status)]) as server, pytest.raises(NotData):
        fetch(server)


PAGE = (
    b"\xef\xbb\xbf<?xml version='1.0'?>\n<!DOCTYPE html>\n<html><head>\n"
    b"<title>Down \x1b[31m <b>for</b>\n repair &amp; more " + b"and " * 40 + b"</title></head></html>"
)


@pytest.mark.fault("N22")
@pytest.mark.parametrize("headers", [{"Content_Type": "application/json"}, {"Content_Type": "text/html"}, {}])
def test_rule_24_a_web_page_is_not_data_and_shows_its_title_cleaned(headers):
    with serve([reply(PAGE, **headers)]) as server, pytest.raises(NotData) as caught:
        fetch(server)
    text = str(caught.value)
    assert text.startswith("a web page instead of data: Down [31m bfor/b repair & more and")
    assert len(text.removeprefix("a web page instead of data: ")) == 80
    assert text.isprintable()


def test_another_kind_of_file_is_not_data():
    with serve([reply(b"\x89PNG....", Content_Type="image/png")]) as server:
        with pytest.raises(NotData, match="sent image/png"):
            fetch(server, content_types=("application/json",))
        assert fetch(server).body == b"\x89PNG...."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error":true,"reason":"Daily variable is wrong"}', "Daily variable is wrong"),
        (b'{"message":"over the\\nlimit"}', "over the limit"),
        (
            b'{"header":"It failed.","messages":["Please supply a different name."]}',
            "Please supply a different name.",
        ),
        (b"<html><title>Request Error</title>", "Request Error"),
        (b'Error {\n code=400;\n message="bad"\n}', 'Error { code=400; message="bad" }'),
    ],
)
def test_the_providers_reason_is_in_the_error(body, said):
    with serve([reply(body, "400 Bad Request")]) as server, pytest.raises(HttpStatus) as caught:
        fetch(server)
    assert str(caught.value) == f"HTTP 400: the request was refused; {said}"


@pytest.mark.parametrize(
    ("name", "wait"),
    [("minutely", 60), ("hourly", 3600), ("daily", 86_400), ("concurrent", None)],
)
def test_a_wait_named_in_words_counts_like_a_header(samples, name, wait):
    body = (samples / "climate" / "open_meteo" / f"error_429_{name}.json").read_bytes()
    with serve([reply(body, "429 Too Many Requests")]) as server:
        with pytest.raises(HttpStatus, match="HTTP 429") as caught:
            fetch(server)
        assert caught.value.retry_after == wait
        assert server.hits == (1 if wait else 3)


# ---- redirects (N23, N24) --------------------------------------------------------------------------------


def moved(target: str, status: str = "302 Found"):
    return reply(b"", status, Location=target)


def test_a_hop_to_the_same_server_is_followed():
    with serve([moved("/elsewhere/thing.txt", "301 Moved Permanently"), reply(BODY)]) as server:
        assert fetch(server, headers={"X-Key": "k"}).body == BODY
        assert server.path() == "/elsewhere/thing.txt"
        assert server.header("X-Key") == "k"


def test_the_body_of_a_redirect_is_not_read():
    head = response(b"", "302 Found", length=None, Location="/next")
    with serve([endless(head), reply(BODY)]) as server:
        assert fetch(server).body == BODY


@pytest.mark.fault("N23")
def test_rule_1_a_redirect_loop_ends_after_five_hops():
    with serve([moved("/again")]) as server:
        with pytest.raises(UnsafeRedirect, match="more than 5"):
            fetch(server)
        assert server.hits == 6


@pytest.mark.fault("N24")
@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/",
        "http://127.0.0.1:1/",
        "https://127.0.0.1:1/",
        "http://localhost/",
        "https://10.1.2.3/",
        "https://elsewhere.example.org/",
        "http://data.example.org/v1/thing.txt",
        "https://name@data.example.org/",
        "ftp://data.example.org/",
        "file:///etc/passwd",
        "https://[bad/",
    ],
)
def test_rule_1_a_hop_off_the_list_is_refused(target):
    with serve([moved(target)]) as server:
        with pytest.raises(UnsafeRedirect):
            fetch(server)
        assert server.hits == 1


def test_rule_1_only_https_addresses_of_the_source_are_allowed_hops():
    home = "https://data.example.org/v1/"
    listed = source(hosts=("files.example.org", "10.1.2.3"))
    for location, whole in (
        ("https://files.example.org/a", "https://files.example.org/a"),
        ("//files.example.org/a", "https://files.example.org/a"),
        ("/b", "https://data.example.org/b"),
    ):
        assert access.allowed_hop(listed, home, home, location) == whole
    for target in ("https://10.1.2.3/", "http://files.example.org/a", "https://127.0.0.1/"):
        with pytest.raises(UnsafeRedirect):
            access.allowed_hop(listed, home, home, target)


# ---- certificates, proxies, passwords --------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(made)
    return made


@pytest.mark.fault("N25")
def test_rule_2_an_unknown_certificate_is_refused_and_a_trusted_one_accepted(
    authority, tmp_path, monkeypatch
):
    with serve([reply(BODY)], tls=context(authority, "127.0.0.1")) as server:
        with pytest.raises(Unreachable, match="certificate of 127.0.0.1 is not accepted"):
            fetch(server)
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert fetch(server).body == BODY
    with serve([reply(BODY)], tls=context(authority, "other.example.org")) as server:
        with pytest.raises(Unreachable, match="certificate"):
            fetch(server)
        assert server.hits == 0


@pytest.mark.fault("N28")
def test_n28_a_dead_proxy_is_named_by_its_variable(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://user:word@127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("HTTP_PROXY", address)
    with serve([reply(BODY)]) as server:
        with pytest.raises(Unreachable, match="proxy named in HTTP_PROXY") as caught:
            fetch(server)
        assert "word" not in str(caught.value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert fetch(server).body == BODY


def test_rule_3_no_password_is_taken_from_the_home_folder(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serve([reply(BODY)]) as server:
        fetch(server)
        assert server.header("Authorization") is None


def test_importing_the_module_loads_no_client():
    import subprocess
    import sys

    code = "import sys, loaders.transport.http; print({'requests', 'urllib3', 'tenacity'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
