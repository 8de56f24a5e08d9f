"""The stated pairs of level and volume of the North Aral, and why they cannot come from one curve."""

from __future__ import annotations

import streamlit as st

from dashboard.markup import blocks
from dashboard.series.lines import steps_of
from dashboard.terrain import extent
from dashboard.views.shell.frame import Frame
from dashboard.words.text import number, period, t, translate

LEVEL, VOLUME = "north-aral-level-published", "north-aral-volume-published"


def pairs(current: Frame) -> None:
    """Volume difference over level difference between the stated pairs: the mean area each one implies."""
    if not {LEVEL, VOLUME} <= set(current.snapshot.series):
        return
    levels, volumes = _stated(current, LEVEL), _stated(current, VOLUME)
    implied = extent.implied_areas(
        {when: value for when, (_, value) in levels.items()},
        {when: value for when, (_, value) in volumes.items()},
    )
    body = [
        (
            t("extent.pair", lower=levels[pair.lower][0], upper=levels[pair.upper][0]),
            f"{number(pair.level_change, 2, sign=True)} {translate('m')}",
            f"{number(pair.volume_change, 1, sign=True)} {translate('km³')}",
            f"{number(pair.implied_area, 0)} {translate('km²')}",
        )
        for pair in implied
    ]
    labels = [t(f"extent.pair_{name}") for name in ("label", "level", "volume", "area")]
    if body:
        st.html(blocks.table(labels, body, "minmax(0,3fr) minmax(0,1fr) minmax(0,1fr) minmax(0,1.4fr)"))
    st.html(blocks.small(t("extent.north_words")))


def _stated(current: Frame, name: str) -> dict[str, tuple[str, float]]:
    """Value of each stated date, with the words of its period."""
    dataset = current.snapshot.series[name]
    points = zip(dataset["time"].values, steps_of(dataset), dataset["value"].values, strict=True)
    return {str(when)[:10]: (period(when, step), float(value)) for when, step, value in points}
