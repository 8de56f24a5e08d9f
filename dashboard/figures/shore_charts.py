"""Maps without a base map: drawn outlines on one scale, and a sea's water and bed from a map of heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.canvas import Sketch, canvas, escape, faint, finish
from dashboard.palette import Palette
from dashboard.terrain.flood import LAND, WET, Ground
from dashboard.words.text import number, translate
from loaders.geometry import regions
from loaders.geometry.regions import Box, Outline

DEGREE_KM = 111.32
# Upper ends of the classes of depth in m, each a darker tone: what matters is shallow.
DEPTHS = (1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
# Room for the bar under the map, as a share of its height.
FOOT = 0.09
CLEAR = "rgba(0,0,0,0)"
# A tone for cells of which the map does not know what they are: hatched, as absences are.
HATCHED = "hatched"
MARGIN = {"l": 4, "r": 4, "t": 8, "b": 8}


@dataclass(frozen=True)
class Fill:
    """An outline to draw: filled in ``fill`` and named in ``text``, or dotted where no fill is given."""

    outline: Outline
    fill: str = ""
    label: str = ""
    text: str = ""
    below: bool = False


@dataclass(frozen=True)
class Cells:
    """A ground at a level: ``state`` of each cell from LAND to WET, and ``depth`` of its water in m.

    ``tones`` are those of the water and of the states between LAND and WET; ``words`` name what is there of
    them, in that order. Only what lies north of the parallel ``south`` is drawn.
    """

    ground: Ground
    state: np.ndarray
    depth: np.ndarray
    tones: tuple[str, str, str]
    words: Sequence[str]
    south: float = -90.0

    @property
    def rows(self) -> slice:
        return self.ground.north_of(self.south)


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


def water(cells: Cells, look: Palette, *, height: int, bar: float, credit: str, view: str) -> go.Figure:
    """Water by depth, and the states of what is dry, each in its tone and named above the map."""
    frame = _frame(cells)
    figure = _map(frame, look, height, view)
    last = WET + len(DEPTHS)
    figure.trace(
        type="heatmap",
        x=np.round(cells.ground.longitude, 3),
        y=np.round(cells.ground.latitude[cells.rows], 3),
        z=_codes(cells)[cells.rows],
        zmin=0,
        zmax=last,
        colorscale=_scale(cells.tones, last),
        showscale=False,
        hoverinfo="skip",
        name="",
    )
    for state, tone in enumerate(cells.tones):
        if tone == HATCHED:
            _hatch(figure, cells.ground, cells.state == state, look)
    _key(figure, cells, look)
    _bar(figure, frame, look, bar)
    return finish(figure, look, credit)


def _codes(cells: Cells) -> np.ndarray:
    """State of each cell as a small whole number; water counts on by its class of depth."""
    water = WET + np.digitize(cells.depth, DEPTHS)
    return np.where(cells.state == WET, water, cells.state).astype("uint8")


def _scale(tones: Sequence[str], last: int) -> list[list]:
    """Land and hatched ground clear, other states in their tone, water from the faint to its full tone."""
    stops = []
    for code, tone in enumerate((CLEAR, *tones[1:])):
        color = CLEAR if tone == HATCHED else tone
        stops += [[max(code - 0.5, 0) / last, color], [(code + 0.5) / last, color]]
    return [*stops, [(WET - 0.5) / last, faint(tones[0])], [1, tones[0]]]


def _hatch(figure: Sketch, ground: Ground, cells: np.ndarray, look: Palette) -> None:
    """Cells as stretches of their rows, on one hatch that runs on from row to row."""
    xs, ys = regions.cell_edges(ground.longitude), regions.cell_edges(ground.latitude)
    x: list[float | None] = []
    y: list[float | None] = []
    for row, ends in enumerate(np.diff(np.pad(cells, ((0, 0), (1, 1))).astype("int8"), axis=1)):
        stretches = zip(np.flatnonzero(ends == 1), np.flatnonzero(ends == -1), strict=True)
        for west, east in ((xs[first], xs[last]) for first, last in stretches):
            x += [west, east, east, west, None]
            y += [ys[row], ys[row], ys[row + 1], ys[row + 1], None]
    figure.trace(
        x=x,
        y=y,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillpattern={"shape": "/", "size": 6, "solidity": 0.22, "fgcolor": look.comparison},
        fillcolor=CLEAR,
        hoverinfo="skip",
        name="",
    )


def _frame(cells: Cells) -> Box:
    """The box of all cells that are or were water, with a cell's room around."""
    seen, ground = cells.state[cells.rows] != LAND, cells.ground
    latitudes = ground.latitude[cells.rows][seen.any(axis=1)]
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


def _key(figure: Sketch, cells: Cells, look: Palette) -> None:
    """What each tone is, above the map, so that it travels with a saved picture."""
    words = cells.words
    figure.layout["margin"]["t"] = 8 + 19 * len(words)
    for at, (text, tone) in enumerate(zip(words, cells.tones, strict=False)):
        sign, color = ("▨", look.comparison) if tone == HATCHED else ("■", tone)
        figure.note(
            x=0,
            xref="paper",
            y=1,
            yref="paper",
            yshift=19 * (len(words) - at) - 6,
            text=f'<span style="color:{color}">{sign}</span> {escape(text)}',
            xanchor="left",
            yanchor="middle",
            font={"size": 12, "color": look.muted},
        )
