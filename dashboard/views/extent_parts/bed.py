"""The Aral's bed at a level that the reader chooses, from heights of the ground."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.figures.shore_charts import HATCHED, Cells
from dashboard.markup import blocks
from dashboard.terrain import bed, flood
from dashboard.terrain.bed import Basin, Bed
from dashboard.views.extent_parts import ground_map
from dashboard.views.extent_parts.ground_map import Sheet
from dashboard.views.shell import frame
from dashboard.views.shell.frame import Frame
from dashboard.words.text import brief, metres, number, t

GROUND = "aral-ground-etopo"
LOWEST, STEP = 30.0, 0.5
KEY, HEIGHT, BAR = "aral-bed", 460, 50.0


def dry_bed(current: Frame) -> None:
    """A level, the bed that is dry at it, and the water that the map shows in place of a bed."""
    title, field = t("extent.bed"), current.snapshot.fields.get(GROUND)
    if field is None:
        ground_map.absent(title)
        return
    ground = flood.ground(field)
    shore = float(field.attrs["reference_level"])
    st.html(blocks.heading(title, t("extent.bed_deck", shore=brief(shore))))
    _explore(current, bed.basin(ground, shore))
    st.html(blocks.small(current.snapshot.catalogue.fields[GROUND].caveat or ""))
    alike, least, cell = brief(bed.ALIKE_M), brief(bed.LEAST_KM2), number(ground.cell_km, 1)
    st.html(blocks.small(t("extent.bed_limits", cell=cell, alike=alike, least=least, shore=brief(shore))))


@frame.fragment
def _explore(current: Frame, basin: Basin) -> None:
    left, right = st.columns([3, 5], gap="large")
    level = left.select_slider(t("extent.level"), _levels(basin), key="bed-level", format_func=metres)
    found, look = bed.bed(basin, level), current.look
    said = _words(found, level, basin)
    left.html(blocks.figure(*said))
    tones = (look.ink, look.bed, HATCHED)
    cells = Cells(basin.ground, found.state, found.depth, tones, _keys(found, level))
    title = t("extent.bed_at", level=number(level, 1))
    alt = t("extent.alt_bed", bed=said[0], dry=said[1], words=said[2])
    with right:
        field, sheet = current.snapshot.fields[GROUND], Sheet(KEY, title, HEIGHT, BAR)
        ground_map.show(current, field, cells, sheet, alt, partial(_table, basin))


def _levels(basin: Basin) -> list[float]:
    return [float(level) for level in np.arange(LOWEST, basin.shore + STEP / 2, STEP)]


def _words(found: Bed, level: float, basin: Basin) -> tuple[str, str, str]:
    flat = t("extent.bed_flat", flat=number(found.flat, 0)) if found.flat else ""
    share, shore = number(found.share * 100, 0), brief(basin.shore)
    return (
        t("extent.explore_figure", area=number(found.dry, 0)),
        t("extent.bed_dry", level=number(level, 1)),
        t("extent.bed_words", share=share, shore=shore, water=number(found.water, 0), flat=flat),
    )


def _keys(found: Bed, level: float) -> list[str]:
    """What the tones are; flat water only where there is some."""
    words = [t("extent.key_under", level=number(level, 1)), t("extent.key_bed", level=number(level, 1))]
    return [*words, t("extent.key_flat")] if found.flat else words


def _table(basin: Basin) -> pd.DataFrame:
    """The areas by level, in km2."""
    levels = _levels(basin)[::-1]
    found = [bed.bed(basin, level) for level in levels]
    return pd.DataFrame(
        {
            "level_m": levels,
            "dry_bed_km2": [round(one.dry) for one in found],
            "ground_under_water_km2": [round(one.water) for one in found],
            "flat_water_km2": [round(one.flat) for one in found],
        }
    )
