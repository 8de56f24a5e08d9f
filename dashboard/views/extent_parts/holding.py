"""What it would take to hold or raise the Caspian: the fall, an area to spread it on, and two sliders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard.markup import blocks
from dashboard.series.periods import annual_means
from dashboard.series.snapshot import label
from dashboard.terrain import extent
from dashboard.terrain.extent import Curve, Hold
from dashboard.terrain.water_level import Standing
from dashboard.views.shell import frame
from dashboard.views.shell.frame import Frame
from dashboard.words.text import brief, metres, number, t
from loaders.tables.items import Series

RISES = [tenth / 10 for tenth in range(21)]
Areas = Callable[[float], tuple[float, float]]
River = tuple[float, int, int]
Fall = tuple[float, float, int, int]


def answer(current: Frame, river: River | None, curve: Curve | None, stood: Standing | None) -> None:
    """The page's answer for the Caspian, and the same arithmetic with the reader's own rise."""
    on_curve = curve is not None and stood is not None
    areas, found = _areas(current, curve, stood), _fall(current)
    if areas is None or found is None:
        st.html(blocks.answer(t("extent.kicker"), t("extent.title_plain")))
        st.info(t("extent.hold_missing"))
        return
    row, (fall, error, first, last) = found
    area = areas(0.0)
    held = extent.hold(fall, error, *area)
    title = t("extent.title_hold", **_range(held))
    which = "extent.area_curve" if on_curve else "extent.area_published"
    deck = t(
        "extent.deck_hold",
        fall=number(fall * 100, 1),
        error=number(2 * error * 100, 1),
        first=first,
        last=last,
        label=label(row),
        area=t(which, low=number(area[0], 0), high=number(area[1], 0)),
    )
    tail = ""
    if river:
        share = number(held.middle / river[0] * 100, 0)
        tail = t("extent.share", share=share, flow=number(river[0], 0), first=river[1], last=river[2])
    st.html(blocks.answer(t("extent.kicker"), title, [(deck, False), (tail, True)]))
    _would_it_take((fall, error, first, last), areas, river, on_curve)


@frame.fragment
def _would_it_take(fall: Fall, areas: Areas, river: River | None, on_curve: bool) -> None:
    """Raise the sea by so much in so many years: two sliders and one sentence."""
    st.html(blocks.heading(t("extent.take"), t("extent.take_deck")))
    left, right, words = st.columns([2, 2, 4], gap="large", vertical_alignment="center")
    rise = left.select_slider(t("extent.rise"), RISES, 0.5, key="rise", format_func=metres)
    years = right.slider(t("extent.years"), 5, 40, 20, 5, key="years")
    reached = extent.reach(extent.hold(fall[0], fall[1], *areas(rise)), rise, years)
    share = t("extent.take_share", share=number(reached.middle / river[0] * 100, 0)) if river else ""
    words.html(
        blocks.figure(
            t("extent.take_figure", **_range(reached)),
            t("extent.take_range", **_range(reached)),
            t("extent.take_words", rise=brief(rise), years=years, until=fall[3] + years, share=share),
        )
    )
    limits = "extent.limits_curve" if on_curve else "extent.limits_published"
    st.html(blocks.small(t(limits)))


def _areas(current: Frame, curve: Curve | None, stood: Standing | None) -> Areas | None:
    """The area under a rise: by the curve around today's level, else the published ones whatever the rise."""
    if curve is not None and stood is not None:
        low, high = stood.today - stood.error, stood.today + stood.error
        return lambda rise: (extent.layer(curve, low, rise), extent.layer(curve, high, rise))
    dataset = current.snapshot.series.get("caspian-area-published")
    if dataset is None:
        return None
    values = dataset["value"].values[dataset["qc"].values == 1]
    if not values.size:
        return None
    published = float(values.min()), float(values.max())
    return lambda rise: published


def _fall(current: Frame) -> tuple[Series, Fall] | None:
    """The fall of the whole sea over its newest ten whole years, from the line that reaches furthest."""
    mine = [
        row
        for row in current.rows
        if row.place == "caspian" and row.indicator == "level" and row.zone == "whole"
    ]
    found: list[tuple[Series, np.ndarray, np.ndarray]] = [
        (row, *annual_means(current.snapshot.series[row.id], current.today, row.min_obs_per_month))
        for row in mine
    ]
    lines = [one for one in found if one[1].size >= 10]
    if not lines:
        return None
    row, years, values = max(lines, key=lambda line: (line[1][-1], line[1].size))
    return row, extent.yearly_fall(years, values)


def _range(held: Hold) -> dict[str, str]:
    return {name: number(getattr(held, name), 0) for name in ("middle", "low", "high")}
