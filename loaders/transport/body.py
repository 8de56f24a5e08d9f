"""One body: read it as it arrives, within byte caps and a deadline, and undo gzip only to its proper end.

requests itself accepts a gzip body that was cut cleanly, and its timeouts bound one read, not the whole:
a server that drips a byte at a time holds it for ever.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from loaders.errors import BadFormat, TimedOut, TooLarge, Truncated

if TYPE_CHECKING:
    from requests import Response

CHUNK = 65_536
DECODED_FACTOR = 4


def read_body(response: Response, *, max_bytes: int, deadline: float) -> bytes:
    """The whole decoded body of a streamed response.

    ``max_bytes`` caps the bytes on the wire, four times that the decoded ones; ``deadline`` is an instant of
    ``time.monotonic()``. Raises TooLarge, TimedOut, Truncated, or BadFormat for a damaged encoding.
    """
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise TooLarge(f"announced {int(declared):,} bytes, more than the {max_bytes:,} allowed")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    pieces: Iterable[bytes] = _capped(_arriving(response, deadline), max_bytes)
    if encoding in ("gzip", "x-gzip"):
        pieces = _capped(_gunzip(pieces), max_bytes * DECODED_FACTOR)
    elif encoding not in ("", "identity"):
        raise BadFormat(f"sent in the encoding {encoding[:20]!r}, which was not asked for")
    return b"".join(pieces)


def _arriving(response: Response, deadline: float) -> Iterator[bytes]:
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    while True:
        if time.monotonic() >= deadline:
            raise TimedOut("no complete answer in time")
        try:
            chunk = response.raw.read1(CHUNK, decode_content=False)
        except ReadTimeoutError:
            raise TimedOut("no complete answer in time") from None
        except (HTTPError, OSError):
            raise Truncated("the connection ended before the whole answer was there") from None
        if not chunk:
            return
        yield chunk


def _capped(pieces: Iterable[bytes], cap: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > cap:
            raise TooLarge(f"more than the {cap:,} bytes allowed")
        yield piece


def _gunzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=31)
    for piece in pieces:
        rest, full = piece, False
        while rest or full:
            if inflate.eof:  # a gzip body may consist of several members
                inflate = zlib.decompressobj(wbits=31)
            try:
                plain = inflate.decompress(rest, CHUNK)
            except zlib.error:
                raise BadFormat("the compressed answer is damaged") from None
            yield plain
            full = len(plain) == CHUNK and not inflate.eof
            rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    if not inflate.eof:
        raise Truncated("the compressed answer ends early")
