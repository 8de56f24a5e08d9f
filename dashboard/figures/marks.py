"""What stands on a canvas: lines, dots, hatching, the speech, names at the ends."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.figures.canvas import AROUND, ROW, Sketch, day_texts, escape, margin_label
from dashboard.palette import Palette
from dashboard.series.lines import Line, broken, last_counted, thin
from dashboard.series.periods import SPEECH
from dashboard.words.text import number, period, t

# The share of the time axis that a mark takes to its side.
MARK_ROOM = 0.03
# Letters of a name that fit into the right margin: Cyrillic ones are wider.
LETTERS, WIDE_LETTERS = 17, 14
WIDTHS = {"main": 2.8, "comparison": 1.4, "thin": 1.0}


@dataclass(frozen=True)
class Mark:
    """A dated remark beside a line, at most four in a figure."""

    when: np.datetime64
    value: float
    words: str
    dx: int = 0
    dy: int = 36


def add_line(
    figure: Sketch, drawn: Line, unit: str, decimals: int, *, on: str = "y", signed: bool = False
) -> None:
    """One line with its hover text; gaps stay gaps.

    Suspect and provisional points are hollow, and the end of a stale record.
    """
    thinned = thin(drawn)
    whole = broken(thinned)
    times, values = whole.times, whole.values
    look: dict = {"color": drawn.color, "width": WIDTHS[drawn.role]}
    if drawn.dash:
        look["dash"] = drawn.dash
    about = escape(drawn.hover)
    hover = [
        f"{period(when, step)}: {number(value, decimals, sign=signed)} {unit} · {about}"
        if np.isfinite(value)
        else ""
        for when, value, step in zip(times, values, whole.steps, strict=True)
    ]
    figure.trace(
        x=day_texts(times),
        y=np.round(values, 4),
        mode="markers" if drawn.marks else "lines",
        line=look,
        marker={"symbol": "diamond-open", "size": 9, "color": drawn.color, "line": {"width": 1.6}},
        name=drawn.series,
        hovertext=hover,
        hoverinfo="text",
        yaxis=on,
        connectgaps=False,
        cliponaxis=not drawn.marks,
    )
    hollow = dotted(thinned) & (not drawn.marks)
    if hollow.any() and drawn.role != "thin":
        dots(figure, thinned, hollow, on, "circle-open")
    if drawn.role == "main" and not drawn.marks and thinned.times.size:
        last = np.zeros(thinned.times.size, dtype=bool)
        last[last_counted(thinned)] = True
        dots(figure, thinned, last & ~hollow, on, "circle-open" if drawn.age else "circle")


def dotted(drawn: Line) -> np.ndarray:
    """Which points are suspect or provisional, and so drawn as hollow dots."""
    return (drawn.flags == 3) | (drawn.provisional == 1)


def dots(figure: Sketch, drawn: Line, which: np.ndarray, on: str, symbol: str) -> None:
    figure.trace(
        x=day_texts(drawn.times[which]),
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


def speech_line(figure: Sketch, look: Palette, words: str) -> None:
    at = str(SPEECH)
    figure.shape(
        x0=at, x1=at, y0=0, y1=1, yref="paper", line={"color": look.ink, "width": 1.2, "dash": "2px,3px"}
    )
    figure.note(
        x=at,
        y=1,
        yref="paper",
        text=words,
        xanchor="center",
        yanchor="bottom",
        font={"size": 12, "color": look.ink},
        align="center",
    )


def hatch(figure: Sketch, look: Palette, start: np.datetime64, today: np.datetime64) -> None:
    """The stretch without a figure, drawn as an absence."""
    figure.trace(
        x=[str(day.astype("datetime64[D]")) for day in (start, start, today, today)],
        y=[0, 1, 1, 0],
        yaxis="y9",
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillpattern={"shape": "/", "size": 7, "solidity": 0.18, "fgcolor": look.comparison},
        fillcolor="rgba(0,0,0,0)",
        hoverinfo="skip",
        name="none",
    )
    figure.layout["yaxis9"] = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}


def absence(figure: Sketch, look: Palette, words: str, *, at: float, rows: int) -> int:
    """What the hatched stretch means, at the end of the right margin where more room is beside the end label.

    ``at`` is the share of the axis at which the end label of ``rows`` rows stands; the answer is the pixels
    by which that label must move up for both to be read.
    """
    low = at > 0.5
    height, anchor = (0.02, "bottom") if low else (0.98, "top")
    margin_label(
        figure, height, words.replace("\n", "<br>"), look.muted, yref="paper", yanchor=anchor, size=12
    )
    room = (at if low else 1 - at) * (figure.layout["height"] - AROUND)
    missing = max(0, round(ROW * (rows / 2 + words.count("\n") + 1.75) - room))
    return missing if low else -missing


def extend(figure: Sketch, lines: Sequence[Line], today: np.datetime64) -> None:
    """Fix the time axis from the first value or the speech to today, with room for a mark at its start.

    Left to itself the axis makes room for words: the longer a language says "speech", the more years.
    """
    drawn = [one for one in lines if one.times.size]
    first = min(SPEECH, *(one.times[0].astype("datetime64[D]") for one in drawn))
    if any(one.marks or dotted(one)[0] for one in drawn):
        first -= (today - first) * MARK_ROOM
    figure.layout["xaxis"].update(range=[str(first.astype("datetime64[D]")), str(today)])


def annotate(figure: Sketch, look: Palette, mark: Mark) -> None:
    figure.note(
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


def end_label(
    figure: Sketch, drawn: Line, decimals: int, unit: str, *, signed: bool = False, **look: Any
) -> None:
    """The newest whole period's value in the right margin, at its own height; the age of a stale record."""
    at = last_counted(drawn)
    value = number(float(drawn.values[at]), decimals, sign=signed)
    short = unit.removesuffix(t("sum.a_year"))
    words = (f"<b>{value} {short}</b>", period(drawn.times[at], drawn.steps[at]), drawn.age)
    margin_label(figure, float(drawn.values[at]), "<br>".join(filter(None, words)), drawn.text_color, **look)


def ends(figure: Sketch, lines: Sequence[Line], decimals: int, unit: str, *, signed: bool) -> None:
    """The heavy line's newest value and, where a thin line reaches further, that of the first that does."""
    heavy = next((drawn for drawn in lines if drawn.role == "main" and drawn.times.size), None)
    if heavy is None:
        return
    further = [drawn for drawn in lines if drawn.times.size and drawn.times[-1] > heavy.times[-1]]
    if not further:
        end_label(figure, heavy, decimals, unit, signed=signed)
        return
    newest = max(further, key=lambda drawn: drawn.times[-1])
    higher = heavy.values[last_counted(heavy)] > newest.values[last_counted(newest)]
    anchors = ("bottom", "top") if higher else ("top", "bottom")
    for drawn, anchor in zip((heavy, newest), anchors, strict=True):
        end_label(figure, drawn, decimals, unit, signed=signed, yanchor=anchor)


def zero_line(figure: Sketch, look: Palette, words: str) -> None:
    """The line from which changes count, with its name."""
    figure.shape(x0=0, x1=1, xref="paper", y0=0, y1=0, line={"color": look.comparison, "width": 1.4})
    figure.note(
        x=0,
        xref="paper",
        y=0,
        text=words,
        xanchor="left",
        yanchor="bottom",
        font={"size": 12, "color": look.muted},
    )


def names_at_end(figure: Sketch, lines: Sequence[Line], *, top: float) -> None:
    """The names of the lines in the right margin, from the highest end to the lowest, one under another."""
    down = 0
    for drawn in sorted(lines, key=lambda drawn: -drawn.values[-1]):
        most = LETTERS if drawn.label.isascii() else WIDE_LETTERS
        rows = [escape(row) for row in textwrap.wrap(drawn.label, most)]
        look: dict = {"yref": "paper", "yanchor": "top", "yshift": -down}
        margin_label(figure, top, "<br>".join(rows), drawn.text_color, size=11, **look)
        down += 13 * len(rows) + 3


def corner(figure: Sketch, look: Palette, words: str, y: float) -> None:
    figure.note(
        x=0,
        xref="paper",
        y=y,
        yref="paper",
        text=escape(words),
        xanchor="left",
        font={"size": 12, "color": look.muted},
    )
