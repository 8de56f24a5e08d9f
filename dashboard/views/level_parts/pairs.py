"""Like periods: where the headline number comes from, each period before and after."""

from __future__ import annotations

import streamlit as st

from dashboard.figures import season_charts
from dashboard.markup import blocks
from dashboard.sentences import one_series
from dashboard.series import points
from dashboard.views.shell import chart, frame
from dashboard.words.text import number, t, translate


@frame.panel()
def show(current, body):
    """The pairs of the headline's series, unless the chosen period leaves some of them out."""
    if not body.agreement:
        changes = [change for change in body.changes if change.reason]
        why = one_series.reason(changes[0]) if changes else t("reason.no_series")
        st.html(blocks.heading(t("level.view_change"), t("level.pairs_none", reason=why)))
        return
    main = body.agreement.main
    if not _inside(current, main.pairs):
        compared = one_series.periods_of(main)
        st.html(blocks.heading(t("level.view_change")))
        st.info(t("level.pairs_outside", compared=compared))
        return
    snapshot = current.snapshot
    row = snapshot.catalogue.series[main.series]
    words = {
        "amount": number(main.change, sign=True),
        "unit": translate(main.unit),
        "error": number(2 * main.uncertainty),
        "label": f"{row.label or row.title}, {snapshot.catalogue.datums[main.datum].label}",
    }
    title = t("level.pairs_title", **words)
    deck = t("level.pairs_deck", step_one=t(f"step.{main.step}_one"), **words)
    st.html(blocks.heading(title, deck))
    line = frame.line(current, row)
    normal = current.comparison.kind == "normal"
    figure = season_charts.like_pairs(
        main,
        current.look,
        line.color,
        decimals=2,
        earlier=points.NORMAL_YEARS if normal else "",
        view="level-pairs",
        credit=chart.credit_of(current, [line]),
    )
    change, how = one_series.change_words(main, snapshot)
    chart.chart(
        figure,
        key=f"level-pairs-{row.place}",
        title=title,
        alt=f"{change}. {how}.",
        lines=[line],
        current=current,
        drawn=points.of_pairs(main, normal=normal),
    )


def _inside(current, pairs):
    """Whether the period holds both sides of every pair; a normal is a reference, not a side."""
    start, end = current.period
    after = [pair.after for pair in pairs]
    before = [] if current.comparison.kind == "normal" else [pair.before for pair in pairs]
    return (start is None or min(after + before) >= start) and (end is None or max(after + before) <= end)
