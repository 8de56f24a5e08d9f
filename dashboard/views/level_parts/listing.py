"""What each line is, and the single stated figures that enter none."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.markup import blocks
from dashboard.sentences.one_series import doubtful_period, first_period, newest_period
from dashboard.series.lines import steps_of
from dashboard.series.snapshot import label
from dashboard.views.shell import frame as parts
from dashboard.words.text import period, t

# Pixels of the columns that hold words.
WIDTHS = {"series": 200, "datum": 150, "flag": 110, "note": 440}


@parts.panel()
def about(current, together, mine):
    """What each line is: its zero in words, its span, its grade."""
    snapshot = current.snapshot
    listed = [*together, *(row for row in mine if row not in together and row.cadence != "irregular")]
    if not listed:
        return
    labels = [t(f"level.about_{name}") for name in ("label", "datum", "covers", "grade")]
    body = []
    for row in listed:
        dataset = snapshot.series[row.id]
        doubt = doubtful_period(dataset)
        span = t(
            "level.covers_doubt" if doubt else "level.covers",
            zone=t(f"zone.{row.zone}"),
            first=first_period(dataset),
            last=newest_period(dataset),
            doubt=doubt,
        )
        words = snapshot.catalogue.datums[row.datum].words
        body.append((label(row), words, span, t(f"grade.{row.provenance_grade}")))
    columns = "minmax(0,2.2fr) minmax(0,3.4fr) minmax(0,2.6fr) minmax(0,1.3fr)"
    st.html(blocks.heading(t("level.about")) + blocks.table(labels, body, columns))


@parts.panel()
def stated(current, mine, key):
    """Single stated figures, newest first, each with its height system and who said it."""
    single = [row for row in mine if row.cadence == "irregular"]
    found = [point for row in single for point in _points(current, row)]
    if not found:
        return
    found.sort(key=lambda point: point[0], reverse=True)
    names = ("time", "value", "series", "datum", "flag", "note", "source")
    frame = pd.DataFrame([point[1:] for point in found], columns=[t(f"chart.{name}") for name in names])
    st.html(blocks.heading(t("level.stated_title"), t("level.stated_deck")))
    st.dataframe(
        frame,
        hide_index=True,
        alt=f"{t(f'sea.{key}')}: {t('level.stated_deck')}",
        key=f"stated-{key}",
        height=min(38 + parts.row_of(3) * len(frame), 420),
        row_height=parts.row_of(3),
        column_config={
            **{t(f"chart.{name}"): st.column_config.Column(width=width) for name, width in WIDTHS.items()},
            t("chart.source"): st.column_config.LinkColumn(display_text=t("chart.open_page")),
            t("chart.value"): st.column_config.NumberColumn(format="%.2f"),
        },
    )


def _points(current, row):
    """Time, and the cells of the table, of each figure that is not known to be wrong."""
    dataset = parts.inside(current.snapshot.series[row.id], *current.period)
    size, datum = dataset.sizes["time"], current.snapshot.catalogue.datums[row.datum].label
    notes = dataset["note"].values if "note" in dataset else [""] * size
    pages = dataset["source_url"].values if "source_url" in dataset else [""] * size
    columns = (dataset["time"].values, steps_of(dataset), dataset["value"].values, dataset["qc"].values)
    for when, step, value, flag, note, page in zip(*columns, notes, pages, strict=True):
        if flag not in (4, 9):
            words = t(f"chart.flag_{flag}")
            yield when, period(when, step), value, label(row), datum, words, note, page.split(" ; ")[0]
