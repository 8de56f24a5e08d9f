"""Ten-year rate: the slope of the whole years that end in each year of the chosen period."""

from __future__ import annotations

import streamlit as st

from dashboard.figures import charts
from dashboard.markup import blocks
from dashboard.sentences import arithmetic
from dashboard.series import points
from dashboard.series.level import levels
from dashboard.series.lines import within
from dashboard.series.periods import SPEECH, annual_means
from dashboard.series.snapshot import label
from dashboard.views.shell import chart, frame
from dashboard.words.text import day, t


@frame.panel()
def show(current, row):
    years, values = annual_means(current.snapshot.series[row.id], current.today, row.min_obs_per_month)
    ends, *slopes = levels.running_rate(years, values)
    inside = within(ends, *current.period)
    ends, (middle, low, high) = ends[inside], [one[inside] * levels.CM for one in slopes]
    st.html(blocks.heading(t("level.rate_title"), t("level.rate_deck", label=label(row))))
    if not ends.size:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    line = frame.line(current, row)
    figure = charts.rate(
        ends,
        middle,
        low,
        high,
        current.look,
        current.look.caspian,
        speech=t("card.speech_long", date=day(SPEECH)),
        view="level-rate",
        credit=chart.credit_of(current, [line]),
    )
    newest = f"{arithmetic.rate(middle[-1])}, {ends[-1]}"
    chart.chart(
        figure,
        key="level-rate",
        title=t("level.rate_title"),
        alt=f"{t('level.rate_title')}: {newest}.",
        lines=[line],
        current=current,
        drawn=points.of_rates(row.id, ends, middle, low, high),
    )
