"""Sections of the Data page: how old each source is, what came, what is known to be wrong, how to cite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.markup import blocks, shapes
from dashboard.sentences import citation
from dashboard.sentences.one_series import newest_period
from dashboard.series import freshness
from dashboard.series.snapshot import label
from dashboard.views.shell import chart, frame
from dashboard.views.shell.frame import Frame
from dashboard.words.text import day, number, plural, t, translate
from loaders.tables.ages import SILENT, STALE

NAMED = 3
COLUMNS = "minmax(0,2.6fr) minmax(0,1.5fr) minmax(0,2.3fr) minmax(0,3fr) minmax(0,2fr)"


def ages(current: Frame, status: dict[str, Any], rows: Sequence) -> None:
    """One line for each live source: newest point, its age in its own steps, the last attempt, the terms.

    Sources with nothing stored and nothing gone wrong stand folded.
    """
    labels = [
        t(f"data.{name}") for name in ("col_source", "col_newest", "col_age", "col_attempt", "col_licence")
    ]
    found = freshness.by_source(current.snapshot.catalogue, status, rows)
    st.html(blocks.heading(t("data.sources"), t("data.sources_deck")))
    if not found:
        st.html(blocks.small(t("data.no_live")))
        return
    shown = [one for one in found if one.stored or one.result in ("failed", "held")]
    idle = [one for one in found if one not in shown]
    if shown:
        shown.sort(key=lambda one: not one.stored)
        cells = [_line(one, current, labels) for one in shown]
        st.html(blocks.listing(labels, cells, COLUMNS) + blocks.small(t("data.age_note")))
    if idle:
        with st.expander(plural("data.idle", len(idle))):
            st.html(blocks.listing(labels, [_line(one, current, labels) for one in idle], COLUMNS))


def _line(one: freshness.SourceAge, current: Frame, labels: Sequence[str]) -> list[blocks.Cell]:
    stored = t("data.stored", stored=one.stored, total=one.total)
    name = label(current.snapshot.catalogue.items[one.newest]) if one.newest else ""
    result = t(f"data.result_{one.result}") if one.result else t("data.result_none")
    when = _moment(one.attempted_at) if one.attempted_at else ""
    return [
        blocks.Cell(labels[0], one.source.label, stored, url=one.source.page or ""),
        blocks.Cell(labels[1], _newest(one, current), name),
        _age(one, current, labels[2]),
        blocks.Cell(labels[3], result, " · ".join(word for word in (when, one.message) if word)),
        blocks.Cell(labels[4], one.source.licence, t("data.key") if one.source.key_needed else ""),
    ]


def _newest(one: freshness.SourceAge, current: Frame) -> str:
    """The newest period; of a field, that it has none."""
    if one.newest is None:
        return ""
    dataset = current.snapshot.series.get(one.newest)
    return t("data.timeless") if dataset is None else newest_period(dataset)


def _age(one: freshness.SourceAge, current: Frame, name: str) -> blocks.Cell:
    """The word first; a bar in steps of the series' own cadence; how many other series are worse."""
    if one.steps is None:
        return blocks.Cell(name, t(f"state.{one.state}"))
    look = current.look
    color = look.comparison if one.state == "fresh" else look.ink
    steps = plural("data.steps", max(round(one.steps), 0))
    worse = [
        t("data.of", count=one.states[state], total=one.stored, word=t(f"state.{state}"))
        for state in freshness.STATES
        if state != one.state and one.states.get(state)
    ]
    bar = shapes.age_bar(one.steps, color, stale=STALE, most=SILENT)
    return blocks.Cell(name, t(f"state.{one.state}"), "; ".join([steps, *worse]), after=bar)


def published(current: Frame, rows: Sequence) -> pd.DataFrame:
    """One line for each group of embedded figures, with the terms of its data and how it was made."""
    found = []
    for credit in current.snapshot.catalogue.credits.values():
        count = sum(row.credit == credit.id for row in rows)
        if count:
            found.append(
                {
                    t("data.col_source"): credit.source,
                    t("data.series"): count,
                    t("data.col_how"): credit.how,
                    t("data.col_licence"): credit.licence,
                    t("data.col_page"): credit.source_url.split(" ; ")[0],
                }
            )
    return pd.DataFrame(found)


def news(current: Frame, changes: Sequence[dict[str, Any]], rows: Sequence) -> None:
    """What the refreshes brought to the chosen series, newest first, and what was built in."""
    titles = {row.id: row.title for row in rows}
    kept = [change for change in changes if change["series"] in titles or change["outcome"] == "baseline"]
    updates = [change for change in kept if change["outcome"] == "updated"]
    st.html(blocks.heading(t("data.news"), _newest_refresh(updates)))
    lines = [
        (_moment(change["when"]), titles.get(change["series"], t("data.built_in")), change_words(change))
        for change in kept
    ]
    if len(lines) <= NAMED:
        st.html(blocks.events([(when, title, words, "") for when, title, words in lines]))
        return
    columns = [t(f"data.col_{name}") for name in ("when", "title", "what")]
    st.dataframe(
        pd.DataFrame(lines, columns=columns),
        hide_index=True,
        alt=t("data.news"),
        height=min(38 + 35 * len(lines), 320),
        key="news",
    )


def _newest_refresh(updates: Sequence[dict[str, Any]]) -> str:
    if not updates:
        return t("data.news_none")
    last = [change for change in updates if change["when"] == updates[0]["when"]]
    series = plural("data.news_series", len(last))
    added, changed = (sum(change[name] for change in last) for name in ("added", "changed"))
    what = ", ".join([plural("data.change_added", added), plural("data.change_changed", changed)])
    return t("data.news_deck", when=_moment(updates[0]["when"]), series=series, what=what)


def change_words(change: dict[str, Any]) -> str:
    """ "12 new values, 1 changed value, by up to 0.004 m", or why a series is held."""
    if change["outcome"] == "held":
        return t("data.change_held", why=change["message"])
    if change["outcome"] == "baseline":
        return plural("data.change_built", change["added"])
    parts_of = [
        plural(f"data.change_{name}", change[name])
        for name in ("added", "changed", "removed")
        if change[name]
    ]
    if change["largest"]:
        amount = f"{number(change['largest'], 3)} {translate(change['unit'])}"
        parts_of.append(t("data.change_largest", amount=amount))
    return "; ".join(word for word in (", ".join(parts_of), change["message"]) if word)


def problems(changes: Sequence[dict[str, Any]], rows: Sequence) -> None:
    """Holds in force with how to accept them, then what is known to be odd about the chosen series."""
    titles = {row.id: row.title for row in rows}
    held = [
        (_moment(change["when"]), titles[change["series"]], t("data.change_held", why=change["message"]), "")
        for change in changes
        if change["outcome"] == "held" and change["series"] in titles
    ]
    st.html(blocks.heading(t("data.problems"), t("data.problems_deck")))
    st.html(blocks.events(held) if held else blocks.small(t("data.no_hold")))
    caveats: dict[str, list[str]] = {}
    for row in rows:
        if row.caveat:
            caveats.setdefault(row.caveat, []).append(label(row))
    if not caveats:
        return
    labels = [t("data.col_caveat"), t("data.series")]
    with st.expander(plural("data.caveats", len(caveats))):
        body = [(words, _some(names)) for words, names in caveats.items()]
        st.html(blocks.table(labels, body, "minmax(0,3fr) minmax(0,2fr)"))


def _some(names: Sequence[str]) -> str:
    shown = "; ".join(names[:NAMED])
    rest = len(names) - NAMED
    return plural("data.and_more", rest, names=shown) if rest > 0 else shown


def cite(current: Frame, rows: Sequence) -> None:
    """The state as plain text, and with every provider of the chosen series as BibTeX."""
    newest, _ = frame.newest_words(current)
    datasets = [current.snapshot.series[row.id] for row in rows]
    st.html(blocks.heading(t("data.cite_title"), t("data.cite_deck")))
    said = citation.state(current.snapshot.cache_id, newest, str(current.today)[:4])
    st.code(said, language=None, wrap_lines=True)
    with st.expander("BibTeX"):
        st.code(chart.entries(current, datasets, frame.here(current)), language="latex")


def _moment(when: str) -> str:
    """ "24 Nov 2026, 10:05 UTC", or the day alone."""
    clock = f", {when[11:16]} UTC" if len(when) > 10 else ""
    return day(np.datetime64(when[:10])) + clock
