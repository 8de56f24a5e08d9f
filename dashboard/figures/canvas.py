"""The empty figure: fonts, room, axes, frame, and how it is finished."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import plotly.graph_objects as go

from dashboard.palette import Palette
from dashboard.series.lines import Line
from dashboard.words.text import separators

FONT = '"Source Sans", "Source Sans 3", sans-serif'
# Letters of a credit line that fit beside a phone's chart: a figure cannot know how wide it will stand.
CREDIT_WIDTH = 62
# Pixels above and under the plot of a figure, of a row of words in the margin, and between axis and dates.
AROUND, ROW, STANDOFF = 50, 16, 5


@dataclass
class Sketch:
    """A figure while it is drawn, as plain lists and dicts: plotly's own objects check every small change,
    which costs ten times the drawing; they check the whole once, in ``finish``."""

    layout: dict
    data: list[dict] = field(default_factory=list)

    def trace(self, **look: object) -> None:
        self.data.append({"type": "scatter", **look})

    def note(self, **look: object) -> None:
        self.layout.setdefault("annotations", []).append({"showarrow": False, **look})

    def shape(self, **look: object) -> None:
        self.layout.setdefault("shapes", []).append({"type": "line", **look})


def escape(text: str) -> str:
    """Upstream text as plotly may show it: no tags, no entities, no mathematics."""
    for char, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("$", "&#36;")):
        text = text.replace(char, safe)
    return text


def finish(figure: Sketch, look: Palette, credit: str, *, below: int = 0) -> go.Figure:
    """The validated figure, with the credit line under the axis, so that it travels with a saved image."""
    lines = textwrap.wrap(credit, CREDIT_WIDTH)
    figure.layout["margin"]["b"] = 34 + STANDOFF + below + 13 * len(lines)
    figure.layout["height"] += 8 + STANDOFF + below + 13 * len(lines)
    if lines:
        figure.note(
            x=0,
            xref="paper",
            y=0,
            yref="paper",
            yshift=-26 - STANDOFF - below,
            xshift=2 - figure.layout["margin"]["l"],
            text="<br>".join(map(escape, lines)),
            xanchor="left",
            yanchor="top",
            align="left",
            font={"size": 10.5, "color": look.muted},
        )
    return go.Figure({"data": figure.data, "layout": figure.layout})


def canvas(look: Palette, height: int, view: str) -> Sketch:
    """An empty figure in the house style: horizontal hairlines, no legend, room for an end label."""
    return Sketch(
        {
            "template": {},
            "height": height,
            "separators": separators(),
            "margin": {"l": 44, "r": 92, "t": 24, "b": 26},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 12, "color": look.muted},
            "hoverlabel": {
                "bgcolor": look.ground,
                "bordercolor": look.comparison,
                "font": {"family": FONT, "size": 13, "color": look.ink},
            },
            "hovermode": "closest",
            "showlegend": False,
            "dragmode": False,
            "uirevision": view or "steady",
            "colorway": [look.ink],
            "xaxis": {
                **axis(look),
                "showgrid": False,
                "showline": True,
                "linecolor": look.comparison,
                "nticks": 6,
                "tickangle": 0,
                "ticklabelstandoff": STANDOFF,
            },
            "yaxis": {**axis(look), "nticks": 6},
        }
    )


def axis(look: Palette) -> dict:
    return {
        "gridcolor": look.grid,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 12, "color": look.muted},
        "fixedrange": True,
        "separatethousands": True,
        "exponentformat": "none",
    }


def frame_time(figure: Sketch, lines: Sequence[Line]) -> None:
    """Fix the time axis to the lines: left to itself it makes room for labels, decades of it on a phone."""
    first = min(drawn.times[0] for drawn in lines).astype("datetime64[Y]")
    last = max(drawn.times[-1] for drawn in lines).astype("datetime64[Y]") + 2
    figure.layout["xaxis"]["range"] = [f"{first}-01-01", f"{last}-01-01"]


def margin_label(figure: Sketch, y: float, text: str, color: str, *, size: int = 13, **look: object) -> None:
    """Words in the right margin at the height of a value; ``look`` moves them."""
    font = {"size": size, "color": color}
    figure.note(x=1, xref="paper", y=y, text=text, xanchor="left", xshift=8, align="left", font=font, **look)


def spread(
    figure: Sketch, x: Sequence | np.ndarray, low: np.ndarray, high: np.ndarray, color: str, name: str
) -> None:
    """A band between two edges, in a faint tone of ``color``."""
    for edge, fill in ((low, None), (high, "tonexty")):
        figure.trace(
            x=x,
            y=edge,
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=faint(color),
            hoverinfo="skip",
            name=name,
        )


def day_texts(times: np.ndarray) -> np.ndarray:
    return times.astype("datetime64[D]").astype(str)


def faint(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
