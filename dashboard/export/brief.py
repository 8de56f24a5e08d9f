"""The printable brief: for each sea one A4 page with the answer, its charts, the readings and the sources.

The file holds everything it needs, plotly's script included, and asks nobody for anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from importlib.metadata import version
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard import filters
from dashboard.figures import card_charts
from dashboard.filters import Selection
from dashboard.markup import blocks, passage_rows, shapes
from dashboard.palette import LIGHT, Palette
from dashboard.readings.assess import assess
from dashboard.readings.finding import Finding, finding
from dashboard.readings.records import Assessment
from dashboard.register import commitments
from dashboard.sentences import cards, citation, headline, one_series
from dashboard.series.comparison import Comparison, panels
from dashboard.series.periods import SPEECH
from dashboard.series.snapshot import Snapshot, label
from dashboard.words.text import DEFAULT, day, period, spoken, t
from loaders.tables.items import Series

SHEET = Path(__file__).with_name("brief.css")
# Pixels of CSS: the A4 sheet less its margins, and the gap between two charts.
WIDTH, GAP = 752, 18
TALL, LOW = 214, 138
MORE, ROWS = 2, 4
COLUMNS = "minmax(0,3.6fr) minmax(0,1.9fr) minmax(0,3fr) minmax(0,2.7fr) minmax(0,0.8fr)"
SOURCE_COLUMNS = "minmax(0,3.2fr) minmax(0,2.6fr) minmax(0,1.5fr) minmax(0,3.3fr) minmax(0,1.3fr)"
# A longer language makes a longer page: it shrinks to its sheet, never onto a second one.
FIT = """for (const page of document.querySelectorAll(".fit")) {
  const room = parseFloat(getComputedStyle(page).minHeight) / page.scrollHeight;
  if (room < 1) page.style.transform = `scale(${room})`;
}"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class Frame:
    """What both pages share: the data, the colours, the day."""

    snapshot: Snapshot
    look: Palette
    today: np.datetime64
    readings: dict[str, Assessment]


def document(snapshot: Snapshot, seas: Sequence[str], today: np.datetime64) -> str:
    """The whole file in the language spoken, one page for each of ``seas``."""
    snapshot = replace(snapshot, as_of=today)
    readings = {found.row.id: found for found in assess(snapshot, as_of=today)}
    frame = Frame(snapshot, LIGHT, today, readings)
    pages = "".join(_page(frame, sea) for sea in seas)
    style = blocks.sheet(frame.look) + f"<style>{SHEET.read_text('utf-8')}</style>"
    return (
        f'<!doctype html><html lang="{spoken()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(t('cite.title'))}</title>{style}<script>{get_plotlyjs()}</script></head>"
        f"<body>{pages}<script>{FIT}</script></body></html>\n"
    )


def _page(frame: Frame, sea: str) -> str:
    snapshot = frame.snapshot
    allowed = filters.matching(Selection(sea=sea), snapshot.rows())
    water = [row for row in allowed if row.indicator in ("level", "area", "volume")]
    mine = [body for body in snapshot.catalogue.bodies if any(row.place == body for row in water)]
    found = [finding(snapshot, body, Comparison(), water) for body in mine]
    drawn = {name for body in found for name in body.shown}
    rest = [row for row in allowed if row.id not in drawn]
    more = panels(snapshot, rest, indicator="", most=MORE)
    shown = [*(name for body in found for name in body.shown), *(row.id for row in more)]
    return (
        f'<section class="sheet"><div class="fit">{_head(frame, sea)}'
        + blocks.answer(
            t("sentence.kicker", speech=day(SPEECH)),
            headline.answer(found, Comparison(), snapshot),
            headline.deck(found, snapshot, frame.today),
        )
        + _bodies(frame, found)
        + _more(frame, sea, more)
        + _strip(frame, sea)
        + _unknown(sea)
        + _sources(snapshot, shown)
        + _foot(frame)
        + "</div></section>"
    )


def _head(frame: Frame, sea: str) -> str:
    said = t("brief.head", sea=t(f"sea.{sea}"), when=period(frame.today, "day"))
    draft = "" if spoken() == DEFAULT else blocks.small(t("app.draft"))
    return f"<header>{shapes.logo(frame.look)}{blocks.small(said)}</header>{draft}"


def _bodies(frame: Frame, found: Sequence[Finding]) -> str:
    """One water body has its words beside its chart, several stand side by side."""
    single = len(found) == 1
    width = WIDTH * 2 // 3 if single else (WIDTH - GAP * (len(found) - 1)) // len(found)
    parts = []
    for body in found:
        colors = frame.look.line(body.body.color), frame.look.text(body.body.color)
        words = cards.card(body, frame.snapshot, frame.today)
        card = blocks.card(body.body.label, *colors, words)
        lines = card_charts.lines_of(body.shown, frame.snapshot, frame.look, frame.today)
        figure = ""
        if lines:
            drawn = card_charts.panel_of(
                lines,
                frame.snapshot,
                frame.look,
                frame.today,
                since=t("card.no_open"),
                marks=card_charts.marks_of(body.place, lines),
                height=TALL if single else TALL - 64,
            )
            figure = _figure(drawn, body.place, width, one_series.alt(body.shown[0], frame.snapshot))
        parts.append(f'<div class="{"beside" if single else "below"}">{card}{figure}</div>')
    return f'<div class="bodies">{"".join(parts)}</div>'


def _more(frame: Frame, sea: str, rows: Sequence[Series]) -> str:
    """What else is measured, one small panel each."""
    width = (WIDTH - GAP * (MORE - 1)) // MORE
    parts = []
    for row in rows:
        lines = card_charts.lines_of((row.id,), frame.snapshot, frame.look, frame.today)
        if lines:
            color = frame.look.text(frame.snapshot.tone(row.place, row.sea))
            title = blocks.panel_title(label(row), color, one_series.about(row, frame.snapshot))
            drawn = card_charts.panel_of(
                lines, frame.snapshot, frame.look, frame.today, since=t("brief.ended"), height=LOW
            )
            alt = one_series.alt(row.id, frame.snapshot)
            parts.append(f"<div>{title}{_figure(drawn, f'{sea}-{row.id}', width, alt)}</div>")
    return f'<div class="more">{"".join(parts)}</div>'


def _figure(figure: go.Figure, key: str, width: int, alt: str) -> str:
    """A figure of a fixed width that does not move, drawn by plotly's own script when the file is opened."""
    figure.update_layout(width=width)
    body = figure.to_html(
        full_html=False, include_plotlyjs=False, div_id=f"chart-{key}", config={"staticPlot": True}
    )
    return f'<figure role="img" aria-label="{escape(alt)}">{body}</figure>'


def _strip(frame: Frame, sea: str) -> str:
    rows = passage_rows.first(
        passage_rows.chosen(Selection(sea=sea), list(commitments.register().commitments.values()))
    )
    body = "".join(
        blocks.row(
            row.short,
            passage_rows.fragment(row),
            passage_rows.cells(frame.readings[row.id], frame.look),
            COLUMNS,
        )
        for row in rows[:ROWS]
    )
    head = blocks.heading(t("overview.strip_title")) + blocks.head(passage_rows.labels(), COLUMNS)
    return f"<div>{head}{body}</div>"


def _unknown(sea: str) -> str:
    cannot = t("overview.cannot", fixed=t("fixed.aral" if sea == "aral" else "fixed.caspian"))
    return (
        f'<div class="ts unknown"><p><b>{escape(t("brief.cannot"))}</b> {escape(cannot)} '
        f"{escape(t('card.own_scale'))} {escape(t('card.part'))}</p></div>"
    )


def _sources(snapshot: Snapshot, names: Sequence[str]) -> str:
    """The lines drawn on the page, those of one provider and zero together, with terms and newest points."""
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for name in dict.fromkeys(names):
        row, dataset = snapshot.catalogue.series[name], snapshot.series[name]
        datum = snapshot.catalogue.datums[row.datum].label if row.datum else "–"
        about = dataset.attrs["source_label"], datum, dataset.attrs["licence"]
        found.setdefault(about, []).append((label(row), one_series.newest_period(dataset)))
    rows = [
        ("; ".join(line for line, _ in lines), *about, "; ".join(dict.fromkeys(when for _, when in lines)))
        for about, lines in found.items()
    ]
    labels = [t(f"brief.{name}") for name in ("line", "source", "datum", "licence", "newest")]
    return f'<div class="sources">{blocks.table(labels, rows, SOURCE_COLUMNS)}</div>'


def _foot(frame: Frame) -> str:
    snapshot = frame.snapshot
    row = snapshot.newest
    newest = one_series.newest_period(snapshot.series[row.id]) if row else t("filter.newest_none")
    cite = citation.state(snapshot.cache_id, newest, str(frame.today)[:4])
    state = t("footer.state", newest=newest, cache=snapshot.cache_id, version=version("two-seas"))
    return blocks.foot(t("brief.cite"), cite, state, t("footer.free"))
