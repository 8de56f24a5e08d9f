"""One question: connect, read and validate, tried at most three times within one deadline.

The retry stands around the whole attempt, because a body that breaks off is as common as a refused
connection. Redirects are followed here and only to the addresses of the source. No test of a certificate can
be switched off, and nothing is read from ``.netrc``.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from loaders.errors import HttpStatus, SchemaChanged, TimedOut, Truncated, Unreachable, UnsafeRedirect
from loaders.tables.schema import Source
from loaders.transport.address import address, allowed_hop, with_key
from loaders.transport.address import base_url as base_url
from loaders.transport.body import read_body
from loaders.transport.question import Request
from loaders.transport.refusal import masked, refusal, require_data

if TYPE_CHECKING:
    from requests import Response
    from requests.adapters import HTTPAdapter
    from tenacity import RetryCallState

TRIES = 3
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
HOPS = 5
AGAIN = {408, 425, 429, 500, 502, 503, 504}
# Where another path of the same source may know more: a version of the interface or of a file that moved.
ELSEWHERE = {400, 404, 405, 410}
REDIRECTS = {301, 302, 303, 307, 308}
CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


@dataclass(frozen=True)
class Answer:
    """A validated answer; ``body`` is empty where the server said that nothing changed."""

    body: bytes
    not_modified: bool
    validators: dict[str, str]
    status: int
    url: str


def get(
    source: Source, request: Request, *, base: str, validators: Mapping[str, str], deadline: float
) -> Answer:
    """Fetch ``base + request.path``; ``validators`` holds the ETag and Last-Modified of what is stored.

    ``deadline`` is an instant of ``time.monotonic()``; a wait that the server asks for is kept where it is
    at most 30 s and fits. Raises a Fetching error, or NotData, Truncated, BadFormat for what was sent.
    """
    if request.wait:
        if time.monotonic() + request.wait >= deadline:
            raise TimedOut("the source was still at work when the time was over")
        time.sleep(request.wait)
    try:
        return _tried(source, request, base, validators, deadline)
    except (HttpStatus, SchemaChanged) as error:
        gone = isinstance(error, SchemaChanged) or error.status in ELSEWHERE
        if not request.instead or not gone:
            raise
    return _tried(source, replace(request, path=request.instead), base, validators, deadline)


def _tried(
    source: Source, request: Request, base: str, validators: Mapping[str, str], deadline: float
) -> Answer:
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

    backoff = wait_exponential_jitter(initial=FIRST_WAIT, max=5, jitter=FIRST_WAIT)

    def wait(state: RetryCallState) -> float:
        asked = getattr(state.outcome.exception() if state.outcome else None, "retry_after", None)
        return backoff(state) if asked is None else asked

    def no_time(state: RetryCallState) -> bool:
        return time.monotonic() + state.upcoming_sleep >= deadline

    retrying = Retrying(
        retry=retry_if_exception(_worth_repeating),
        wait=wait,
        stop=lambda state: stop_after_attempt(TRIES)(state) or no_time(state),
        reraise=True,
    )
    return retrying(_bounded, source, request, base, validators, deadline)


def _worth_repeating(error: BaseException) -> bool:
    if isinstance(error, HttpStatus):
        return error.status in AGAIN and (error.retry_after is None or error.retry_after <= LONGEST_WAIT)
    return isinstance(error, Unreachable | TimedOut | Truncated)


def _bounded(
    source: Source, request: Request, base: str, validators: Mapping[str, str], deadline: float
) -> Answer:
    """One attempt in a thread that is left behind at the deadline.

    Headers that arrive a byte at a time, name servers and handshakes cannot be interrupted from within.
    """
    done: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            done.put(_attempt(source, request, base, validators, deadline))
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that asked
            done.put(error)

    threading.Thread(target=work, name=f"get-{source.id}", daemon=True).start()
    try:
        result = done.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise TimedOut("no complete answer in time") from None
    if isinstance(result, BaseException):
        raise result
    return result


def _attempt(
    source: Source, request: Request, base: str, validators: Mapping[str, str], deadline: float
) -> Answer:
    from requests.adapters import HTTPAdapter

    conditions = {CONDITIONS[key]: value for key, value in validators.items() if key in CONDITIONS}
    if request.body:
        conditions = {}
    # A session would read .netrc and a redirect's body to the end, even when told not to follow it.
    with (
        closing(HTTPAdapter()) as transport,
        _open(transport, source, request, base, conditions, deadline) as response,
    ):
        url = masked(address(source, request, base), source)
        fresh = {key: value for key in CONDITIONS if (value := response.headers.get(key))}
        if response.status_code == 304 and conditions:
            return Answer(b"", True, {**validators, **fresh}, 304, url)
        if response.status_code not in (200, 203) and not (request.step and response.status_code == 201):
            raise refusal(source, response, deadline)
        body = read_body(response, max_bytes=source.max_bytes, deadline=deadline)
        require_data(source, body, response.headers.get("Content-Type", ""))
        return Answer(body, False, fresh, response.status_code, url)


def _open(
    transport: HTTPAdapter,
    source: Source,
    request: Request,
    base: str,
    conditions: dict[str, str],
    deadline: float,
) -> Response:
    """The first response that is no redirect; its body is not read yet."""
    url, headers, body = with_key(source, request, base)
    headers |= conditions
    for _ in range(HOPS + 1):
        response = _send(transport, url, headers, body, deadline)
        target = response.headers.get("Location")
        if response.status_code not in REDIRECTS or not target:
            return response
        response.close()
        if body:
            raise UnsafeRedirect("redirected a question that holds the access key or an order")
        url = allowed_hop(source, base, url, target)
        if urlsplit(url).netloc != urlsplit(base).netloc:
            headers = conditions  # a key in the headers stays with the host it is for
    raise UnsafeRedirect(f"redirected more than {HOPS} times")


def _send(transport: HTTPAdapter, url: str, headers: dict[str, str], body: str, deadline: float) -> Response:
    from requests import Request as Asked
    from requests import exceptions, utils

    left = deadline - time.monotonic()
    if left <= 0:
        raise TimedOut("no complete answer in time")
    host = urlsplit(url).hostname
    trusted = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
    try:
        asked = Asked(
            "POST" if body else "GET",
            url,
            headers={"User-Agent": _user_agent(), "Accept": "*/*", "Accept-Encoding": "identity", **headers},
            data=body.encode() if body else None,
        ).prepare()
        return transport.send(
            asked,
            stream=True,
            timeout=(min(CONNECT_SECONDS, left), min(READ_SECONDS, left)),
            proxies=utils.get_environ_proxies(url),
            verify=trusted,
        )
    except exceptions.SSLError:
        raise Unreachable(f"the certificate of {host} is not accepted") from None
    except exceptions.ProxyError:
        raise Unreachable(f"the proxy named in {_proxy_variable(url)} does not answer") from None
    except exceptions.Timeout:
        raise TimedOut(f"{host} did not answer in time") from None
    except OSError as error:  # every error of requests is one
        raise Unreachable(f"no connection to {host}: {_cause(error)}") from None


def _cause(error: OSError) -> str:
    text = str(error).lower()
    if "nameresolution" in text or "failed to resolve" in text or "gaierror" in text:
        return "its name was not found"
    if "refused" in text:
        return "refused"
    return "certificate file not found" if "certificate" in text else "broken off"


def _proxy_variable(url: str) -> str:
    names = (f"{urlsplit(url).scheme}_proxy", "all_proxy")
    found = [form for name in names for form in (name, name.upper()) if os.environ.get(form)]
    return found[0] if found else "the environment"


@cache
def _user_agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"two-seas/{version('two-seas')}"
    except PackageNotFoundError:
        return "two-seas"
