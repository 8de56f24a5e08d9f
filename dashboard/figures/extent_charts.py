"""The pictures of a level and area curve: triples by year, and what each metre uncovered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.drawing import canvas, finish
from dashboard.palette import Palette
from dashboard.text import number


def hypsometry(
    level: np.ndarray,
    area: np.ndarray,
    years: Sequence[str],
    look: Palette,
    color: str,
    *,
    series: str,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """Level against area: a line through observed triples, dots from light (early) to dark (late)."""
    figure = canvas(look, 380, view)
    order = np.argsort(level)
    figure.trace(
        x=area[order],
        y=level[order],
        mode="lines",
        line={"color": look.comparison, "width": 1.2},
        name=series,
        hoverinfo="skip",
    )
    first = np.array([int(str(year)[:4]) if str(year)[:4].isdigit() else 0 for year in years])
    shade = (first - first.min()) / max(first.max() - first.min(), 1)
    figure.trace(
        x=area,
        y=level,
        mode="markers",
        marker={"size": 8, "color": color, "opacity": np.round(0.25 + 0.75 * shade, 3)},
        name=series,
        hovertext=[
            f"{year}: {number(height, 2)} m, {number(size, 0)} km²"
            for year, height, size in zip(years, level, area, strict=True)
        ],
        hoverinfo="text",
    )
    for at in (int(np.argmax(level)), int(np.argmin(level))):
        figure.note(
            x=float(area[at]),
            y=float(level[at]),
            text=f"<b>{years[at]}</b>",
            xanchor="right",
            xshift=-9,
            font={"size": 13, "color": color},
        )
    figure.layout["xaxis"].update(ticksuffix=" km²", tickformat=",.0f", nticks=4)
    figure.layout["yaxis"].update(ticksuffix=" m")
    return finish(figure, look, credit)


def metre_bars(
    names: Sequence[str],
    values: np.ndarray,
    look: Palette,
    color: str,
    *,
    series: str,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """km2 that each metre uncovered, by depth step from the top down."""
    figure = canvas(look, 380, view)
    figure.trace(
        type="bar",
        orientation="h",
        x=np.round(values, 0),
        y=list(names),
        marker={"color": look.comparison},
        text=[number(value, 0) for value in values],
        textposition="outside",
        textfont={"size": 12, "color": look.ink},
        cliponaxis=False,
        name=series,
        hoverinfo="skip",
    )
    figure.layout["margin"]["l"] = 76
    figure.layout["xaxis"].update(showgrid=False, showticklabels=False, showline=False)
    figure.layout["yaxis"].update(type="category", autorange="reversed", showgrid=False, dtick=1)
    return finish(figure, look, credit)
