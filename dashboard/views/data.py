"""Data and method: every series with its source, terms and age; facts; method; how to cite."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

import loaders
from dashboard import filters
from dashboard.markup import blocks
from dashboard.register import commitments
from dashboard.sentences.one_series import first_period, grade_of, newest_period
from dashboard.views.data_parts import sources
from dashboard.views.shell import behind, chart, frame, refreshing
from dashboard.words.text import day, mended, number, t, translate
from loaders.tables.ages import SILENT

current = frame.frame()
snapshot, selection = current.snapshot, current.selection
rows = sorted(current.rows, key=lambda row: row.derive is not None)
chosen_items = filters.matching(selection, snapshot.catalogue.items.values())
chosen_rows = [row for row in chosen_items if row.id in snapshot.catalogue.series]
status, changes = loaders.status(), loaders.changes()
DERIVED = ("formula", "inputs", "uncertainty")
stored = [row for row in snapshot.rows() if not row.derive]
live = sum(snapshot.series[row.id].attrs.get("origin") == "live" for row in stored)
points = sum(int(snapshot.series[row.id].sizes["time"]) for row in stored)

st.html(
    blocks.answer(
        t("data.kicker"),
        t("data.title"),
        [
            (
                t(
                    "data.deck",
                    series=len(stored),
                    points=number(points, 0),
                    live=live,
                    baseline=len(stored) - live,
                    derived=len(snapshot.series) - len(stored),
                    cache=snapshot.cache_id,
                ),
                False,
            )
        ],
    )
)


@frame.panel()
def refresh_part():
    st.html(blocks.heading(t("data.refresh_title"), t("data.refresh_deck")))
    if refreshing.refresh_allowed():
        refreshing.refresh_button("refresh-data")
    else:
        st.info(t("data.refresh_off"))


def series_table():
    """Every stored series that passes the filters; series without data yet stand at the end and say so."""
    found, known = [], {entry["id"]: entry for entry in status["series"]}
    for row in rows:
        dataset = snapshot.series[row.id]
        datum = snapshot.catalogue.datums[row.datum].label if row.datum else ""
        found.append(
            {
                t("data.col_title"): row.title,
                t("data.col_state"): t(f"state.{known[row.id]['state']}"),
                t("data.col_newest"): newest_period(dataset),
                t("data.col_steps"): known[row.id]["age_steps"],
                t("data.col_sea"): t(f"sea.{row.sea}"),
                t("data.col_unit"): translate(row.unit),
                t("data.col_datum"): datum,
                t("data.col_first"): first_period(dataset),
                t("data.col_points"): int(dataset.sizes["time"]),
                t("data.col_grade"): grade_of(row),
                t("data.col_kind"): kind_of(row),
                t("data.col_licence"): dataset.attrs["licence"],
                t("data.col_page"): dataset.attrs["source_url"].split(" ; ")[0],
                t("data.col_series"): row.id,
            }
        )
    return pd.DataFrame(found)


def kind_of(row):
    kind = t(f"kind.{row.kind}")
    return t("data.experimental", kind=kind) if row.experimental else kind


@frame.panel()
def series_part():
    """The table of series, and the download of one or of all."""
    st.html(blocks.heading(t("data.series"), t("data.series_deck")))
    if rows:
        st.dataframe(
            series_table(),
            hide_index=True,
            column_config=link | {t("data.col_steps"): bar, t("data.col_licence"): words},
            alt=t("data.series_deck"),
            height=420,
            key="series",
        )
        left, right = st.columns([3, 2], gap="large", vertical_alignment="bottom")
        with left:
            picked = st.selectbox(
                t("data.pick"),
                [row.id for row in rows],
                key="pick",
                format_func=lambda name: f"{snapshot.catalogue.series[name].title} · {name}",
            )
            with st.container(horizontal=True, gap="small"):
                chart.downloads("pick", [snapshot.series[picked]], current)
            about = snapshot.series[picked].attrs
            if "formula" in about:
                st.html(blocks.small(t("data.derived", **{name: about[name] for name in DERIVED})))
        with right:
            everything = [snapshot.series[row.id] for row in rows]
            behind.offer("two-seas", chart.archive("two-seas", t("data.all_zip"), everything, current))
            table = partial(loaders.to_csv, everything, view=frame.here(current))
            behind.offer("two-seas", behind.File(t("data.all_csv"), "two-seas.csv", "text/csv", table))
    else:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))


@frame.panel()
def sources_part():
    """The live sources with the age and the last attempt of each, then the published figures."""
    sources.ages(current, status, chosen_items)
    embedded = sources.published(current, rows)
    if not embedded.empty:
        st.html(blocks.heading(t("data.published"), t("data.published_deck")))
        st.dataframe(
            embedded,
            hide_index=True,
            column_config=link | {t(f"data.col_{name}"): words for name in ("source", "how", "licence")},
            row_height=frame.row_of(4),
            alt=t("data.published_deck"),
            height=320,
            key="sources",
        )


@frame.panel()
def news_part():
    """What the refreshes brought, and what is known to be wrong."""
    sources.news(current, changes, chosen_rows)
    sources.problems(changes, chosen_rows)


@frame.panel()
def facts_part():
    """The tables that are no series."""
    st.html(blocks.heading(t("data.facts"), t("data.facts_deck")))
    tables = [
        table
        for table in snapshot.catalogue.tables.values()
        if selection.sea in ("both", table.sea) or table.sea == "both"
    ]
    if tables:
        chosen = st.selectbox(
            t("data.facts_pick"),
            [table.id for table in tables],
            key="facts",
            format_func=lambda name: snapshot.catalogue.tables[name].title,
        )
        table = snapshot.catalogue.tables[chosen]
        st.dataframe(loaders.open_table(chosen), hide_index=True, alt=table.title, key=f"table-{chosen}")
        credit = snapshot.catalogue.credits[table.credit]
        said = (word for word in (credit.citation, credit.licence, table.caveat) if word)
        st.html(blocks.small(" · ".join(said)))


link = {t("data.col_page"): st.column_config.LinkColumn(width="medium")}
words = st.column_config.Column(width=320)
bar = st.column_config.ProgressColumn(
    format="%.1f", min_value=0, max_value=int(SILENT), help=t("data.age_note")
)
refresh_part()
series_part()
sources_part()
news_part()
facts_part()
st.html(blocks.heading(t("data.method")))
for name in ("change", "delivery", "condition", "pathway", "evidence", "datum", "flags", "sources"):
    st.markdown(t(f"data.method_{name}"), width=820)
st.html(blocks.heading(t("data.glossary")))
for name in ("datum", "altimetry", "like", "provisional"):
    st.markdown(t(f"data.word_{name}"), width=820)

st.html(blocks.heading(t("data.mended"), t("data.mended_deck")))
for when, what in mended():
    st.markdown(t("data.mended_entry", when=day(np.datetime64(when)), what=what), width=820)

missing = [event for event in commitments.register().milestones.values() if event.not_found]
st.html(blocks.heading(t("data.not_found"), t("data.not_found_deck")))
st.html(
    blocks.events([(event.date, event.statement, event.looked_for, event.source_url) for event in missing])
)

sources.cite(current, rows)
