"""Maps without a base map: drawn outlines on one scale, and a sea's water and bed from a map of heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.drawing import Sketch, canvas, escape, faint, finish
from dashboard.flood import DRIES, DRY, LAND, WET, Ground, Shore
from dashboard.palette import Palette
from dashboard.text import number, translate
from loaders.regions import Box, Outline

DEGREE_KM = 111.32
# Upper ends of the classes of depth in m, each a darker tone: what matters is shallow.
DEPTHS = (1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
# Room for the bar under the map, as a share of its height.
FOOT = 0.09
CLEAR = "rgba(0,0,0,0)"
MARGIN = {"l": 4, "r": 4, "t": 8, "b": 8}


@dataclass(frozen=True)
class Fill:
    """An outline to draw: filled in ``fill`` and named in ``text``, or dotted where no fill is given."""

    outline: Outline
    fill: str = ""
    label: str = ""
    text: str = ""
    below: bool = False


def outlines(
    shapes: Sequence[Fill], frame: Box, look: Palette, *, height: int, bar: float, credit: str, view: str
) -> go.Figure:
    """Plain filled shores in a frame of degrees, with a bar of so many km; islands stay land."""
    figure = _map(frame, look, height, view)
    for shape in shapes:
        for at, ring in enumerate(shape.outline.rings):
            _ring(figure, ring, shape, look, island=at > 0)
        if shape.label:
            _name(figure, shape)
    _bar(figure, frame, look, bar)
    return finish(figure, look, credit)


def water(
    ground: Ground, shore: Shore, rows: slice, look: Palette, *, height: int, bar: float,
    words: Sequence[str], credit: str, view: str,
) -> go.Figure:  # fmt: skip
    """Water by depth, bed dry today and bed that would fall dry; ``words`` name the three."""
    frame = _frame(ground, shore, rows)
    figure = _map(frame, look, height, view)
    last = WET + len(DEPTHS)
    figure.trace(
        type="heatmap",
        x=np.round(ground.longitude, 3),
        y=np.round(ground.latitude[rows], 3),
        z=_codes(shore)[rows],
        zmin=0,
        zmax=last,
        colorscale=_scale(look, last),
        showscale=False,
        hoverinfo="skip",
        name="",
    )
    _key(figure, look, words)
    _bar(figure, frame, look, bar)
    return finish(figure, look, credit)


def _codes(shore: Shore) -> np.ndarray:
    """State of each cell as a small whole number; water counts on by its class of depth."""
    return np.where(shore.state == WET, WET + np.digitize(shore.depth, DEPTHS), shore.state).astype("uint8")


def _scale(look: Palette, last: int) -> list[list]:
    """Land clear, beds each in their colour, water from the faint to the full tone of the sea."""
    stops = []
    for code, color in ((LAND, CLEAR), (DRY, look.comparison), (DRIES, look.bed)):
        stops += [[max(code - 0.5, 0) / last, color], [(code + 0.5) / last, color]]
    return [*stops, [(WET - 0.5) / last, faint(look.caspian)], [1, look.caspian]]


def _frame(ground: Ground, shore: Shore, rows: slice) -> Box:
    """The box of all cells that are or were water, with a cell's room around."""
    seen = shore.state[rows] != LAND
    latitudes = ground.latitude[rows][seen.any(axis=1)]
    longitudes = ground.longitude[seen.any(axis=0)]
    room = float(ground.latitude[1] - ground.latitude[0])
    return Box(
        float(latitudes[0]) - room, float(latitudes[-1]) + room,
        float(longitudes[0]) - room, float(longitudes[-1]) + room,
    )  # fmt: skip


def _map(frame: Box, look: Palette, height: int, view: str) -> Sketch:
    """An empty map: a degree of longitude is as long as it is at the middle of the frame."""
    figure = canvas(look, height, view)
    figure.layout["margin"] = dict(MARGIN)
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    middle = np.radians((frame.south + frame.north) / 2)
    foot = FOOT * (frame.north - frame.south)
    figure.layout["xaxis"] = {**hidden, "range": [frame.west, frame.east]}
    figure.layout["yaxis"] = {
        **hidden,
        "range": [frame.south - foot, frame.north],
        "scaleanchor": "x",
        "scaleratio": round(1 / float(np.cos(middle)), 4),
    }
    return figure


def _ring(figure: Sketch, ring: np.ndarray, shape: Fill, look: Palette, *, island: bool) -> None:
    closed = np.vstack([ring, ring[:1]])
    dotted = {"color": look.comparison, "width": 1.2, "dash": "2px,3px"}
    line = {"color": look.comparison, "width": 0.8} if shape.fill else dotted
    figure.trace(
        x=closed[:, 0],
        y=closed[:, 1],
        mode="lines",
        line=line,
        fill="toself" if shape.fill else "none",
        fillcolor=look.ground if island else shape.fill or CLEAR,
        hoverinfo="skip",
        name="",
    )


def _name(figure: Sketch, shape: Fill) -> None:
    """The name at the shape's northern end, or below its southern one."""
    ring = shape.outline.rings[0]
    at = int(np.argmin(ring[:, 1]) if shape.below else np.argmax(ring[:, 1]))
    font = {"size": 12, "color": shape.text}
    words, anchor = escape(shape.label), "top" if shape.below else "bottom"
    figure.note(x=float(ring[at, 0]), y=float(ring[at, 1]), text=words, yanchor=anchor, font=font)


def _bar(figure: Sketch, frame: Box, look: Palette, length: float) -> None:
    """A bar of ``length`` km at the foot of the map, true along the middle parallel."""
    middle = np.radians((frame.south + frame.north) / 2)
    end = frame.west + length / (DEGREE_KM * float(np.cos(middle)))
    y = frame.south - FOOT * (frame.north - frame.south)
    figure.shape(x0=frame.west, x1=end, y0=y, y1=y, line={"color": look.ink, "width": 1.6})
    words = f"{number(length, 0)} {translate('km')}"
    font = {"size": 12, "color": look.muted}
    figure.note(x=frame.west, y=y, text=words, xanchor="left", yanchor="bottom", font=font)


def _key(figure: Sketch, look: Palette, words: Sequence[str]) -> None:
    """What each colour is, under the map, so that it travels with a saved picture."""
    colors = (look.caspian, look.comparison, look.bed)
    figure.layout["margin"]["t"] = 8 + 19 * len(words)
    for at, (text, color) in enumerate(zip(words, colors, strict=False)):
        figure.note(
            x=0,
            xref="paper",
            y=1,
            yref="paper",
            yshift=19 * (len(words) - at) - 6,
            text=f'<span style="color:{color}">■</span> {escape(text)}',
            xanchor="left",
            yanchor="middle",
            font={"size": 12, "color": look.muted},
        )
