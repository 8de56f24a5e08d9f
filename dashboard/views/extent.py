"""Area, volume, shore: what a metre of water is, and what it would take to hold or raise a level."""

import numpy as np
import streamlit as st

import loaders
from dashboard import extent, markup, sentences
from dashboard.analysis import annual_means
from dashboard.figures import charts, extent_charts
from dashboard.snapshot import label
from dashboard.text import brief, number, t, translate
from dashboard.views import claimed, parts

CURVE = "aral-hypsometry-whole"
current = parts.frame()
snapshot, selection, look = current.snapshot, current.selection, current.look
rows = current.rows


def published_area():
    """Smallest and largest published area of the Caspian with flag 1, with the words that name them."""
    dataset = snapshot.series.get("caspian-area-published")
    if dataset is None:
        return None
    values = dataset["value"].values[dataset["qc"].values == 1]
    return (float(values.min()), float(values.max())) if values.size else None


def caspian_fall():
    """The fall of the whole sea over its newest ten whole years, from the line that reaches furthest."""
    mine = [
        row for row in rows if row.place == "caspian" and row.indicator == "level" and row.zone == "whole"
    ]
    found = [(row, *annual_means(snapshot.series[row.id], row.min_obs_per_month)) for row in mine]
    lines = [(row, years, values) for row, years, values in found if years.size >= 10]
    if not lines:
        return None
    row, years, values = max(lines, key=lambda line: (line[1][-1], line[1].size))
    return row, extent.yearly_fall(years, values)


def volga():
    """Mean yearly flow of the Volga over its whole list, and its first and last year."""
    dataset = snapshot.series.get("volga-runoff-kazhydromet")
    if dataset is None:
        return None
    years, values = annual_means(dataset)
    return float(values.mean()), int(str(years[0])), int(str(years[-1]))


@parts.panel()
def caspian():
    area, found, river = published_area(), caspian_fall(), volga()
    if area is None or found is None:
        st.html(markup.answer(t("extent.kicker"), t("extent.title_plain")))
        st.info(t("extent.hold_missing"))
        return
    row, (fall, error, first, last) = found
    held = extent.hold(fall, error, *area)
    share = number(held.middle / river[0] * 100, 0) if river else ""
    title = t(
        "extent.title_hold", middle=number(held.middle, 0), low=number(held.low, 0), high=number(held.high, 0)
    )
    deck = t(
        "extent.deck_hold",
        fall=number(fall * 100, 1),
        error=number(2 * error * 100, 1),
        first=first,
        last=last,
        label=label(row),
        area_low=number(area[0], 0),
        area_high=number(area[1], 0),
    )
    tail = (
        t("extent.share", share=share, flow=number(river[0], 0), first=river[1], last=river[2])
        if river
        else ""
    )
    st.html(markup.answer(t("extent.kicker"), title, [(deck, False), (tail, True)]))
    would_it_take(held, river, last)
    st.html(markup.small(t("extent.metre_caspian")))


def range_words(held):
    return {name: number(getattr(held, name), 0) for name in ("middle", "low", "high")}


@parts.fragment
def would_it_take(held, river, last):
    """Raise the sea by so much in so many years: two sliders and one sentence."""
    st.html(markup.heading(t("extent.take"), t("extent.take_deck")))
    left, right, words = st.columns([2, 2, 4], gap="large", vertical_alignment="center")
    rise = left.slider(t("extent.rise"), 0.0, 2.0, 0.5, 0.1, key="rise", format="%.1f m")
    years = right.slider(t("extent.years"), 5, 40, 20, 5, key="years")
    reached = extent.reach(held, rise, years)
    share = t("extent.take_share", share=number(reached.middle / river[0] * 100, 0)) if river else ""
    words.html(
        markup.figure(
            t("extent.take_figure", **range_words(reached)),
            t("extent.take_range", **range_words(reached)),
            t("extent.take_words", rise=brief(rise), years=years, until=last + years, share=share),
        )
    )
    st.html(markup.small(t("extent.take_limits")))


@parts.panel()
def aral_curve():
    """The whole Aral's curve: observed triples of yearly level, area and volume."""
    if CURVE not in snapshot.catalogue.tables:
        st.info(t("extent.curve_missing"))
        return
    found = extent.curve(loaders.open_table(CURVE))
    steps = extent.metres(found)
    high, low = steps[0], min(steps, key=lambda step: step.uncovered)
    title = t(
        "extent.title_curve",
        high=number(high.uncovered, 0),
        top=brief(high.top),
        low=number(low.uncovered, 0),
        low_top=brief(low.top),
        low_bottom=brief(low.bottom),
    )
    deck = t("extent.deck_curve", first=min(found.years)[:4], last=max(found.years)[:4])
    if selection.sea == "aral":
        st.html(markup.answer(t("extent.kicker"), title, [(deck, False)]))
    else:
        st.html(markup.heading(title, deck))
    credit = snapshot.catalogue.credits[snapshot.catalogue.tables[CURVE].credit]
    words = t("chart.credit", sources=credit.label, retrieved=t("chart.embedded"), cache=snapshot.cache_id)
    left, right = st.columns([62, 38], gap="large")
    with left:
        st.html(markup.panel_title(t("extent.curve"), look.ink, t("extent.curve_unit")))
        figure = extent_charts.hypsometry(
            found.level,
            found.area,
            found.years,
            look,
            look.ink,
            series=CURVE,
            credit=words,
            view="extent-curve",
        )
        st.plotly_chart(figure, theme=None, config=parts.MODES, key="extent-curve", alt=title)
    with right:
        st.html(markup.panel_title(t("extent.bars"), look.ink, t("extent.bars_unit")))
        names = [f"{brief(step.top)}–{brief(step.bottom)} {translate('m')}" for step in steps]
        figure = extent_charts.metre_bars(
            names,
            np.array([step.uncovered for step in steps]),
            look,
            look.ink,
            series=CURVE,
            credit=words,
            view="extent-bars",
        )
        st.plotly_chart(figure, theme=None, config=parts.MODES, key="extent-bars", alt=deck)
    st.html(markup.small(snapshot.catalogue.tables[CURVE].caveat or ""))


@parts.panel()
def north_aral():
    """No curve exists for the North Aral; the stated pairs cannot come from one."""
    st.html(markup.heading(t("extent.north"), t("extent.north_deck")))
    claimed.pairs(current)


def areas():
    """Every basin's area over its record, each on its own scale."""
    mine = [row for row in rows if row.indicator == "area"]
    if not mine:
        st.info(t("chart.empty", hint=t("extent.empty_hint")))
        return
    st.html(markup.heading(t("extent.areas"), t("extent.areas_deck")))
    for three in (mine[at : at + 3] for at in range(0, len(mine), 3)):
        for row, column in zip(three, st.columns(3, gap="medium"), strict=False):
            line = parts.line(current, row)
            if not line.times.size:
                continue
            with column, parts.panel():
                color = look.text_of_place(row.place, row.sea)
                st.html(markup.panel_title(label(row), color, sentences.about(row, snapshot)))
                figure = charts.panel(
                    [line],
                    look,
                    unit=translate("km²"),
                    decimals=0,
                    today=current.today,
                    zero=True,
                    since=current.absence,
                    speech=t("card.speech"),
                    view=row.id,
                    credit=parts.credit_of(current, [line]),
                )
                alt = parts.alt_of(current, snapshot.series[row.id], translate("km²"), 0)
                parts.chart(
                    figure, key=f"extent-{row.id}", title=row.title, alt=alt, lines=[line], current=current
                )


on_caspian = selection.sea != "aral" and (not selection.basin or selection.basin.startswith("caspian"))
on_aral = selection.sea != "caspian" and not selection.basin.startswith("caspian")
if on_caspian:
    caspian()
if on_aral:
    aral_curve()
    north_aral()
areas()
