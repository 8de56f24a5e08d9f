"""One GET: connect, read and validate, tried at most three times within one deadline.

The retry stands around the whole attempt, because a body that breaks off is as common as a refused
connection. Redirects are followed here and only to the addresses of the source. No test of a certificate can
be switched off, and nothing is read from ``.netrc``.
"""

from __future__ import annotations

import ipaddress
import os
import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from loaders.errors import HttpStatus, TimedOut, Truncated, Unreachable, UnsafeRedirect
from loaders.model import Request, Source
from loaders.transfer import read_body
from loaders.verdict import masked, refusal, require_data, setting

if TYPE_CHECKING:
    from requests import Response, Session
    from tenacity import RetryCallState

TRIES = 3
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
HOPS = 5
AGAIN = {408, 425, 429, 500, 502, 503, 504}
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


def base_url(source: Source) -> str:
    """The address in ``TWO_SEAS_<SOURCE>_URL``, else the catalogue's, with one slash at its end.

    Raises UnsafeRedirect unless it is https; http is allowed for a loopback address.
    """
    name = setting(source, "URL")
    base = os.environ.get(name, "").strip() or source.url or ""
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UnsafeRedirect(f"{name} is not an address") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    if not host or not secure or "@" in parts.netloc:
        raise UnsafeRedirect(f"{name} must be an https address (http only for a loopback one) without a name")
    return base.rstrip("/") + "/"


def get(
    source: Source, request: Request, *, base: str, validators: Mapping[str, str], deadline: float
) -> Answer:
    """Fetch ``base + request.path``; ``validators`` holds the ETag and Last-Modified of what is stored.

    ``deadline`` is an instant of ``time.monotonic()``; a wait that the server asks for is kept where it is
    at most 30 s and fits. Raises a Fetching error, or NotData, Truncated, BadFormat for what was sent.
    """
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
    import requests

    conditions = {CONDITIONS[key]: value for key, value in validators.items() if key in CONDITIONS}
    with requests.Session() as session:
        session.trust_env = False
        # Even when told not to follow, requests reads a redirect's body to the end and parses its target.
        session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        session.headers.clear()
        session.headers.update({"User-Agent": _user_agent(), "Accept": "*/*", "Accept-Encoding": "identity"})
        with _open(session, source, request, base, conditions, deadline) as response:
            url = masked(base + request.path, source)
            fresh = {key: value for key in CONDITIONS if (value := response.headers.get(key))}
            if response.status_code == 304 and conditions:
                return Answer(b"", True, {**validators, **fresh}, 304, url)
            if response.status_code not in (200, 203):
                raise refusal(source, response, deadline)
            body = read_body(response, max_bytes=source.max_bytes, deadline=deadline)
            require_data(source, body, response.headers.get("Content-Type", ""))
            return Answer(body, False, fresh, response.status_code, url)


def _open(
    session: Session,
    source: Source,
    request: Request,
    base: str,
    conditions: dict[str, str],
    deadline: float,
) -> Response:
    """The first response that is no redirect; its body is not read yet."""
    url, headers = base + request.path, {**request.headers, **conditions}
    for _ in range(HOPS + 1):
        response = _send(session, url, headers, deadline)
        target = response.headers.get("Location")
        if response.status_code not in REDIRECTS or not target:
            return response
        response.close()
        url = _allowed_hop(source, base, url, target)
        if urlsplit(url).netloc != urlsplit(base).netloc:
            headers = conditions  # a key in the headers stays with the host it is for
    raise UnsafeRedirect(f"redirected more than {HOPS} times")


def _send(session: Session, url: str, headers: dict[str, str], deadline: float) -> Response:
    from requests import exceptions, utils

    left = deadline - time.monotonic()
    if left <= 0:
        raise TimedOut("no complete answer in time")
    host = urlsplit(url).hostname
    trusted = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
    try:
        return session.get(
            url,
            headers=headers,
            stream=True,
            allow_redirects=False,
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


def _allowed_hop(source: Source, base: str, url: str, location: str) -> str:
    """The whole address that ``location`` names, if ``source`` may send us there. Raises UnsafeRedirect."""
    try:
        target = urljoin(url, location)
        home, hop = urlsplit(base), urlsplit(target)
        same = (hop.scheme, hop.hostname, hop.port) == (home.scheme, home.hostname, home.port)
    except ValueError:
        raise UnsafeRedirect("redirected to something that is not an address") from None
    host = hop.hostname or ""
    listed = host in {*source.hosts, home.hostname} and not _is_private(host)
    at_home = same and _is_loopback(host)
    if "@" in hop.netloc or not (at_home or (listed and hop.scheme == "https")):
        raise UnsafeRedirect(f"redirected to {hop.scheme}://{host[:60]}, which is no address of this source")
    return target


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_private(host: str) -> bool:
    try:
        return host == "localhost" or not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _user_agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"two-seas/{version('two-seas')}"
    except PackageNotFoundError:
        return "two-seas"
