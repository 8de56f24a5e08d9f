"""One panel per series, so that no two height systems share an axis."""

from __future__ import annotations

import streamlit as st

from dashboard.figures import charts
from dashboard.markup import blocks
from dashboard.sentences import one_series
from dashboard.series import doubts
from dashboard.series.snapshot import label
from dashboard.views.shell import chart, frame
from dashboard.words.text import t, translate


def show(current, mine):
    if not mine:
        st.info(t("level.no_line"))
        return
    for three in (mine[at : at + 3] for at in range(0, len(mine), 3)):
        for row, column in zip(three, st.columns(3, gap="medium"), strict=False):
            line = frame.line(current, row)
            if line.times.size:
                with column:
                    _panel(current, row, line)


@frame.panel()
def _panel(current, row, line):
    snapshot, unit = current.snapshot, translate(row.unit)
    st.html(blocks.panel_title(label(row), line.text_color, one_series.about(row, snapshot)))
    figure = charts.panel(
        [line],
        current.look,
        unit=unit,
        decimals=2,
        today=current.today,
        since=current.absence,
        speech=t("card.speech"),
        brackets=doubts.brackets(snapshot.series[row.id], label(row), *current.period),
        view=row.id,
        credit=chart.credit_of(current, [line]),
    )
    chart.chart(
        figure,
        key=f"level-{row.id}",
        title=row.title,
        alt=frame.alt_of(current, snapshot.series[row.id], unit, 2),
        lines=[line],
        current=current,
    )
