"""What the explorers of a sea's ground share: the words without a map, and the map with what is behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st
import xarray as xr

from dashboard.figures import shore_charts
from dashboard.figures.shore_charts import Cells
from dashboard.markup import blocks
from dashboard.sentences import citation
from dashboard.views.shell import chart, refreshing
from dashboard.views.shell.frame import Frame
from dashboard.words.text import t


@dataclass(frozen=True)
class Sheet:
    """A map as it stands on the page: its anchor, its title, its size in pixels, and its bar in km."""

    key: str
    title: str
    height: int
    bar: float


def absent(title: str) -> None:
    """The section where its heights are not in the cache: what brings them."""
    how = t("extent.explore_button" if refreshing.refresh_allowed() else "extent.explore_command")
    st.html(blocks.heading(title, t("extent.explore_missing", how=how)))


def show(
    current: Frame, field: xr.Dataset, cells: Cells, sheet: Sheet, alt: str, table: Callable[[], pd.DataFrame]
) -> None:
    """The map under its title, and the table, the files and the citation behind it."""
    st.html(blocks.panel_title(sheet.title, cells.tones[0], t("extent.explore_unit")))
    figure = shore_charts.water(
        cells, current.look, height=sheet.height, bar=sheet.bar, view=sheet.key,
        credit=citation.credit([field], current.snapshot.cache_id),
    )  # fmt: skip
    behind = chart.of_frame(sheet.key, sheet.title, table, [field], current, [field])
    chart.show(figure, key=sheet.key, title=sheet.title, alt=alt, behind=behind, current=current)
