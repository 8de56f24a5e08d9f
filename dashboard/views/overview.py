"""Overview: are the Aral and the Caspian recovering? The answer in a sentence, a card for each water body."""

import streamlit as st

from dashboard.figures import card_charts
from dashboard.markup import blocks
from dashboard.readings.finding import finding
from dashboard.register import commitments
from dashboard.sentences import cards, headline, one_series
from dashboard.series.comparison import panels
from dashboard.series.snapshot import label
from dashboard.views.commitments_parts import register
from dashboard.views.shell import chart, frame
from dashboard.words.text import t

current = frame.frame()
snapshot, selection, look = current.snapshot, current.selection, current.look


def card_lines(shown):
    """The drawn lines of one card: the yearly record heavy, finer ones of the same datum thin."""
    rows = [snapshot.catalogue.series[name] for name in shown]
    found = [frame.line(current, row, role="thin" if at else "main") for at, row in enumerate(rows)]
    return [line for line in found if line.times.size]


@frame.panel()
def draw(lines, key, title, *, since="", marks=(), height=232):
    """One panel with its actions; its title is the row of the first line."""
    row = snapshot.catalogue.series[lines[0].series]
    indicator = snapshot.catalogue.indicators[row.indicator]
    figure = card_charts.panel_of(
        lines, snapshot, look, current.today, since=since, marks=marks, height=height, view=key
    )
    alt = frame.alt_of(current, snapshot.series[row.id], indicator.unit_label, indicator.decimals)
    chart.chart(figure, key=key, title=title, alt=alt, lines=lines, current=current)


@frame.panel()
def body_card(body):
    words = cards.card(body, snapshot, current.today)
    colors = look.line(body.body.color), look.text(body.body.color)
    st.html(blocks.card(body.body.label, *colors, words))


@frame.panel()
def body_chart(body, height):
    lines = card_lines(body.shown)
    if lines:
        marks = card_charts.marks_of(body.place, lines)
        name = body.body.label
        draw(lines, f"overview-{body.place}", name, since=current.absence, marks=marks, height=height)
    elif body.shown:
        st.html(blocks.small(t("chart.empty", hint=t("chart.empty_hint"))))


allowed = current.rows
headline_rows = [row for row in allowed if row.indicator in ("level", "area", "volume")]
waters = [body for body in snapshot.catalogue.bodies if any(row.place == body for row in headline_rows)]
findings = [finding(snapshot, body, current.comparison, headline_rows) for body in waters]

if findings:
    st.html(
        blocks.answer(
            headline.kicker(current.comparison),
            headline.answer(findings, current.comparison, snapshot),
            [
                *headline.deck(findings, snapshot, current.today),
                (headline.unfetched(findings, snapshot), False),
            ],
        )
    )
    for body, column in zip(findings, st.columns(len(findings), gap="medium"), strict=True):
        with column:
            # One water body alone has its words beside its chart; several stand side by side.
            told, shown_in = st.columns([4, 7], gap="large") if len(findings) == 1 else (column, column)
            with told:
                body_card(body)
            with shown_in:
                body_chart(body, 300 if len(findings) == 1 else 232)
    st.html(blocks.small(f"{t('card.own_scale')} {t('card.part')}"))

drawn = {name for body in findings for name in body.shown}
rest = [row for row in allowed if row.id not in drawn]
most = 9 if selection.indicator else 6 if selection.sea != "both" else 3
chosen = panels(snapshot, rest, indicator=selection.indicator, most=most)
shown = [(row, lines) for row in chosen if (lines := card_lines((row.id,)))]
if shown:
    if selection.indicator:
        title = t(
            "overview.indicator_title", indicator=snapshot.catalogue.indicators[selection.indicator].label
        )
        st.html(blocks.heading(title, t("overview.indicator_deck", count=len(allowed))))
    else:
        st.html(blocks.heading(t("overview.more_title"), t("overview.more_deck")))
    for row_of_panels in (shown[at : at + 3] for at in range(0, len(shown), 3)):
        for (row, lines), column in zip(row_of_panels, st.columns(3, gap="medium"), strict=False):
            with column:
                st.html(
                    blocks.panel_title(
                        label(row),
                        look.text(snapshot.tone(row.place, row.sea)),
                        one_series.about(row, snapshot),
                    )
                )
                draw(lines, f"overview-{row.id}", row.title, since=current.absence, height=210)
if not findings and not shown:
    st.html(blocks.answer(headline.kicker(current.comparison), t("sentence.filtered")))
    st.info(t("chart.empty", hint=t("chart.empty_hint")))

with frame.panel():
    register.strip(current, commitments.register())
