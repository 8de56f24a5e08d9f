"""The pieces of a figure in the house style: canvas, lines, the speech, labels, hatch, credit line.

Figures are deterministic (no clock, no random id), so that an unchanged chart is not sent twice. Upstream
text is escaped before it becomes a label, because plotly reads some HTML and ``$`` as mathematics.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboard.analysis import SPEECH
from dashboard.lines import Line, broken, thin
from dashboard.palette import Palette
from dashboard.text import number, period

FONT = '"Source Sans", "Source Sans 3", sans-serif'
WIDTHS = {"main": 2.8, "second": 1.4, "comparison": 1.4, "thin": 1.0}


@dataclass(frozen=True)
class Mark:
    """A dated remark beside a line, at most four in a figure."""

    when: np.datetime64
    value: float
    words: str
    dx: int = 0
    dy: int = 36


def escape(text: str) -> str:
    """Upstream text as plotly may show it: no tags, no entities, no mathematics."""
    for char, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("$", "&#36;")):
        text = text.replace(char, safe)
    return text


def sign(figure: go.Figure, look: Palette, credit: str, width: int = 62) -> go.Figure:
    """Write the credit line inside the picture, under the axis, so that it travels with a saved image."""
    lines = textwrap.wrap(credit, width)
    figure.update_layout(
        margin={"b": 34 + 13 * len(lines)}, height=figure.layout.height + 8 + 13 * len(lines)
    )
    figure.add_annotation(
        x=0,
        xref="paper",
        y=0,
        yref="paper",
        yshift=-26,
        xshift=-42,
        text="<br>".join(map(escape, lines)),
        showarrow=False,
        xanchor="left",
        yanchor="top",
        align="left",
        font={"size": 10.5, "color": look.muted},
    )
    return figure


def canvas(look: Palette, height: int, view: str) -> go.Figure:
    """An empty figure in the house style: horizontal hairlines, no legend, room for an end label."""
    figure = go.Figure()
    figure.update_layout(
        template=None,
        height=height,
        margin={"l": 44, "r": 92, "t": 18, "b": 26},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 12, "color": look.muted},
        hoverlabel={
            "bgcolor": look.ground,
            "bordercolor": look.comparison,
            "font": {"family": FONT, "size": 13, "color": look.ink},
        },
        hovermode="closest",
        showlegend=False,
        dragmode=False,
        uirevision=view or "steady",
        colorway=[look.ink],
        xaxis={
            **axis(look),
            "showgrid": False,
            "showline": True,
            "linecolor": look.comparison,
            "nticks": 6,
            "tickangle": 0,
        },
        yaxis={**axis(look), "nticks": 6},
    )
    return figure


def axis(look: Palette) -> dict:
    return {
        "gridcolor": look.grid,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 12, "color": look.muted},
        "fixedrange": True,
        "separatethousands": True,
    }


def add_line(
    figure: go.Figure, drawn: Line, unit: str, decimals: int, *, on: str = "y", signed: bool = False
) -> None:
    """One line with its hover text; gaps stay gaps, suspect and provisional points are hollow."""
    thinned = thin(drawn)
    times, values = broken(thinned)
    look: dict = {"color": drawn.color, "width": WIDTHS[drawn.role]}
    if drawn.role == "second":
        look["dash"] = "4px,3px"
    about = escape(drawn.hover)
    hover = [
        f"{period(when, drawn.cadence)}: {number(value, decimals, sign=signed)} {unit} · {about}"
        if np.isfinite(value)
        else ""
        for when, value in zip(times, values, strict=True)
    ]
    figure.add_trace(
        go.Scatter(
            x=times.astype("datetime64[D]").astype(str),
            y=np.round(values, 4),
            mode="markers" if drawn.marks else "lines",
            line=look,
            marker={"symbol": "diamond-open", "size": 9, "color": drawn.color, "line": {"width": 1.6}},
            name=drawn.series,
            hovertext=hover,
            hoverinfo="text",
            yaxis=on,
            connectgaps=False,
        )
    )
    hollow = ((thinned.flags == 3) | (thinned.provisional == 1)) & (not drawn.marks)
    if hollow.any() and drawn.role != "thin":
        dots(figure, thinned, hollow, on, "circle-open")
    if drawn.role == "main" and not drawn.marks and thinned.times.size and not hollow[-1]:
        last = np.zeros(thinned.times.size, dtype=bool)
        last[-1] = True
        dots(figure, thinned, last, on, "circle")


def dots(figure: go.Figure, drawn: Line, which: np.ndarray, on: str, symbol: str) -> None:
    figure.add_trace(
        go.Scatter(
            x=drawn.times[which].astype("datetime64[D]").astype(str),
            y=np.round(drawn.values[which], 4),
            mode="markers",
            marker={
                "symbol": symbol,
                "size": 8 if symbol == "circle" else 7,
                "color": drawn.color,
                "line": {"width": 1.6, "color": drawn.color},
            },
            name=drawn.series,
            hoverinfo="skip",
            yaxis=on,
            cliponaxis=False,
        )
    )


def speech_line(figure: go.Figure, look: Palette, words: str) -> None:
    at = str(SPEECH)
    figure.add_vline(x=at, line={"color": look.ink, "width": 1.2, "dash": "2px,3px"})
    figure.add_annotation(
        x=at,
        y=1,
        yref="paper",
        text=words,
        showarrow=False,
        xanchor="right",
        yanchor="top",
        xshift=-5,
        font={"size": 12, "color": look.ink},
        align="right",
    )


def hatch(figure: go.Figure, look: Palette, start: np.datetime64, today: np.datetime64, words: str) -> None:
    """The stretch without a figure, drawn as an absence."""
    figure.add_shape(
        type="rect",
        x0=str(start.astype("datetime64[D]")),
        x1=str(today),
        y0=0,
        y1=1,
        yref="paper",
        line={"width": 0},
        layer="below",
        fillcolor=look.grid,
        opacity=0.55,
    )
    figure.add_annotation(
        x=1,
        xref="paper",
        y=0.42,
        yref="paper",
        text=words.replace("\n", "<br>"),
        showarrow=False,
        xanchor="left",
        xshift=8,
        align="left",
        font={"size": 12, "color": look.muted},
    )


def extend(figure: go.Figure, lines: Sequence[Line], today: np.datetime64) -> None:
    first = min(drawn.times[0] for drawn in lines if drawn.times.size)
    figure.update_xaxes(range=[str(first.astype("datetime64[D]")), str(today)])


def annotate(figure: go.Figure, look: Palette, mark: Mark) -> None:
    figure.add_annotation(
        x=str(mark.when.astype("datetime64[D]")),
        y=mark.value,
        text=escape(mark.words).replace("\n", "<br>"),
        ax=mark.dx,
        ay=mark.dy,
        arrowhead=0,
        arrowwidth=1,
        arrowcolor=look.comparison,
        showarrow=abs(mark.dy) > 20,
        yshift=0 if abs(mark.dy) > 20 else -mark.dy,
        font={"size": 12, "color": look.muted},
    )


def end_label(figure: go.Figure, drawn: Line, decimals: int, unit: str, *, signed: bool = False) -> None:
    last = float(drawn.values[-1])
    words = f"<b>{number(last, decimals, sign=signed)} {unit}</b><br>{period(drawn.times[-1], drawn.cadence)}"
    figure.add_annotation(
        x=1,
        xref="paper",
        y=last,
        text=words,
        showarrow=False,
        xanchor="left",
        xshift=8,
        align="left",
        font={"size": 13, "color": drawn.text_color},
    )


def corner(figure: go.Figure, look: Palette, words: str, y: float) -> None:
    figure.add_annotation(
        x=0,
        xref="paper",
        y=y,
        yref="paper",
        text=escape(words),
        showarrow=False,
        xanchor="left",
        font={"size": 12, "color": look.muted},
    )


def faint(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
