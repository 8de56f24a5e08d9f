"""What an answer says about itself: whether it can be data, and if not, in whose words.

Text of a provider goes into a message only as one line of at most 80 printable characters, with the
access key, should it be repeated there, masked.
"""

from __future__ import annotations

import html
import json
import re
import time
from email.utils import mktime_tz, parsedate_tz
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from loaders.environment import settings
from loaders.errors import HttpStatus, LoadError, NotData
from loaders.tables.schema import Source
from loaders.transport import erddap
from loaders.transport.body import read_body

if TYPE_CHECKING:
    from requests import Response

ERROR_BYTES = 65_536
UNDECLARED = ("", "text/plain", "application/octet-stream")
HTML = ("text/html", "application/xhtml+xml")
TAGS = (b"<html", b"<!doctype html", b"<head", b"<body")
NOT_WHOLE = {
    206: "only a part, though the whole was asked for",
    304: "called unchanged, though nothing is stored here",
}
MEANINGS = {
    401: "access refused",
    403: "access refused",
    404: "this address no longer exists",
    410: "this address no longer exists",
    429: "asked too often",
}
# Open-Meteo names the wait in words and sends no Retry-After.
WAITS = {"one minute": 60.0, "next hour": 3600.0, "tomorrow": 86_400.0}


def refusal(source: Source, response: Response, deadline: float) -> LoadError:
    """The error for any status but 200, with the provider's own reason where it gives one."""
    status = response.status_code
    if status in NOT_WHOLE or status < 300:
        return NotData(f"HTTP {status}: {NOT_WHOLE.get(status, 'nothing in the answer')}")
    try:
        body = read_body(response, max_bytes=ERROR_BYTES, deadline=deadline)
    except LoadError:
        body = b""
    if known := erddap.refusal(status, body):
        return known
    reason = _reason(source, body)
    wait = _asked_wait(response, reason)
    words = [_meaning(source, status), reason]
    if wait is not None:
        words.append(f"it asks to wait {wait:.0f} s")
    return HttpStatus(f"HTTP {status}: {'; '.join(filter(None, words))}", status=status, retry_after=wait)


def _meaning(source: Source, status: int) -> str:
    if status in (401, 403) and source.key_needed:
        return f"the key in {settings.variable(source, 'KEY')} is missing, wrong or expired"
    return MEANINGS.get(status, "the server failed" if status >= 500 else "the request was refused")


def _asked_wait(response: Response, reason: str) -> float | None:
    """Seconds that the server asks for: a number, a date, or Open-Meteo's words."""
    stated = response.headers.get("Retry-After", "").strip()
    if stated.isdecimal():
        return float(stated[:12])
    date = parsedate_tz(stated)
    if date:
        return max(0.0, mktime_tz(date) - time.time())
    waits = [seconds for words, seconds in WAITS.items() if words in reason]
    return waits[0] if waits and response.status_code == 429 else None


def _reason(source: Source, body: bytes) -> str:
    """What the provider says went wrong: JSON's reason, a page's title, or the first words."""
    if _is_page(body):
        return _title(source, body)
    text = body.decode("utf-8", "replace")
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return _plain(source, text)
    if not isinstance(found, dict):
        return ""
    listed = found.get("messages")
    said = [found.get(key) for key in ("reason", "message", "detail", "error")]
    said += listed if isinstance(listed, list) else []
    return _plain(source, next((item for item in said if isinstance(item, str)), ""))


def require_data(source: Source, body: bytes, content_type: str) -> None:
    """Raise NotData for an empty answer, a web page with status 200, or another kind of file."""
    kind = content_type.split(";")[0].strip().lower()
    if not body.strip():
        raise NotData("empty answer")
    if kind in HTML or _is_page(body):
        raise NotData(f"a web page instead of data: {_title(source, body) or 'without a title'}")
    if source.content_types and kind not in (*source.content_types, *UNDECLARED):
        raise NotData(f"sent {_plain(source, kind)} instead of data")


def _is_page(body: bytes) -> bool:
    start = body[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(b"<") and any(tag in start for tag in TAGS)


def _title(source: Source, body: bytes) -> str:
    found = re.search(rb"<title[^>]*>(.*?)</title", body[:ERROR_BYTES], re.IGNORECASE | re.DOTALL)
    return _plain(source, html.unescape(found[1].decode("utf-8", "replace"))) if found else ""


def _plain(source: Source, text: str) -> str:
    """At most 80 printable characters on one line, without a key or the brackets that make a tag."""
    line = " ".join(masked(text[:ERROR_BYTES], source).split())
    return "".join(char for char in line if char.isprintable() and char not in "<>")[:80]


def masked(text: str, source: Source) -> str:
    """``text`` without the source's access key, as it stands or as an address spells it."""
    key = settings.key(source)
    for form in (key, quote(key, safe="")):
        text = text.replace(form, "***") if form else text
    return text
