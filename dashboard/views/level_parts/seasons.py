"""Seasonal view: the years laid over one another, of the headline's series or the one reaching furthest."""

from __future__ import annotations

import streamlit as st

from dashboard.figures import season_charts
from dashboard.markup import blocks
from dashboard.series.level import levels
from dashboard.series.lines import monthly
from dashboard.series.snapshot import label, last_time
from dashboard.views.shell import chart, frame
from dashboard.words.text import t, translate

RECENT = 2


@frame.panel()
def show(current, body, mine):
    snapshot = current.snapshot
    fine = [row for row in mine if row.cadence in ("quarter", "month", "10-day")]
    if not fine:
        st.html(blocks.heading(t("level.season_title"), t("level.season_none")))
        return
    row = next((row for row in fine if body.agreement and row.id == body.agreement.main.series), None)
    row = row or max(fine, key=lambda row: last_time(snapshot.series[row.id]))
    means = monthly(snapshot.series[row.id], current.today, row.min_obs_per_month)
    dataset = frame.inside(means, *current.period)
    if not dataset.sizes["time"]:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    band = levels.normal_band(dataset) if dataset.attrs["cadence"] == "month" else None
    deck = t(
        "level.season_deck",
        steps=t(f"step.{'quarter' if row.cadence == 'quarter' else 'month'}_many"),
        label=label(row),
        unit=translate(row.unit),
    )
    st.html(blocks.heading(t("level.season_title"), deck + (" " + t("level.season_band") if band else "")))
    line = frame.line(current, row)
    figure = season_charts.seasons(
        dataset,
        current.look,
        line.color,
        decimals=2,
        recent=RECENT,
        band=band,
        view="level-seasons",
        credit=chart.credit_of(current, [line]),
    )
    chart.chart(
        figure,
        key="level-seasons",
        title=t("level.season_title"),
        alt=frame.alt_of(current, snapshot.series[row.id], translate(row.unit), 2),
        lines=[line],
        current=current,
    )
