"""Commitments: every passage of the speech beside the figures that bear on it."""

import streamlit as st

from dashboard.markup import blocks, passage_rows
from dashboard.register import commitments
from dashboard.sentences.verdicts import when
from dashboard.series.periods import SPEECH
from dashboard.views.commitments_parts import opened, register
from dashboard.views.shell import frame
from dashboard.words.text import brief, day, t

GROUPS = (
    ("acts", ("target", "pledge", "call", "initiative")),
    ("claims", ("claim",)),
    ("none", ("none",)),
    ("tensions", ("tension",)),
    ("neutral", ("neutral",)),
)
current = frame.frame()
snapshot, selection, look = current.snapshot, current.selection, current.look
book = commitments.register()
rows = book.commitments.values()
passages = sum(row.kind != "none" for row in rows)


def value(target):
    """A number with its unit, and by when."""
    number = f"{brief(target.value)} {target.unit}"
    return ", ".join(word for word in (number, target.date and when(target.date)) if word)


def once(texts):
    """A text that the row above has too is not said again."""
    return [
        t("commitments.later_same") if text and text == above else text
        for above, text in zip(["", *texts], texts, strict=False)
    ]


@frame.panel()
def later():
    """Official targets that came after the speech, apart from it."""
    targets = [
        target
        for target in book.targets.values()
        if selection.sea == "both" or book.commitments[target.commitment].sea in (selection.sea, "both")
    ]
    if not targets:
        return
    labels = [t(f"commitments.later_{name}") for name in ("target", "value", "said", "caution")]
    said = [f"{target.who}, {when(target.said)} ({target.document})" for target in targets]
    cautions = [target.caution for target in targets]
    body = [
        (target.label, value(target), *words)
        for target, *words in zip(targets, once(said), once(cautions), strict=True)
    ]
    columns = "minmax(0,2.6fr) minmax(0,1.8fr) minmax(0,3fr) minmax(0,3.4fr)"
    st.html(
        blocks.heading(t("commitments.later"), t("commitments.later_deck"))
        + blocks.table(labels, body, columns)
    )


st.html(
    blocks.answer(
        t("commitments.kicker"),
        t("commitments.title"),
        [(t("commitments.deck", count=passages, speech=day(SPEECH), dated=t("commitments.dated")), False)],
    )
)
kept = passage_rows.chosen(selection, list(rows))
if not kept:
    st.info(t("commitments.no_rows"))
# The opened passage comes first: a page that is loaded stands at its top, and nothing here can scroll it.
for row in kept:
    if row.id == selection.open:
        st.html(register.header() + register.markup_row(current, row, opened=True))
        with frame.panel():
            opened.show(current, register.assessments(current)[row.id])
for name, kinds in GROUPS:
    mine = [row for row in kept if row.kind in kinds and row.id != selection.open]
    if mine:
        title = blocks.group(t(f"commitments.group_{name}"), t(f"commitments.group_{name}_note"))
        st.html(title + register.header() + "".join(register.markup_row(current, row) for row in mine))
later()
