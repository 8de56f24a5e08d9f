"""ERDDAP: addresses, what each refusal means, and what to ask in one run."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest

from loaders.errors import Fetching, HttpStatus, LoadError, NotData, SchemaChanged, TooLarge
from loaders.geometry.regions import Box
from loaders.tables.catalogue import catalogue
from loaders.tables.schema import Source
from loaders.transport import erddap, http
from loaders.transport.question import Held, Request

from .loopback import reply, serve
from .payloads.erddap import error, page

BOX = Box(36.125, 47.375, 46.125, 54.875)
NO_MATCH = "Your query produced no matching results."
BEYOND = (
    "Not Found: Your query produced no matching results. Query error: For variable=sst axis#0=time "
    'Constraint="[(2027-01-01T12:00:00Z)]": Start="2027-01-01T12:00:00Z" '
    "is greater than the axis maximum=2026-08-20T12:00:00Z."
)
WRONG_WAY = (
    'Query error: For variable=z axis#0=latitude Constraint="[(47.5):1:(36.0)]": '
    "StartIndex=8250 is greater than StopIndex=7560."
)
LARGE = "Payload Too Large: Your request is for too much data: more than the .nc 2 GB limit."
UNKNOWN = "Not Found: Currently unknown datasetID=ncdcOisst21Agg_LonPM180"
SOURCE = Source(
    id="oisst", label="test", module="oisst", url="https://example.org/", licence="-", citation="-"
)

ANY = Request("griddap/x.nc?sst", ("one",))


# ---- addresses -------------------------------------------------------------------------------------------


def test_address_of_a_year_is_the_documented_one():
    times = erddap.span("2024-01-15T12:00:00Z", "2024-12-15T12:00:00Z")
    asked = erddap.request(
        "ncdcOisst21Agg_LonPM180", "sst", [times, erddap.span("0.0", "0.0")], BOX, ["one"], northwards=True
    )
    assert asked.path == (
        "griddap/ncdcOisst21Agg_LonPM180.nc?sst%5B(2024-01-15T12:00:00Z):1:(2024-12-15T12:00:00Z)%5D"
        "%5B(0.0):1:(0.0)%5D%5B(36.125):1:(47.375)%5D%5B(46.125):1:(54.875)%5D"
    )
    assert asked.series == ("one",)


def test_instead_the_axis_of_latitudes_is_asked_the_other_way():
    north = erddap.request("dhw_5km", "CRW_SST", ["%5Blast%5D"], BOX, ["one"], northwards=True, stride=5)
    south = erddap.request("dhw_5km", "CRW_SST", ["%5Blast%5D"], BOX, ["one"], northwards=False, stride=5)
    assert "%5B(36.125):5:(47.375)%5D%5B(46.125):5:(54.875)%5D" in north.path
    assert "%5B(47.375):5:(36.125)%5D%5B(46.125):5:(54.875)%5D" in south.path
    assert (north.path, north.instead) == (south.instead, south.path)


def test_brackets_are_encoded_and_arrive_so():
    asked = erddap.request("id", "v", [erddap.newest(12)], BOX, ["one"], northwards=True)
    assert not set("[]<> ") & set(asked.path)
    assert "?v%5Blast-11:1:last%5D%5B" in asked.path
    with serve([reply(b"CDF")]) as server:
        ask(server, asked)
        assert server.path() == "/" + asked.path


# ---- what to ask in one run ------------------------------------------------------------------------------


def rows(*names: str):
    return [catalogue().series["caspian-level-gwm"].model_copy(update={"id": name}) for name in names]


def test_one_run_asks_for_the_newest_months_and_one_year_further_back():
    held = {"a": Held("2019-03-01", "2026-07-01")}
    assert erddap.months(rows("a"), held, since=date(1981, 9, 1), overlap=1) == [
        (date(2026, 6, 1), None),
        (date(2018, 3, 1), date(2019, 2, 28)),
    ]


def test_runs_end_at_the_beginning_of_the_product():
    since, first, asked = date(1981, 9, 1), "2025-10-01", []
    for _ in range(60):
        found = erddap.months(rows("a"), {"a": Held(first, "2026-07-01")}, since=since, overlap=1)
        if len(found) == 1:
            break
        asked.append(found[1])
        first = found[1][0].isoformat()
    assert first == "1981-09-01"
    assert len(asked) == 45
    assert all((last - start).days < 366 for start, last in asked)


def test_series_that_share_a_call_go_back_from_the_later_start():
    held = {"a": Held("2019-03-01", "2026-07-01"), "b": Held("2021-03-01", "2026-05-01")}
    assert erddap.months(rows("a", "b"), held, since=date(2018, 2, 1), overlap=11) == [
        (date(2025, 6, 1), None),
        (date(2020, 3, 1), date(2021, 2, 28)),
    ]


def test_a_series_with_nothing_stored_begins_anew():
    assert erddap.months(rows("a"), {}, since=date(1981, 9, 1), overlap=1) == []
    held = {"a": Held("2019-03-01", "2026-07-01")}
    assert erddap.months(rows("a", "b"), held, since=date(1981, 9, 1), overlap=1) == []


# ---- refusals --------------------------------------------------------------------------------------------

MEANINGS = [
    (404, f"Not Found: {NO_MATCH} (nRows = 0)", NotData, "nothing matches"),
    (404, BEYOND, NotData, "nothing at the times or places"),
    (404, UNKNOWN, HttpStatus, "does not know ncdcOisst21Agg_LonPM180 now; it may be reloading"),
    (500, WRONG_WAY, SchemaChanged, "the other way"),
    (400, f"Bad Request: {WRONG_WAY}", SchemaChanged, "the other way"),
    (413, LARGE, TooLarge, "more than the server sends"),
    (400, 'Bad Request: Query error: Unrecognized variable="sst".', SchemaChanged, "a variable 'sst'"),
]


def ask(server, request: Request = ANY, seconds: float = 5) -> http.Answer:
    deadline = time.monotonic() + seconds
    return http.get(SOURCE, request, base=server.url, validators={}, deadline=deadline)


@pytest.mark.parametrize(("status", "message", "kind", "words"), MEANINGS)
@pytest.mark.parametrize("form", ["block", "page"])
def test_each_refusal_has_its_class_and_one_clear_line(status, message, kind, words, form):
    body = error(status, message) if form == "block" else page(status, "Some Error", message)
    with serve([reply(body, f"{status} Some Error", Content_Type="text/plain;charset=UTF-8")]) as server:
        with pytest.raises(kind, match=words) as caught:
            ask(server)
        assert server.hits == 1
    text = str(caught.value)
    assert text.startswith(f"HTTP {status}: ")
    assert len(text) <= 120
    assert not set("<>{}\n") & set(text)


def test_the_two_meanings_of_404_differ_in_class_and_keep_their_status():
    empty, unknown = (erddap.refusal(404, error(404, text)) for text in (NO_MATCH, UNKNOWN))
    assert not isinstance(empty, Fetching)
    assert isinstance(unknown, HttpStatus)
    assert unknown.status == 404


def test_what_is_not_of_erddap_is_left_to_the_status():
    assert erddap.refusal(502, b"<html><title>Bad Gateway</title></html>") is None
    assert erddap.refusal(404, b'{"reason":"StartIndex"}') is None
    assert erddap.refusal(500, b"") is None
    assert erddap.refusal(413, b"") is None


def test_a_proxy_page_of_502_is_tried_again_and_told_by_its_title():
    pages = [reply(b"<html><title>Proxy Error</title></html>", "502 Bad Gateway", Content_Type="text/html")]
    with serve(pages) as server, pytest.raises(HttpStatus, match="HTTP 502.*Proxy Error"):
        ask(server, seconds=8)
    assert server.hits > 1


def test_a_page_with_status_200_is_no_data():
    login = reply(page(200, "Login", "x"), Content_Type="text/html")
    with serve([login]) as server, pytest.raises(NotData, match="web page"):
        ask(server)


def test_asked_the_wrong_way_round_the_server_is_asked_the_other_way():
    asked = erddap.request("x", "z", [], BOX, ["one"], northwards=True)
    refused = reply(error(500, WRONG_WAY), "500 Internal Server Error", Content_Type="text/plain")
    with serve([refused, reply(b"CDF\x01")]) as server:
        assert ask(server, asked).body == b"CDF\x01"
        assert [server.path(hit) for hit in range(2)] == ["/" + asked.path, "/" + asked.instead]
    with serve([refused]) as server:
        with pytest.raises(SchemaChanged, match="other way"):
            ask(server, asked)
        assert server.hits == 2


RECORDED = {
    "error_01_404.html": HttpStatus,
    "error_02_500.html": NotData,
    "error_03_400.txt": HttpStatus,
    "error_04_500.html": SchemaChanged,
    "error_05_404.txt": HttpStatus,
    "error_06_400.txt": SchemaChanged,
    "error_07_400.txt": HttpStatus,
}


@pytest.mark.parametrize(("name", "kind"), RECORDED.items())
def test_recorded_refusals(samples, name, kind):
    folder = samples / "climate/erddap"
    (known,) = [row for row in json.loads((folder / "errors_index.json").read_text()) if row["file"] == name]
    body = (folder / name).read_bytes()
    assert erddap.said(body)
    served = reply(body, f"{known['status']} Some Error", Content_Type=known["content_type"])
    with serve([served]) as server, pytest.raises(LoadError) as caught:
        ask(server)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"HTTP {known['status']}")


def test_the_writer_writes_the_recorded_forms(samples):
    folder = samples / "climate/erddap"
    text = "Not Found: Currently unknown datasetID=hawaii_b55f_a8f2_ad70"
    assert error(404, text) == (folder / "error_05_404.txt").read_bytes()
    variable = 'Bad Request: Query error: Unrecognized variable="bbbbb".'
    assert error(400, variable) == (folder / "error_06_400.txt").read_bytes()
    said = "Your query produced no matching results. (nRows = 0)"
    assert erddap.said(page(500, "Internal Server Error", said)) == said
    assert erddap.said((folder / "error_02_500.html").read_bytes()) == said
