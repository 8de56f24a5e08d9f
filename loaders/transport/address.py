"""Where a question goes and the access key it carries.

A key is read from the environment when the question is sent, goes to the source's own address and to no
other host, and stands in nothing that is kept.
"""

from __future__ import annotations

import ipaddress
import json
from urllib.parse import quote, urljoin, urlsplit

from loaders.environment import settings
from loaders.errors import Unreachable, UnsafeRedirect
from loaders.tables.schema import Source
from loaders.transport.question import Request


def base_url(source: Source) -> str:
    """The address in ``TWO_SEAS_<SOURCE>_URL``, else the catalogue's, with one slash at its end.

    Raises UnsafeRedirect unless it is https; http is allowed for a loopback address.
    """
    name, base = settings.variable(source, "URL"), settings.base(source)
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UnsafeRedirect(f"{name} is not an address") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    if not host or not secure or "@" in parts.netloc:
        raise UnsafeRedirect(f"{name} must be an https address (http only for a loopback one) without a name")
    return base.rstrip("/") + "/"


def address(source: Source, request: Request, base: str) -> str:
    """Where to ask; a whole address in the path must be one of the source's, as a redirect must."""
    whole = request.path.startswith(("https://", "http://"))
    return allowed_hop(source, base, base, request.path) if whole else base + request.path


def with_key(source: Source, request: Request, base: str) -> tuple[str, dict[str, str], str]:
    """Address, headers and body as they are sent. The key goes to the base address and to no other host."""
    url, headers, body = address(source, request, base), dict(request.headers), request.body
    if body:
        headers |= {"Content-Type": "application/json"}
    key = settings.key(source)
    if not key or not source.key_in or urlsplit(url).netloc != urlsplit(base).netloc:
        return url, headers, body
    if not (key.isascii() and key.isprintable()):
        raise Unreachable(f"{settings.variable(source, 'KEY')} holds characters that no key has")
    place, name = source.key_in.split(" ")
    if place == "header":
        headers[name] = key
    elif place == "query":
        url += f"{'&' if '?' in url else '?'}{name}={quote(key, safe='')}"
    elif body:
        body = json.dumps({name: key} | json.loads(body))
    return url, headers, body


def allowed_hop(source: Source, base: str, url: str, location: str) -> str:
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
