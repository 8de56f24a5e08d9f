"""One passage opened: its readings with their arithmetic, its figures, its dated evidence."""

from __future__ import annotations

import numpy as np
import streamlit as st
import xarray as xr

from dashboard.figures import charts, reading_charts
from dashboard.markup import blocks, passage_rows
from dashboard.readings import claims
from dashboard.readings.condition.fit.estimates import Carried
from dashboard.readings.condition.records import Condition
from dashboard.readings.records import Assessment, Pathway
from dashboard.register import commitments
from dashboard.register.rows import Milestone
from dashboard.sentences import arithmetic, one_series
from dashboard.sentences import verdicts as wording
from dashboard.sentences.movement import CENTIMETRES
from dashboard.series.comparison import headline, linked
from dashboard.series.lines import clip, line_of
from dashboard.series.periods import annual_means, monthly_means
from dashboard.series.snapshot import label
from dashboard.views.commitments_parts import claimed, register
from dashboard.views.shell import parts
from dashboard.words.text import day, month, number, t, translate
from loaders.tables.items import Series


def show(current: parts.Frame, found: Assessment) -> None:
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
        drawn = [_condition_pictures(current, found, reading) for reading in found.conditions]
        if not any(drawn):
            _series_picture(current, found)
    _facts(current, found)
    _figures(current, found)
    if claimed.VOLUME in found.row.series:
        st.html(_title("claimed_title", t("opened.claimed_deck")))
        claimed.pairs(current)
    _moved(current, found)
    _evidence(current, found)


def _title(key: str, about: str = "") -> str:
    return blocks.panel_title(t(f"opened.{key}"), parts.frame().look.ink, about)


def _condition_sums(current: parts.Frame, reading: Condition) -> None:
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


def _when_said(current: parts.Frame, series: str) -> None:
    """Was it true when it was said? A description of the years before, which decides no word."""
    said = claims.when_said(current.snapshot.series[series])
    if said is None:
        return
    slope = arithmetic.rate(said.slope.value * CENTIMETRES)
    low, high = (number(end * CENTIMETRES, 1, sign=True) for end in (said.slope.low, said.slope.high))
    lines = [
        (t("opened.said_slope", first=said.first, last=said.last, n=said.years), slope),
        (t("opened.said_interval"), t("sum.to", low=low, high=high)),
        (t("opened.said_z"), number(said.z, 1, sign=True)),
    ]
    st.html(_title("said_title", label(current.snapshot.catalogue.series[series])) + blocks.sums(lines))


def _pathway_sums(reading: Pathway, title: str) -> None:
    ink = parts.frame().look.ink
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
        name = label(parts.frame().snapshot.catalogue.series[beside.series])
        word = t(f"pathway.{beside.state}")
        st.html(
            blocks.panel_title(f"{name}: {word.lower()}", ink, t("opened.beside"))
            + blocks.sums(arithmetic.pathway_lines(beside))
        )
    st.html(blocks.small(t("opened.pathway_deck")))


def _delivery(found: Assessment) -> None:
    if found.delivery is None:
        return
    ink = parts.frame().look.ink
    verdict = wording.delivery(found, parts.frame().look)
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


def _condition_pictures(current: parts.Frame, found: Assessment, reading: Condition) -> bool:
    """The placebo histogram and the trend carried on; False where neither can be drawn."""
    snapshot, look = current.snapshot, current.look
    decided, drawn = wording.deciding(reading), False
    place = snapshot.catalogue.places[reading.place]
    color = look.of_place(reading.place, place.sea)
    if decided is not None and decided.band is not None and decided.series in snapshot.series:
        drawn = True
        dataset = snapshot.series[decided.series]
        row = snapshot.catalogue.series[decided.series]
        st.html(
            blocks.panel_title(
                t("opened.placebo_title"), look.ink, f"{t('opened.placebo_deck')} {label(row)}."
            )
        )
        after = t("opened.placebo_after", change=arithmetic.rate(decided.change))
        words = {name: t(f"opened.placebo_{name}") for name in ("band", "falling", "rising")}
        key = f"placebo-{found.row.id}-{reading.place}"
        figure = reading_charts.histogram(
            decided.placebos,
            decided.change,
            decided.band.low,
            decided.band.high,
            look,
            color,
            words={**words, "after": after},
            series=decided.series,
            credit=parts.credit([dataset], snapshot.cache_id),
            view=key,
        )
        alt = ". ".join(f"{name}: {value}" for name, value in arithmetic.baseline_lines(decided))
        line = line_of(dataset, label(row), color)
        parts.chart(figure, key=key, title=t("opened.placebo_title"), alt=alt, lines=[line], current=current)
    if reading.carried is not None and reading.carried.series in snapshot.series:
        drawn = True
        carried = reading.carried
        dataset, row = snapshot.series[carried.series], snapshot.catalogue.series[carried.series]
        st.html(
            blocks.panel_title(
                t("opened.carried_title"), look.ink, t("opened.carried_deck", label=label(row))
            )
        )
        key = f"carried-{found.row.id}-{reading.place}"
        unit = snapshot.catalogue.indicators[row.indicator].unit_label
        figure = reading_charts.carried_on(
            carried.times,
            carried.observed,
            carried.expected,
            carried.low,
            carried.high,
            look,
            color,
            unit=unit,
            speech=t("card.speech"),
            words=t("opened.carried_on"),
            earlier=_before(dataset, row, carried, current.today),
            step=carried.step,
            series=carried.series,
            credit=parts.credit([dataset], snapshot.cache_id),
            view=key,
        )
        alt = parts.alt_of(current, dataset, unit, 2)
        line = line_of(dataset, label(row), color)
        parts.chart(figure, key=key, title=t("opened.carried_title"), alt=alt, lines=[line], current=current)
    return drawn


def _before(
    dataset: xr.Dataset, row: Series, carried: Carried, as_of: np.datetime64
) -> tuple[np.ndarray, np.ndarray]:
    """What was observed from the start of the carried trend to the speech."""
    if carried.step == "year":
        times, values = annual_means(dataset, as_of, row.min_obs_per_month)
    else:
        times, values = monthly_means(dataset, as_of, row.min_obs_per_month)
    keep = (times.astype("datetime64[M]") >= np.datetime64(carried.start, "M")) & (times < carried.times[0])
    return times[keep], values[keep]


def _series_picture(current: parts.Frame, found: Assessment) -> None:
    """A passage without a placebo test shows its first series."""
    snapshot, look = current.snapshot, current.look
    first = headline(linked(snapshot, found.row.series, current.comparison)[0])
    if first is None:
        st.info(t("commitments.none_linked"))
        return
    color, text_color = (
        look.of_place(first.row.place, first.row.sea),
        look.text_of_place(first.row.place, first.row.sea),
    )
    line = clip(
        line_of(snapshot.series[first.row.id], label(first.row), color, text_color=text_color),
        *current.period,
    )
    if not line.times.size:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    indicator = snapshot.catalogue.indicators[first.row.indicator]
    dataset = snapshot.series[first.row.id]
    st.html(blocks.panel_title(first.row.title, look.ink, one_series.about(first.row, snapshot)))
    figure = charts.panel(
        [line],
        look,
        unit=indicator.unit_label,
        decimals=indicator.decimals,
        today=current.today,
        since=current.absence,
        speech=t("card.speech"),
        height=260,
        credit=parts.credit([dataset], snapshot.cache_id),
        view=found.row.id,
    )
    key = f"commitment-{found.row.id}"
    alt = parts.alt_of(current, dataset, indicator.unit_label, indicator.decimals)
    parts.chart(figure, key=key, title=first.row.title, alt=alt, lines=[line], current=current)


def _facts(current: parts.Frame, found: Assessment) -> None:
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


def _figures(current: parts.Frame, found: Assessment) -> None:
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


def _moved(current: parts.Frame, found: Assessment) -> None:
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


def _evidence(current: parts.Frame, found: Assessment) -> None:
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
