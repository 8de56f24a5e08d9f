"""Names of lines on leaders, each where the figure is emptiest beside its line."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.figures.canvas import Sketch, escape
from dashboard.figures.marks import Mark
from dashboard.palette import Palette
from dashboard.series.lines import Line

# Half the width of a name on a phone, of the time shown; the height of one, and the most that a leader
# reaches, of the range shown.
HALF, HEIGHT, REACH = 0.17, 0.1, 0.3
LETTERS = 16


@dataclass(frozen=True)
class Place:
    """A point of a line, and the height at which its name stands clear of all lines."""

    when: np.datetime64
    value: float
    height: float


def names_on_leaders(
    figure: Sketch, look: Palette, named: Sequence[Line], lines: Sequence[Line], marks: Sequence[Mark] = ()
) -> None:
    """Name each of ``named`` among ``lines``, clear of them all, of the words of marks, and of each other."""
    taken: list[Place] = []
    for drawn in named:
        place = emptiest(drawn, lines, marks, taken)
        if place is None:
            continue
        taken.append(place)
        when = str(place.when.astype("datetime64[D]"))
        figure.note(
            x=when,
            y=place.value,
            text="<br>".join(map(escape, textwrap.wrap(drawn.label, LETTERS))),
            ax=when,
            axref="x",
            ay=place.height,
            ayref="y",
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=look.comparison,
            showarrow=True,
            font={"size": 12, "color": look.muted},
        )


def emptiest(
    drawn: Line, lines: Sequence[Line], marks: Sequence[Mark], taken: Sequence[Place]
) -> Place | None:
    """Where along a line the most room is above or below all lines; None on a line of a few points.

    Room is counted within half a name's width on either side, inside the range of the lines.
    """
    times = np.concatenate([line.times for line in lines]).astype("datetime64[D]")
    values = np.concatenate([line.values for line in lines])
    bottom, top = np.nanmin(values), np.nanmax(values)
    half, height = (times.max() - times.min()) * HALF, (top - bottom) * HEIGHT
    for mark in marks:
        edge = mark.value - np.sign(mark.dy) * height
        times, values = np.append(times, mark.when.astype("datetime64[D]")), np.append(values, edge)
    for place in taken:
        times = np.append(times, [place.when.astype("datetime64[D]")] * 2)
        values = np.append(values, [place.height - height, place.height + height])
    best, most = None, 0.0
    for when, value in zip(drawn.times.astype("datetime64[D]"), drawn.values, strict=True):
        if np.isnan(value) or when - half < times.min() or when + half > times.max():
            continue
        near = values[np.abs(times - when) <= half]
        for edge, room, way in (
            (np.nanmax(near), top - np.nanmax(near), 1),
            (np.nanmin(near), np.nanmin(near) - bottom, -1),
        ):
            if room > most:
                reach = min(max(room / 2, height), (top - bottom) * REACH)
                best, most = Place(when, float(value), float(edge + way * reach)), room
    return best
