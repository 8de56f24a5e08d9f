"""The Caspian's shore at a level that the reader chooses, from heights of the ground."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import flood, markup
from dashboard.figures import shore_charts
from dashboard.flood import Ground, Shore
from dashboard.standing import Standing
from dashboard.text import number, t, translate
from dashboard.views import curves, parts
from dashboard.views.parts import Frame
from loaders import regions

GROUND, BAY = "caspian-ground-etopo", "kara-bogaz"
LEVELS = [tenth / 10 for tenth in range(-340, -259)]
LOWEST, HIGHEST = LEVELS[0], LEVELS[-1]
NORTH = 44.3


def explorer(current: Frame, stood: Standing) -> None:
    """A level, the map at that level, and what has fallen dry; what brings the map where it is not there."""
    if GROUND not in current.snapshot.fields:
        missing = "extent.explore_button" if parts.refresh_allowed() else "extent.explore_command"
        st.html(markup.heading(t("extent.explore"), t("extent.explore_missing", how=t(missing))))
        return
    st.html(markup.heading(t("extent.explore"), t("extent.explore_deck", year=stood.highest_year)))
    _explore(current, flood.ground(current.snapshot.fields[GROUND], regions.outlines()[BAY]), stood)
    coarse = current.snapshot.fields[GROUND].attrs["coarsened"]
    st.html(markup.small(curves.zero(stood)))
    st.html(markup.small(t("extent.explore_limits", coarse=coarse)))


@parts.fragment
def _explore(current: Frame, ground: Ground, stood: Standing) -> None:
    left, right = st.columns([3, 5], gap="large", vertical_alignment="center")
    start = round(min(max(stood.today, LOWEST), HIGHEST), 1)
    level = left.select_slider(t("extent.level"), LEVELS, start, key="shore-level", format_func=_metres)
    # At its start the slider means today's level itself, not the tenth of a metre next to it.
    shore = flood.shore(ground, stood.today if level == start else level, stood.today, stood.highest)
    said = _words(shore, level, stood)
    right.html(markup.figure(*said))
    whole, north = st.columns([3, 5], gap="large")
    keys = _keys(shore, level, stood)
    parallels = ((whole, "caspian-shore", -90.0, 200.0), (north, "caspian-shore-north", NORTH, 100.0))
    field = current.snapshot.fields[GROUND]
    for column, key, parallel, bar in parallels:
        title = t("extent.explore_whole" if column is whole else "extent.explore_north")
        figure = shore_charts.water(
            ground, shore, ground.north_of(parallel), current.look, height=420, bar=bar, words=keys,
            credit=parts.credit([field], current.snapshot.cache_id), view=key,
        )  # fmt: skip
        with column:
            st.html(markup.panel_title(title, current.look.caspian, t("extent.explore_unit")))
            table = partial(_table, ground, stood)
            behind = parts.of_frame(key, title, table, [field], current, [field])
            alt = t("extent.alt_shore", title=title, bed=said[0], share=said[1], words=said[2])
            parts.show(figure, key=key, title=title, alt=alt, behind=behind, current=current)


def _metres(level: float) -> str:
    return f"{number(level, 1)} {translate('m')}"


def _words(shore: Shore, level: float, stood: Standing) -> tuple[str, str, str]:
    gone = shore.dry + shore.dries
    beyond = t("extent.explore_beyond", dries=number(shore.dries, 0), now=stood.year) if shore.dries else ""
    return (
        t("extent.explore_figure", area=number(gone, 0)),
        t("extent.explore_share", share=number(shore.share * 100, 1)),
        t(
            "extent.explore_words",
            level=number(level, 1),
            year=stood.highest_year,
            water=number(shore.water, 0),
            beyond=beyond,
        ),
    )


def _keys(shore: Shore, level: float, stood: Standing) -> list[str]:
    """What the colours are; the bed that would fall dry only where some would."""
    words = [
        t("extent.key_water"),
        t("extent.key_dry", year=stood.highest_year, area=number(shore.dry, 0)),
    ]
    if shore.dries:
        words.append(t("extent.key_dries", level=number(level, 1), area=number(shore.dries, 0)))
    return words


def _table(ground: Ground, stood: Standing) -> pd.DataFrame:
    """The areas by half metres of level, in km2."""
    levels = np.round(np.arange(HIGHEST, LOWEST - 0.1, -0.5), 1)
    found = [flood.shore(ground, float(level), stood.today, stood.highest) for level in levels]
    return pd.DataFrame(
        {
            "level_m": levels,
            "water_km2": [round(one.water) for one in found],
            "dry_km2": [round(one.dry + one.dries) for one in found],
            "dry_beyond_today_km2": [round(one.dries) for one in found],
        }
    )
