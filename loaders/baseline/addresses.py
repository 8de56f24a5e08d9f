"""Turn the addresses that people print beside a figure into https links, and keep what is none as words."""

from __future__ import annotations

import re

GITHUB = re.compile(
    r"github (?P<repo>[\w.-]+/[\w.-]+) @(?P<commit>[0-9a-f]{7,40})"
    r"(?: (?P<path>\S+))?(?: and (?P<second>\S+))?(?P<rest>.*)"
)
HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
SITE = re.compile(HOST)
PAGE = re.compile(HOST + r"/[\w./?=&%+~:@,-]*")
REMARK = re.compile(r"\(([^()]*)\)")
SEPARATOR = " ; "


def normalise(text: str) -> tuple[str, str]:
    """``(links, words)``: the https addresses in ``text`` joined by " ; ", and the words that are no address.

    A page without its scheme, a DOI and "github owner/repo @commit path" become addresses. A bare site name
    is an address; followed by a page number or a date it is not that page's address and stays in the words.
    """
    links: list[str] = []
    words: list[str] = []
    for part in text.split(";"):
        found, rest = _part(" ".join(part.split()))
        links += [link for link in found if link not in links]
        if rest:
            words.append(rest)
    return SEPARATOR.join(links), "; ".join(words)


def _part(text: str) -> tuple[list[str], str]:
    github = GITHUB.fullmatch(text)
    if github:
        site, commit = f"https://github.com/{github['repo']}", github["commit"]
        files = [f"{site}/blob/{commit}/{path}" for path in (github["path"], github["second"]) if path]
        return files or [f"{site}/tree/{commit}"], github["rest"].strip()
    text = re.sub(rf"^({HOST}) (\?\S+)", r"\1/\2", text)
    tokens = text.split()
    rest = " ".join(tokens[1:])
    if tokens and SITE.fullmatch(tokens[0]) and (not rest or REMARK.fullmatch(rest)):
        return [f"https://{tokens[0]}"], _bare(rest)
    links = [link for link in map(_page, tokens) if link]
    # "SITE NUMBER with OTHER/PAGE" names its first page by number only: all of it is worth keeping.
    return links, _bare(rest) if tokens and _page(tokens[0]) else text


def _bare(text: str) -> str:
    remark = REMARK.fullmatch(text)
    return remark[1] if remark else text


def _page(token: str) -> str | None:
    if token.startswith(("https://", "http://")):
        return "https://" + token.split("://", 1)[1]
    if token.startswith("doi:10."):
        return "https://doi.org/" + token.removeprefix("doi:")
    return f"https://{token}" if PAGE.fullmatch(token) else None
