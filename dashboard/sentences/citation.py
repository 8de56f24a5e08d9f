"""How to cite what is shown: the credit line of a figure, one text to paste, and the same as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

import numpy as np
import xarray as xr

from dashboard.words.text import day, t

# BibTeX counts braces without looking at a backslash before them, so a lone brace needs its name.
SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_"},
}
URL_CHARS = ":/?#[]@!$&'()*+,;=%-._~"
KEY_LENGTH = 40


def credit(datasets: Sequence[xr.Dataset], cache_id: str) -> str:
    """The line that travels inside a picture: who made the data, when fetched, which cache."""
    names = list(dict.fromkeys(dataset.attrs["source_label"] for dataset in datasets))
    return t("chart.credit", sources="; ".join(names), retrieved=retrieved(datasets), cache=cache_id)


def citation(title: str, datasets: Sequence[xr.Dataset], cache_id: str, link: str) -> str:
    """One text to paste: the chart's title, each provider's own citation, the state, the link."""
    said = list(dict.fromkeys(dataset.attrs["citation"].rstrip(".") + "." for dataset in datasets))
    return t(
        "chart.cite_text",
        titles=title,
        citations=" ".join(said),
        retrieved=retrieved(datasets),
        cache=cache_id,
        link=link,
    )


def state(cache_id: str, newest: str, year: str) -> str:
    """The state of the data as a whole, as plain text."""
    return t("data.cite", year=year, cache=cache_id, newest=newest)


def bibtex(datasets: Sequence[xr.Dataset], cache_id: str, newest: str, year: str, link: str = "") -> str:
    """One ``@misc`` for the state of Two Seas, then one for each provider of ``datasets``."""
    own = {
        "title": "{" + escape(t("cite.title")) + "}",
        "author": "{" + escape(t("app.name")) + "}",
        "year": escape(year),
        "howpublished": f"\\url{{{_url(link)}}}" if link else "",
        "note": escape(t("cite.state_note", cache=cache_id, newest=newest)),
    }
    entries = {f"two-seas-{cache_id}": own}
    for mine in _by_provider(datasets):
        attrs = mine[0].attrs
        entries[_free_key(attrs["source_label"], entries)] = {
            "title": "{" + escape(attrs["source_label"]) + "}",
            "howpublished": f"\\url{{{_url(attrs['source_url'].split(' ; ')[0])}}}",
            "note": escape(
                t(
                    "cite.provider_note",
                    citation=attrs["citation"].rstrip("."),
                    licence=attrs["licence"],
                    retrieved=retrieved(mine).strip(),
                )
            ),
        }
    return "\n\n".join(_entry(key, fields) for key, fields in entries.items()) + "\n"


def escape(text: str) -> str:
    """Text as it may stand between the braces of a BibTeX field: one line, no command, braces in balance."""
    return "".join(SPECIAL.get(char, char) for char in " ".join(text.split()))


def retrieved(datasets: Sequence[xr.Dataset]) -> str:
    """The newest day on which any of these was fetched; embedded figures say so."""
    days = [
        dataset.attrs["retrieved_at"][:10] for dataset in datasets if dataset.attrs.get("origin") == "live"
    ]
    if not days:
        return t("chart.embedded")
    return t("chart.retrieved", when=day(np.datetime64(max(days))))


def _by_provider(datasets: Sequence[xr.Dataset]) -> list[list[xr.Dataset]]:
    found: dict[tuple[str, str], list[xr.Dataset]] = {}
    for dataset in datasets:
        found.setdefault((dataset.attrs["source_label"], dataset.attrs["citation"]), []).append(dataset)
    return list(found.values())


def _free_key(label: str, taken: dict) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", label.lower())[:KEY_LENGTH].strip("-") or "source"
    return next(key for key in (base, *(f"{base}-{at}" for at in range(2, 1000))) if key not in taken)


def _entry(key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _url(address: str) -> str:
    """An address without the signs that would end its field."""
    return quote(address, safe=URL_CHARS)
