"""Commitments: every passage of the speech beside the figures that bear on it."""

import streamlit as st

from dashboard import charts, commitments, markup, sentences
from dashboard.analysis import SPEECH
from dashboard.findings import headline, linked
from dashboard.lines import clip, line_of
from dashboard.snapshot import label
from dashboard.text import brief, day, t
from dashboard.views import parts, register

GROUPS = (
    ("acts", ("target", "pledge", "call", "initiative")),
    ("claims", ("claim",)),
    ("none", ("none",)),
    ("tensions", ("tension",)),
    ("neutral", ("neutral",)),
)
current = parts.frame()
snapshot, selection, look = current.snapshot, current.selection, current.look
book = commitments.register()
rows = book.commitments.values()
passages = sum(row.kind != "none" for row in rows)


def opened(row):
    """One passage in full: words, figures line by line, what is missing, dated evidence."""
    left, right = st.columns([5, 7], gap="large")
    found, missing = linked(snapshot, row.series, current.comparison)
    with left:
        kind = t(f"commitments.kind_{row.kind}")
        st.html(markup.panel_title(row.wording, look.ink, f"{kind} · {register.fragment(row)}"))
        deadline_none = "" if row.kind in ("claim", "none") else t("commitments.deadline_none")
        facts = [
            (t("commitments.who"), row.actor),
            (t("commitments.when"), row.deadline or deadline_none),
            (t("commitments.missing"), row.missing),
            (t("commitments.changes_reading"), row.changes_reading),
        ]
        st.html(markup.facts(facts))
        if row.sea in ("caspian", "aral"):
            st.html(markup.quote(t(f"fixed.{row.sea}")))
    with right:
        first = headline(found)
        if first is not None:
            mini(row, first)
        else:
            st.info(t("commitments.none_linked"))
    if found:
        labels = [t(f"commitments.{name}") for name in ("series", "newest", "change", "periods", "grade")]
        body = []
        for one in found:
            change, how = sentences.change_words(one.change, snapshot)
            body.append(
                (
                    label(one.row),
                    sentences.newest(one, snapshot),
                    change,
                    how,
                    t(f"grade.{one.row.provenance_grade}"),
                )
            )
        columns = "minmax(0,3fr) minmax(0,2fr) minmax(0,2fr) minmax(0,3fr) minmax(0,1.4fr)"
        st.html(
            markup.panel_title(t("commitments.measured"), look.ink, t("commitments.readings_later"))
            + markup.table(labels, body, columns)
        )
    if missing:
        st.html(markup.small(t("commitments.not_stored", names=", ".join(missing))))
    evidence(row)


def mini(row, first):
    """A small chart of the passage's first series."""
    line = line_of(
        snapshot.series[first.row.id],
        label(first.row),
        look.of_place(first.row.place, first.row.sea),
        text_color=look.text_of_place(first.row.place, first.row.sea),
    )
    line = clip(line, *current.period)
    if not line.times.size:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    indicator = snapshot.catalogue.indicators[first.row.indicator]
    st.html(markup.panel_title(first.row.title, look.ink, sentences.about(first.row, snapshot)))
    figure = charts.panel(
        [line],
        look,
        unit=indicator.unit_label,
        decimals=indicator.decimals,
        today=current.today,
        since=current.absence,
        speech=t("card.speech"),
        height=240,
        credit=parts.credit([snapshot.series[first.row.id]], snapshot.cache_id),
        view=row.id,
    )
    dataset = snapshot.series[first.row.id]
    alt = parts.alt_of(current, dataset, indicator.unit_label, indicator.decimals)
    parts.chart(
        figure, key=f"commitment-{row.id}", title=first.row.title, alt=alt, lines=[line], current=current
    )


def evidence(row):
    """Dated events, newest first, with what each rests on."""
    events = [event for event in commitments.milestones_of(row.id) if event.kind != "speech"]
    st.html(
        markup.panel_title(
            t("commitments.documents"), look.ink, "" if events else t("commitments.documents_none")
        )
    )
    if events:
        st.html(markup.events([event_words(event) for event in reversed(events)]))


def event_words(event):
    marks = [event.said_by, event.source_kind]
    if event.seen_as == "extract":
        marks.append(t("commitments.extract"))
    if event.not_found:
        marks.append(t("commitments.planned", when=event.looked_on or event.seen_on))
    return event.date, event.statement, " · ".join(mark for mark in marks if mark), event.source_url


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
    body = [
        (
            target.label,
            ", ".join(word for word in (f"{brief(target.value)} {target.unit}", target.date) if word),
            f"{target.who}, {target.said} ({target.document})",
            target.caution,
        )
        for target in targets
    ]
    columns = "minmax(0,2.6fr) minmax(0,1.8fr) minmax(0,3fr) minmax(0,3.4fr)"
    st.html(
        markup.heading(t("commitments.later"), t("commitments.later_deck"))
        + markup.table(labels, body, columns)
    )


st.html(
    markup.answer(
        t("commitments.kicker"),
        t("commitments.title"),
        [(t("commitments.deck", count=passages, speech=day(SPEECH), dated=t("commitments.dated")), False)],
    )
)
kept = register.chosen(current, list(rows))
if not kept:
    st.info(t("commitments.no_rows"))
for name, kinds in GROUPS:
    mine = [row for row in kept if row.kind in kinds]
    if not mine:
        continue
    block = (
        markup.group(t(f"commitments.group_{name}"), t(f"commitments.group_{name}_note")) + register.header()
    )
    for row in mine:
        block += register.markup_row(current, row, opened=row.id == selection.open)
        if row.id == selection.open:
            st.html(block)
            opened(row)
            block = ""
    if block:
        st.html(block)
later()
