"""Climate and inflow: what the air and the rivers did beside the level, each on its own scale."""

import streamlit as st

from dashboard.figures import charts
from dashboard.markup import blocks
from dashboard.sentences import citation, one_series
from dashboard.series import climate
from dashboard.series.lines import line_of
from dashboard.series.periods import SPEECH
from dashboard.series.snapshot import label
from dashboard.views.shell import chart, frame
from dashboard.words.text import day, number, t

FIRST = 1940
MOST = 12
current = frame.frame()
snapshot, selection, look = current.snapshot, current.selection, current.look
start, end = current.period
span = (int(str(start)[:4]) if start is not None else FIRST, int(str(end or current.today)[:4]))


def shown(pairs):
    """All panels of a chosen indicator; else the rivers, and of countries those that touch both seas.

    A derived series has its panel only when its indicator is chosen.
    """
    if selection.indicator:
        return pairs
    kinds = snapshot.catalogue.places
    return [
        (row, found)
        for row, found in pairs
        if row.may_lead
        and (
            kinds[row.place].kind not in ("country", "world")
            or (row.sea == "both" and kinds[row.place].kind == "country" and row.place == "kaz")
            or (selection.sea != "both" and row.sea == selection.sea)
        )
    ]


def unit_of(row, found):
    return "%" if found.percent else snapshot.catalogue.indicators[row.indicator].unit_label


def finding(row, found):
    """ "2014–2023 was 4 % below the 1991–2020 mean" in words, from the ten newest whole years."""
    first, last, mean = found.recent
    decimals = 0 if found.percent else 1
    key = "climate.finding_percent" if found.percent else "climate.finding_degrees"
    return t(key, first=first, last=last, amount=number(abs(mean), decimals), unit=unit_of(row, found),
             side=t("climate.above" if mean > 0 else "climate.below"))  # fmt: skip


@frame.panel()
def draw(row, found):
    tone = snapshot.tone(row.place, row.sea)
    color, text_color = look.line(tone), look.text(tone)
    dataset = snapshot.series[row.id]
    keep = (found.years >= span[0]) & (found.years <= span[1])
    about = t("climate.about", finding=finding(row, found), kind=t(f"kind.{row.kind}"),
              grade=one_series.grade_of(row))  # fmt: skip
    st.html(blocks.panel_title(label(row), text_color, about))
    if not keep.any():
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    unit, key = unit_of(row, found), f"climate-{row.id}"
    figure = charts.bars(
        found.years[keep],
        found.values[keep],
        look,
        color,
        unit=unit,
        decimals=0 if found.percent else 1,
        series=row.id,
        span=span,
        speech=t("card.speech"),
        credit=citation.credit([dataset], snapshot.cache_id),
        view=key,
    )
    alt = t("climate.alt", label=label(row), finding=finding(row, found))
    chart.chart(
        figure,
        key=key,
        title=label(row),
        alt=alt,
        lines=[line_of(dataset, label(row), color)],
        current=current,
    )


def headline(pairs):
    """The page's title from the two series that matter most here: the air over Kazakhstan, and the Volga or
    the Syr Darya."""
    by_place = {(row.place, row.indicator): (row, found) for row, found in pairs}
    river = "syr-darya" if selection.sea == "aral" else "volga"
    said = []
    for place, indicator in (("kaz", "air-temperature-anomaly"), (river, "river-flow")):
        if (place, indicator) in by_place:
            row, found = by_place[place, indicator]
            said.append(
                t(
                    "climate.headline",
                    label=snapshot.catalogue.places[place].label,
                    finding=finding(row, found),
                )
            )
    return " ".join(said) or t("climate.title")


pairs = climate.panels(snapshot, current.rows)
listed = shown(pairs)
st.html(
    blocks.answer(
        t("climate.kicker"),
        headline(listed),
        [(t("climate.deck", first=climate.BASE[0], last=climate.BASE[1], speech=day(SPEECH)), False)],
    )
)
st.html(blocks.quote(t("fixed.climate")))
if not listed:
    st.info(t("chart.empty", hint=t("climate.empty_hint")))
for two in (listed[at : at + 2] for at in range(0, min(len(listed), MOST), 2)):
    for (row, found), column in zip(two, st.columns(2, gap="large"), strict=False):
        with column:
            draw(row, found)
rest = [label(row) for row, _ in listed[MOST:]]
if rest:
    st.html(blocks.small(t("overview.rest", names="; ".join(rest))))
modelled = [row for row, _ in listed if row.kind == "modelled"]
if modelled:
    st.html(blocks.small(t("climate.modelled", names="; ".join(label(row) for row in modelled))))
gaps = [
    row
    for row in current.rows
    if row.indicator in ("river-flow", "inflow")
    and climate.anomaly(snapshot.series[row.id], snapshot.as_of) is None
]
if gaps:
    labels = [t(f"climate.{name}") for name in ("gap_label", "gap_first", "gap_last", "gap_grade")]
    body = []
    for row in gaps:
        dataset = snapshot.series[row.id]
        ends = one_series.first_period(dataset), one_series.newest_period(dataset)
        body.append((label(row), *ends, t(f"grade.{row.provenance_grade}")))
    columns = "minmax(0,3fr) minmax(0,1fr) minmax(0,1fr) minmax(0,1.6fr)"
    st.html(blocks.heading(t("climate.gaps"), t("climate.gaps_deck")) + blocks.table(labels, body, columns))
