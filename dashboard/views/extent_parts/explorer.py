"""The Caspian's shore at a level that the reader chooses, from heights of the ground."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.figures.shore_charts import Cells
from dashboard.markup import blocks
from dashboard.terrain import flood
from dashboard.terrain.flood import Ground, Shore
from dashboard.terrain.water_level import Standing
from dashboard.views.extent_parts import curves, ground_map
from dashboard.views.extent_parts.ground_map import Sheet
from dashboard.views.shell import frame
from dashboard.views.shell.frame import Frame
from dashboard.words.text import metres, number, t
from loaders.geometry import regions

GROUND, BAY = "caspian-ground-etopo", "kara-bogaz"
LEVELS = [tenth / 10 for tenth in range(-340, -259)]
LOWEST, HIGHEST = LEVELS[0], LEVELS[-1]
NORTH, HEIGHT = 44.3, 420


def explorer(current: Frame, stood: Standing) -> None:
    """A level, the map at that level, and what has fallen dry; what brings the map where it is not there."""
    field = current.snapshot.fields.get(GROUND)
    if field is None:
        ground_map.absent(t("extent.explore"))
        return
    ground = flood.ground(field, regions.outlines()[BAY])
    st.html(blocks.heading(t("extent.explore"), t("extent.explore_deck", year=stood.highest_year)))
    _explore(current, ground, stood)
    st.html(blocks.small(curves.zero(stood)))
    st.html(blocks.small(t("extent.explore_limits", cell=number(ground.cell_km, 1))))


@frame.fragment
def _explore(current: Frame, ground: Ground, stood: Standing) -> None:
    left, right = st.columns([3, 5], gap="large", vertical_alignment="center")
    start = round(min(max(stood.today, LOWEST), HIGHEST), 1)
    level = left.select_slider(t("extent.level"), LEVELS, start, key="shore-level", format_func=metres)
    # At its start the slider means today's level itself, not the tenth of a metre next to it.
    shore = flood.shore(ground, stood.today if level == start else level, stood.today, stood.highest)
    said = _words(shore, level, stood)
    right.html(blocks.figure(*said))
    look = current.look
    tones = (look.caspian, look.comparison, look.bed)
    whole = Cells(ground, shore.state, shore.depth, tones, _keys(shore, level, stood))
    north = replace(whole, south=NORTH)
    sheets = (
        (whole, Sheet("caspian-shore", t("extent.explore_whole"), HEIGHT, 200.0)),
        (north, Sheet("caspian-shore-north", t("extent.explore_north"), HEIGHT, 100.0)),
    )
    for column, (cells, sheet) in zip(st.columns([3, 5], gap="large"), sheets, strict=True):
        alt = t("extent.alt_shore", title=sheet.title, bed=said[0], share=said[1], words=said[2])
        with column:
            ground_map.show(
                current, current.snapshot.fields[GROUND], cells, sheet, alt, partial(_table, ground, stood)
            )


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
