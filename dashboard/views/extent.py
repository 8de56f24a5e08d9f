"""Area, volume, shore: what a metre of water is, and what it would take to hold or raise a level."""

import streamlit as st

from dashboard.figures import charts
from dashboard.markup import blocks
from dashboard.sentences import one_series
from dashboard.series.periods import annual_means
from dashboard.series.snapshot import label
from dashboard.terrain import extent
from dashboard.terrain.water_level import standing
from dashboard.views.commitments_parts import claimed
from dashboard.views.extent_parts import bed, curves, explorer, shores
from dashboard.views.extent_parts.holding import answer
from dashboard.views.shell import chart, frame
from dashboard.words.text import t, translate

current = frame.frame()
snapshot, selection, look = current.snapshot, current.selection, current.look
rows = current.rows


def volga():
    """Mean yearly flow of the Volga over its whole list, and its first and last year."""
    dataset = snapshot.series.get("volga-runoff-kazhydromet")
    if dataset is None:
        return None
    years, values = annual_means(dataset, current.today)
    return float(values.mean()), int(str(years[0])), int(str(years[-1]))


@frame.panel()
def caspian():
    """What it takes to hold the sea, what its next metre is, and where its shore would stand."""
    river, stood = volga(), standing(snapshot, snapshot.rows())
    field = snapshot.fields.get(curves.CASPIAN)
    found = None if field is None or stood is None else extent.curve(field.to_dataframe().reset_index())
    answer(current, river, found, stood)
    if stood is None:
        return
    if found is None:
        st.html(blocks.small(t("extent.metre_caspian")))
    else:
        curves.caspian(current, found, stood, river[0] if river else None)
    explorer.explorer(current, stood)


@frame.panel()
def north_aral():
    """No curve exists for the North Aral; the stated pairs cannot come from one."""
    st.html(blocks.heading(t("extent.north"), t("extent.north_deck")))
    claimed.pairs(current)


@frame.panel()
def aral_bed():
    """Where the Aral's bed lies dry at a level, as far as a map of the land knows it."""
    bed.dry_bed(current)


def areas():
    """Every basin's area over its record, each on its own scale."""
    mine = [row for row in rows if row.indicator == "area"]
    if not mine:
        st.info(t("chart.empty", hint=t("extent.empty_hint")))
        return
    st.html(blocks.heading(t("extent.areas"), t("extent.areas_deck")))
    for three in (mine[at : at + 3] for at in range(0, len(mine), 3)):
        for row, column in zip(three, st.columns(3, gap="medium"), strict=False):
            line = frame.line(current, row)
            if not line.times.size:
                continue
            with column, frame.panel():
                color = look.text(snapshot.tone(row.place, row.sea))
                st.html(blocks.panel_title(label(row), color, one_series.about(row, snapshot)))
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
                    credit=chart.credit_of(current, [line]),
                )
                alt = frame.alt_of(current, snapshot.series[row.id], translate("km²"), 0)
                chart.chart(
                    figure, key=f"extent-{row.id}", title=row.title, alt=alt, lines=[line], current=current
                )


on_caspian = selection.sea != "aral" and (not selection.basin or selection.basin.startswith("caspian"))
on_aral = selection.sea != "caspian" and not selection.basin.startswith("caspian")
if on_caspian:
    caspian()
if on_aral:
    curves.aral(current)
    north_aral()
    aral_bed()
shores.shores(current, tuple(sea for sea, on in (("aral", on_aral), ("caspian", on_caspian)) if on))
areas()
