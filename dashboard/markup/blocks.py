"""Escaped HTML for the few blocks that Streamlit has no element for: the answer, cards, register rows.

Only strings of the catalogue and escaped values enter; no upstream markup, no script, no foreign address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from dashboard.palette import Palette
from dashboard.sentences.cards import CardWords

SHEET = Path(__file__).with_name("sheet.css")
# Width in per cent of the page around it, height in pixels.
FRAME = (100, 640)


def sheet(look: Palette) -> str:
    """The one style sheet; its classes are our own and touch no element of Streamlit's."""
    roles = {"ink": look.ink, "muted": look.muted, "grid": look.grid, "comparison": look.comparison}
    colors = "".join(f"--ts-{role}:{color};" for role, color in roles.items())
    return f"<style>:root{{{colors}}}\n{_css()}</style>"


def answer(kicker: str, sentence: str, deck: Sequence[tuple[str, bool]] = ()) -> str:
    """Kicker, the page's one h1, and a deck whose parts may be strong."""
    parts = " ".join(f"<b>{escape(text)}</b>" if strong else escape(text) for text, strong in deck)
    tail = f'<p class="ts-deck">{parts}</p>' if parts else ""
    return (
        f'<div class="ts"><p class="ts-kicker">{escape(kicker)}</p>'
        f'<h1 class="ts-answer">{escape(sentence)}</h1>{tail}</div>'
    )


def card(name: str, color: str, text_color: str, words: CardWords) -> str:
    """One water body: a rule in its colour, its figure, what it means, and the unit of the chart below."""
    said = "<br>".join(escape(text) for text in words.lines if text)
    return (
        f'<div class="ts ts-card" style="border-color:{color}">'
        f'<h2 style="color:{text_color}">{escape(name)}</h2>'
        f'<div class="ts-figure">{escape(words.figure)} <small>{escape(words.aside)}</small></div>'
        f'<div class="ts-state"><b>{escape(words.state)}</b></div>'
        f'<div class="ts-line">{said}</div>'
        f'<div class="ts-unit">{escape(words.unit)}</div></div>'
    )


def panel_title(title: str, color: str, about: str) -> str:
    """The title of a small multiple (h3) and what is drawn in it."""
    return (
        f'<div class="ts ts-panel"><h3 style="color:{color}">{escape(title)}</h3>'
        f'<div class="ts-unit">{escape(about)}</div></div>'
    )


def heading(title: str, deck: str = "", link: tuple[str, str] | None = None) -> str:
    """A section heading (h2) with one line under it, and a link at its end."""
    tail = f' <a href="{escape(link[1])}" target="_self">{escape(link[0])}</a>' if link else ""
    under = f'<p class="ts-deck">{escape(deck)}{tail}</p>' if deck or link else ""
    return f'<div class="ts ts-section"><h2>{escape(title)}</h2>{under}</div>'


def group(title: str, note: str) -> str:
    return f'<div class="ts ts-group"><h2>{escape(title)}</h2> <span>· {escape(note)}</span></div>'


@dataclass(frozen=True)
class Cell:
    """A cell of a register row: the column's label, its words, the small line below, and a shape before them.

    ``picture``, and ``after`` below the words, are markup of this module (``shape``, ``ladder``,
    ``age_bar``), never a text from outside; ``url`` makes the words a link where it is an https address.
    """

    label: str
    main: str
    small: str = ""
    picture: str = ""
    url: str = ""
    after: str = ""


def head(labels: Sequence[str], columns: str) -> str:
    cells = "".join(f"<div>{escape(label)}</div>" for label in labels)
    return f'<div class="ts ts-grid ts-head" style="grid-template-columns:{columns}">{cells}</div>'


def row(
    words: str,
    fragment: str,
    cells: Sequence[Cell],
    columns: str,
    *,
    link: tuple[str, str] | None = None,
    anchor: str = "",
) -> str:
    """One passage: words and fragment, the cells, and a link that opens or closes it."""
    tail = ""
    if link:
        tail = f'<div class="ts-open"><a href="{escape(link[1])}" target="_self">{escape(link[0])}</a></div>'
    named = f' id="{escape(anchor)}"' if anchor else ""
    return (
        f'<div class="ts ts-grid ts-row"{named} style="grid-template-columns:{columns}">'
        f'<div><div class="ts-words">{escape(words)}</div>'
        f'<div class="ts-sub">{escape(fragment)}</div></div>{_cells(cells)}{tail}</div>'
    )


def listing(labels: Sequence[str], rows: Sequence[Sequence[Cell]], columns: str) -> str:
    """A table whose cells may hold a picture and a small line below their words."""
    return head(labels, columns) + "".join(
        f'<div class="ts ts-grid ts-row" style="grid-template-columns:{columns}">{_cells(cells)}</div>'
        for cells in rows
    )


def _cells(cells: Sequence[Cell]) -> str:
    return "".join(
        f'<div class="{"" if cell.main else "ts-empty"}"><div class="ts-label">{escape(cell.label)}</div>'
        f'<div class="ts-state">{cell.picture}{_linked(cell.main, cell.url) or "–"}</div>{cell.after}'
        f'<div class="ts-sub">{escape(cell.small)}</div></div>'
        for cell in cells
    )


def _linked(words: str, url: str) -> str:
    if not url.startswith("https://"):
        return escape(words)
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(words)}</a>'


def table(labels: Sequence[str], rows: Sequence[Sequence[str]], columns: str) -> str:
    """A small reading table in the page's own type; the first column is in ink."""
    body = "".join(
        f'<div class="ts ts-grid ts-row" style="grid-template-columns:{columns}">'
        + "".join(
            f'<div><div class="ts-label">{escape(label)}</div>'
            f'<div class="{"ts-words" if at == 0 else ""}">{escape(cell)}</div></div>'
            for at, (label, cell) in enumerate(zip(labels, cells, strict=True))
        )
        + "</div>"
        for cells in rows
    )
    return head(labels, columns) + body


def small(text: str) -> str:
    return f'<div class="ts"><p class="ts-small">{escape(text)}</p></div>'


def iframe(address: str, title: str) -> str:
    """What another page pastes to show one chart in a frame."""
    width, height = FRAME
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}%" height="{height}" '
        'style="border:0" loading="lazy"></iframe>'
    )


def alone(title: str, finding: str) -> str:
    """Over a chart that stands by itself: its title (h1) and its finding."""
    return (
        f'<div class="ts"><h1 class="ts-alone">{escape(title)}</h1>'
        f'<p class="ts-small">{escape(finding)}</p></div>'
    )


def back(words: str, address: str) -> str:
    """Under a chart that stands by itself: the way to its page, in a window of its own."""
    return (
        f'<div class="ts ts-small"><a href="{escape(address)}" target="_blank" rel="noopener">'
        f"{escape(words)}</a></div>"
    )


def quote(text: str) -> str:
    return f'<div class="ts"><p class="ts-quote">{escape(text)}</p></div>'


def foot(cannot: str, what: str, state: str, credit: str) -> str:
    return (
        f'<div class="ts ts-foot"><p><b>{escape(cannot)}</b> {escape(what)}</p>'
        f"<p>{escape(state)}<br>{escape(credit)}</p></div>"
    )


def plain(text: str) -> str:
    """A reader's own text as it may stand in a message: no markdown, no tags, one line, 40 characters."""
    kept = "".join(char for char in text if char.isalnum() or char in " .,:_-+=")
    return kept[:40]


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Label over text, one below the other."""
    body = "".join(
        f'<div class="ts-fact"><div class="ts-sub">{escape(label)}</div><div>{escape(text)}</div></div>'
        for label, text in pairs
        if text
    )
    return f'<div class="ts">{body}</div>'


def events(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """Dated statements: date, what happened (a link where there is an address), what it rests on."""
    body = ""
    for date, statement, rests, url in rows:
        body += (
            f'<div class="ts ts-grid ts-row ts-event"><div class="ts-sub">{escape(date)}</div>'
            f'<div>{_linked(statement, url)}<div class="ts-sub">{escape(rests)}</div></div></div>'
        )
    return body


@cache
def _css() -> str:
    return SHEET.read_text("utf-8")


def figure(main: str, aside: str, words: str) -> str:
    """A large number, what stands beside it, and the sentence that says what it is."""
    return (
        f'<div class="ts"><div class="ts-figure">{escape(main)} <small>{escape(aside)}</small></div>'
        f'<div class="ts-line">{escape(words)}</div></div>'
    )


def sums(lines: Sequence[tuple[str, str]]) -> str:
    """An arithmetic, line by line: what it is on the left, the number on the right."""
    body = "".join(
        f'<div class="ts-sum"><div>{escape(name)}</div><div>{escape(value)}</div></div>'
        for name, value in lines
    )
    return f'<div class="ts">{body}</div>'
