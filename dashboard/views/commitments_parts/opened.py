"""One passage opened: its readings with their arithmetic, its figures, its dated evidence."""

from __future__ import annotations

import streamlit as st

from dashboard.markup import blocks, passage_rows
from dashboard.readings import claims
from dashboard.readings.condition.records import Condition
from dashboard.readings.records import Assessment, Pathway
from dashboard.register import commitments
from dashboard.register.rows import Milestone
from dashboard.sentences import arithmetic, one_series
from dashboard.sentences import verdicts as wording
from dashboard.series.comparison import linked
from dashboard.series.level.levels import CM
from dashboard.series.snapshot import label
from dashboard.views.commitments_parts import claimed, register
from dashboard.views.commitments_parts.pictures import condition_pictures, series_picture
from dashboard.views.shell import frame
from dashboard.words.text import day, month, number, t, translate


def show(current: frame.Frame, found: Assessment) -> None:
    """Readings on the left, their pictures on the right, then figures, evidence and what would change it."""
    row = found.row
    left, right = st.columns([5, 7], gap="large")
    with left:
        kind = t(f"commitments.kind_{row.kind}").capitalize()
        kicker = t("opened.kicker", kind=kind, id=row.id, when=month(found.as_of))
        about = f"{kicker} · {passage_rows.fragment(row)}"
        st.html(blocks.panel_title(row.wording, current.look.ink, about))
        for reading in found.conditions:
            _condition_sums(current, reading)
        if found.pathway is not None:
            _pathway_sums(found.pathway, t("opened.pathway_title"))
        for later in found.later:
            _pathway_sums(later, f"{later.target.label}:" if later.target else "")
        _delivery(found)
        _not_measurable(found)
    with right:
        drawn = [condition_pictures(current, found, reading) for reading in found.conditions]
        if not any(drawn):
            series_picture(current, found)
    _facts(current, found)
    _figures(current, found)
    if claimed.VOLUME in found.row.series:
        st.html(_title("claimed_title", t("opened.claimed_deck")))
        claimed.pairs(current)
    _moved(current, found)
    _evidence(current, found)


def _title(key: str, about: str = "") -> str:
    return blocks.panel_title(t(f"opened.{key}"), frame.frame().look.ink, about)


def _condition_sums(current: frame.Frame, reading: Condition) -> None:
    decided = wording.deciding(reading)
    place = current.snapshot.catalogue.places[reading.place].label
    verdict = wording.condition_word(reading, current.look)
    st.html(blocks.panel_title(f"{place}: {verdict.word.lower()}", current.look.ink, verdict.small))
    if decided is not None and decided.fit is not None:
        st.html(blocks.sums(arithmetic.baseline_lines(decided)))
        if blind := arithmetic.blind_spot(decided):
            st.html(blocks.small(blind))
    if reading.baselines:
        body = [
            (arithmetic.baseline_name(baseline), *arithmetic.baseline_words(baseline))
            for baseline in reading.baselines
        ]
        labels = [t(f"opened.hold_{name}") for name in ("col_base", "col_change", "col_word")]
        columns = "minmax(0,1.6fr) minmax(0,1.2fr) minmax(0,2.4fr)"
        st.html(_title("hold") + blocks.table(labels, body, columns))
    if reading.like is not None:
        st.html(_title("like") + blocks.sums(arithmetic.like_lines(reading)))
        cells = arithmetic.strip_cells(reading)
        if cells:
            st.html(_title("strip") + blocks.sums(cells))
            if reading.sensitivity.flips:
                st.html(blocks.small(t("opened.flip")))
    if decided is not None and decided.series in current.snapshot.series:
        _when_said(current, decided.series)
    for flow in reading.flows:
        name = label(current.snapshot.catalogue.series[flow.series])
        st.html(
            blocks.panel_title(f"{t('opened.flow_title')} {name}", current.look.ink, "")
            + blocks.sums(arithmetic.flow_lines(flow))
        )
    key = "aral" if current.snapshot.catalogue.places[reading.place].sea == "aral" else "caspian"
    st.html(blocks.quote(t(f"fixed.{key}")))


def _when_said(current: frame.Frame, series: str) -> None:
    """Was it true when it was said? A description of the years before, which decides no word."""
    said = claims.when_said(current.snapshot.series[series])
    if said is None:
        return
    slope = arithmetic.rate(said.slope.value * CM)
    low, high = (number(end * CM, 1, sign=True) for end in (said.slope.low, said.slope.high))
    lines = [
        (t("opened.said_slope", first=said.first, last=said.last, n=said.years), slope),
        (t("opened.said_interval"), t("sum.to", low=low, high=high)),
        (t("opened.said_z"), number(said.z, 1, sign=True)),
    ]
    st.html(_title("said_title", label(current.snapshot.catalogue.series[series])) + blocks.sums(lines))


def _pathway_sums(reading: Pathway, title: str) -> None:
    ink = frame.frame().look.ink
    word = t(f"pathway.{reading.state}")
    st.html(
        blocks.panel_title(
            f"{title} {word}", ink, t("opened.evidence", word=t(f"evidence.{reading.evidence_strength}"))
        )
        + blocks.sums(arithmetic.pathway_lines(reading))
    )
    if caution := arithmetic.season_caution(reading):
        st.html(blocks.small(caution))
    for beside in reading.beside:
        name = label(frame.frame().snapshot.catalogue.series[beside.series])
        word = t(f"pathway.{beside.state}")
        st.html(
            blocks.panel_title(f"{name}: {word.lower()}", ink, t("opened.beside"))
            + blocks.sums(arithmetic.pathway_lines(beside))
        )
    st.html(blocks.small(t("opened.pathway_deck")))


def _delivery(found: Assessment) -> None:
    if found.delivery is None:
        return
    ink = frame.frame().look.ink
    verdict = wording.delivery(found, frame.frame().look)
    said = t("opened.evidence", word=t(f"evidence.{found.delivery.evidence_strength}"))
    about = " · ".join(word for word in (verdict.small, said) if word)
    st.html(blocks.panel_title(f"{t('opened.delivery_title')} {verdict.word}", ink, about))
    if found.delivery.unconfirmed:
        newest = commitments.register().milestones[found.delivery.milestones[-1]]
        st.html(blocks.small(t("opened.unconfirmed", when=wording.when(newest.date))))
    looked = [
        t("opened.looked", sought=one.sought, when=wording.when(one.when)) for one in found.delivery.looked
    ]
    for words in looked:
        st.html(blocks.small(words))


def _not_measurable(found: Assessment) -> None:
    if found.not_measurable is None:
        return
    reason = t(f"reason_measure.{found.not_measurable.reason}")
    st.html(
        blocks.facts(
            [
                (t("opened.measure_title"), f"{t('verdict.not_measurable')}: {reason}"),
                (t("opened.would_help"), found.not_measurable.what_would_help),
            ]
        )
    )


def _facts(current: frame.Frame, found: Assessment) -> None:
    row = found.row
    none_stated = "" if row.kind in ("claim", "none") else t("commitments.deadline_none")
    st.html(
        blocks.facts(
            [
                (t("commitments.who"), row.actor),
                (t("commitments.when"), row.deadline or none_stated),
                (t("commitments.missing"), row.missing),
                (t("commitments.changes_reading"), row.changes_reading),
            ]
        )
    )


def _figures(current: frame.Frame, found: Assessment) -> None:
    """Every linked series with its newest value and its like-period change, or why there is none."""
    snapshot = current.snapshot
    listed, missing = linked(snapshot, found.row.series, current.comparison)
    if listed:
        labels = [t(f"commitments.{name}") for name in ("series", "newest", "change", "periods", "grade")]
        body = []
        for one in listed:
            change, how = one_series.change_words(one.change, snapshot)
            grade = t(f"grade.{one.row.provenance_grade}")
            body.append((label(one.row), one_series.newest(one, snapshot), change, how, grade))
        columns = "minmax(0,3fr) minmax(0,2fr) minmax(0,2fr) minmax(0,3fr) minmax(0,1.4fr)"
        title = blocks.panel_title(
            t("commitments.measured"), current.look.ink, t("commitments.measured_note")
        )
        st.html(title + blocks.table(labels, body, columns))
    if missing:
        st.html(
            blocks.small(
                t(
                    "commitments.not_stored",
                    names="; ".join(snapshot.catalogue.series[name].title for name in missing),
                )
            )
        )


def _moved(current: frame.Frame, found: Assessment) -> None:
    """The same readings as of earlier days, made from the points up to each day in today's files."""
    row = found.row
    if not row.readings:
        return
    body = []
    for as_of in reversed(register.past_days(current)):
        then = register.assessments(current, as_of)[row.id]
        verdicts = [
            make(then, current.look) for make in (wording.delivery, wording.condition, wording.pathway)
        ]
        words = [" · ".join(word for word in (one.word, one.small) if word) or "–" for one in verdicts]
        body.append((day(as_of), *words))
    names = ("as_of_day", "as_of_delivery", "as_of_condition", "as_of_pathway")
    columns = "minmax(0,1fr) minmax(0,2fr) minmax(0,2.4fr) minmax(0,2.4fr)"
    head = _title("as_of_title", t("opened.as_of_deck"))
    st.html(head + blocks.table([t(f"opened.{name}") for name in names], body, columns))


def _evidence(current: frame.Frame, found: Assessment) -> None:
    """Dated events, newest first, with what each rests on."""
    events = [event for event in commitments.milestones_of(found.row.id) if event.kind != "speech"]
    empty = "" if events else t("commitments.documents_none")
    st.html(blocks.panel_title(t("commitments.documents"), current.look.ink, empty))
    if events:
        st.html(blocks.events([event_words(event, found.row.id) for event in reversed(events)]))


def event_words(event: Milestone, row_id: str) -> tuple[str, str, str, str]:
    """Date, what happened, and what it rests on: speaker, source, the step that it shows."""
    marks = [event.said_by, translate(event.source_kind)]
    if row_id in event.step:
        marks.append(t("commitments.shows", step=t(f"delivery.{event.step[row_id]}").lower()))
    if event.seen_as == "extract":
        marks.append(t("commitments.extract"))
    if event.not_found:
        marks.append(t("commitments.planned", when=wording.when(event.looked_on or event.seen_on)))
    rests = " · ".join(mark for mark in marks if mark)
    return wording.when(event.date), event.statement, rests, event.source_url
