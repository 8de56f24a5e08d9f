"""The pictures of a level and area curve: triples by year, and what each metre uncovered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.canvas import Sketch, canvas, finish, margin_label
from dashboard.palette import Palette
from dashboard.words.text import number, translate


@dataclass(frozen=True)
class Dots:
    """Years on a curve: level (m), what stands for it on the other axis, and the year of each."""

    level: np.ndarray
    size: np.ndarray
    years: Sequence[str]


def hypsometry(
    level: np.ndarray, size: np.ndarray, dots: Dots, look: Palette, color: str, *, unit: str, series: str,
    marks: Sequence[tuple[float, str]] = (), credit: str = "", view: str = "",
) -> go.Figure:  # fmt: skip
    """Level against area or volume: a line, and the years on it from faint (early) to strong (late).

    ``marks`` are levels with their words, drawn as dotted lines across.
    """
    figure = canvas(look, 380, view)
    order = np.argsort(level)
    figure.trace(
        x=np.round(size[order], 1),
        y=level[order],
        mode="lines",
        line={"color": look.comparison, "width": 1.2},
        name=series,
        hoverinfo="skip",
    )
    for height, words in marks:
        line = {"color": look.muted, "width": 1, "dash": "2px,3px"}
        figure.shape(x0=0, x1=1, xref="paper", y0=height, y1=height, line=line)
        margin_label(figure, height, words, look.muted, size=12)
    _years(figure, dots, unit, color, series)
    if not marks:
        figure.layout["margin"]["r"] = 36
    figure.layout["xaxis"].update(tickformat=",.0f", nticks=4 if marks else 3)
    figure.layout["yaxis"].update(ticksuffix=f" {translate('m')}")
    return finish(figure, look, credit)


def _years(figure: Sketch, dots: Dots, unit: str, color: str, series: str) -> None:
    first = np.array([int(year[:4]) for year in dots.years])
    shade = (first - first.min()) / max(first.max() - first.min(), 1)
    figure.trace(
        x=np.round(dots.size, 1),
        y=dots.level,
        mode="markers",
        marker={"size": 8, "color": color, "opacity": np.round(0.25 + 0.75 * shade, 3)},
        name=series,
        hovertext=[
            f"{year}: {number(height, 2)} {translate('m')}, {number(size, 0)} {unit}"
            for year, height, size in zip(dots.years, dots.level, dots.size, strict=True)
        ],
        hoverinfo="text",
    )
    for at, anchor in ((int(np.argmax(dots.level)), "right"), (int(np.argmin(dots.level)), "left")):
        figure.note(
            x=float(dots.size[at]),
            y=float(dots.level[at]),
            text=f"<b>{dots.years[at]}</b>",
            xanchor=anchor,
            xshift=9 if anchor == "left" else 4,
            yshift=0 if anchor == "left" else 15,
            font={"size": 13, "color": color},
        )


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
