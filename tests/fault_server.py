"""Forty ways in which a server answers badly, each made out of the answer it should have given.

``REPLIES`` names them all; ``serve`` of ``loopback`` plays them. A body is the true answer of the provider,
so that only the named thing is wrong with what arrives.
"""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.loopback import Reply, chunked, drip, endless, reply, response, send, serve, silent, then_reset

Fault = Callable[[bytes], Reply]
DAY = "86400"
MEGABYTE = 1_000_000


def good(body: bytes) -> Reply:
    return reply(body)


# ---- N02-N05: the connection breaks ----------------------------------------------------------------------


def reset_before_headers(body: bytes) -> Reply:
    return then_reset(b"")


def closed_without_a_word(body: bytes) -> Reply:
    return send(b"")


def reset_in_the_body(body: bytes) -> Reply:
    return then_reset(response(body)[: -len(body) // 2])


def shorter_than_announced(body: bytes) -> Reply:
    return reply(body[: len(body) // 2], length=len(body))


def chunks_without_end(body: bytes) -> Reply:
    return reply(chunked(body, end=False), length=None, Transfer_Encoding="chunked")


def cut_chunk(body: bytes) -> Reply:
    whole = chunked(body)
    return reply(whole[: len(whole) // 2], length=None, Transfer_Encoding="chunked")


# ---- N06-N10: the transfer is clean and the body is not --------------------------------------------------


def cut_without_length(body: bytes) -> Reply:
    """Nothing on the wire tells this from a whole answer."""
    return reply(body[: len(body) // 2], length=None)


def cut_with_its_own_length(body: bytes) -> Reply:
    return reply(body[: len(body) // 2])


def gzip_cut_with_its_own_length(body: bytes) -> Reply:
    return reply(_half_packed(body), Content_Encoding="gzip")


def gzip_cut_without_length(body: bytes) -> Reply:
    return reply(_half_packed(body), length=None, Content_Encoding="gzip")


def gzip_cut_in_whole_chunks(body: bytes) -> Reply:
    whole = chunked(_half_packed(body))
    return reply(whole, length=None, Transfer_Encoding="chunked", Content_Encoding="gzip")


def gzip_garbage(body: bytes) -> Reply:
    return reply(b"no gzip at all " * 9, Content_Encoding="gzip")


def encoding_not_asked_for(body: bytes) -> Reply:
    return reply(body, Content_Encoding="br")


def gzip_bomb(body: bytes) -> Reply:
    """Some 320 kB on the wire, 320 MB when unpacked."""
    once = gzip.compress(b"\0" * MEGABYTE)
    return reply(once * 320, Content_Encoding="gzip")


def endless_body(body: bytes) -> Reply:
    return endless(response(length=None))


def announced_too_large(body: bytes) -> Reply:
    return reply(body, length=10**11)


# ---- N11-N17: time ---------------------------------------------------------------------------------------


def no_answer(body: bytes) -> Reply:
    return silent()


def dripping_body(body: bytes) -> Reply:
    return drip(response(length=len(body)), body)


def dripping_headers(body: bytes) -> Reply:
    return drip(b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 10_000)


def unavailable(body: bytes) -> Reply:
    return reply(b"busy", "503 Service Unavailable")


def unavailable_for_a_day(body: bytes) -> Reply:
    return reply(b"busy", "503 Service Unavailable", Retry_After=DAY)


def asked_too_often(body: bytes) -> Reply:
    return reply(b"slow down", "429 Too Many Requests")


def broken_inside(body: bytes) -> Reply:
    return reply(b"oops", "500 Internal Server Error")


# ---- N18-N22: another status, or another thing with the right status -------------------------------------


def not_found(body: bytes) -> Reply:
    return reply(b"", "404 Not Found")


def gone(body: bytes) -> Reply:
    return reply(b"", "410 Gone")


def unauthorised(body: bytes) -> Reply:
    return reply(b"", "401 Unauthorized")


def forbidden(body: bytes) -> Reply:
    return reply(b"", "403 Forbidden")


def partial(body: bytes) -> Reply:
    span = f"bytes 0-{len(body) // 2 - 1}/{len(body)}"
    return reply(body[: len(body) // 2], "206 Partial Content", Content_Range=span)


def empty(body: bytes) -> Reply:
    return reply(b"")


def blank(body: bytes) -> Reply:
    return reply(b" \r\n\n")


def no_content(body: bytes) -> Reply:
    return reply(b"", "204 No Content")


def maintenance_page(body: bytes) -> Reply:
    return _page("Down for maintenance")


def bot_wall(body: bytes) -> Reply:
    return _page("Just a moment...", "text/plain")


def page_with_control_characters(body: bytes) -> Reply:
    return _page("Closed \x1b[31m\x07 <script>alert(1)</script>\n\n for repair " + "and more " * 40)


# ---- N23, N24: redirects ---------------------------------------------------------------------------------


def redirect_to_itself(body: bytes) -> Reply:
    return redirect("/again")(body)


def redirect(target: str) -> Fault:
    return lambda body: reply(b"", "302 Found", Location=target)


# ---- N26, N27, N29: a server that lies about its own words -----------------------------------------------


def garbage_status_line(body: bytes) -> Reply:
    return send(b"\x16\x03\x01 nothing that HTTP knows\r\n\r\n" + body)


def header_of_100_kilobytes(body: bytes) -> Reply:
    return reply(body, X_Long="x" * 100_000)


def five_hundred_headers(body: bytes) -> Reply:
    return reply(body, **{f"X_Number_{number}": "x" for number in range(500)})


def negative_length(body: bytes) -> Reply:
    return reply(body, length=-5)


def bytes_after_the_body(body: bytes) -> Reply:
    return reply(body + b"\nHTTP/1.1 200 OK\r\n\r\nmore", length=len(body) // 2)


def not_modified(body: bytes) -> Reply:
    return reply(b"", "304 Not Modified", length=None)


REPLIES: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        reset_before_headers, closed_without_a_word, reset_in_the_body, shorter_than_announced,
        chunks_without_end, cut_chunk, cut_without_length, cut_with_its_own_length,
        gzip_cut_with_its_own_length, gzip_cut_without_length, gzip_cut_in_whole_chunks, gzip_garbage,
        encoding_not_asked_for, gzip_bomb, endless_body, announced_too_large, no_answer, dripping_body,
        dripping_headers, unavailable, unavailable_for_a_day, asked_too_often, broken_inside, not_found, gone,
        unauthorised, forbidden, partial, empty, blank, no_content, maintenance_page, bot_wall,
        page_with_control_characters, redirect_to_itself, garbage_status_line, header_of_100_kilobytes,
        five_hundred_headers, negative_length, bytes_after_the_body, not_modified,
    )
}  # fmt: skip


@contextmanager
def closed_port() -> Iterator[str]:
    """An address at which every connection is refused while the block lasts."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening
        yield f"http://127.0.0.1:{nobody.getsockname()[1]}/"


@contextmanager
def faulty(fault: Fault, body: bytes, *, then: int | None = None) -> Iterator:
    """A server that answers every question with ``fault``, or only the first ``then`` and well after."""
    replies = [fault(body)] if then is None else [fault(body)] * then + [good(body)]
    with serve(replies) as server:
        yield server


def _half_packed(body: bytes) -> bytes:
    packed = gzip.compress(body)
    return packed[: len(packed) // 2]


def _page(title: str, kind: str = "text/html; charset=utf-8") -> Reply:
    text = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{'words ' * 50}</body></html>"
    return reply(text.encode(), Content_Type=kind)
