"""Dashed brackets above the lines: a change of instrument, or a stretch in doubt; hover says why."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from dashboard.figures.canvas import Sketch, escape
from dashboard.palette import Palette
from dashboard.series.doubts import Bracket

# Shares of the figure's height: the bar of a bracket, and the ends of its two arms.
BAR, ARM = 0.985, 0.955
# Words beside brackets that fit into one figure; the others speak on hover alone.
NAMED = 4


def bracket_row(figure: Sketch, look: Palette, brackets: Sequence[Bracket]) -> None:
    """All brackets in one row at the top, on an axis of their own, so that they stand clear of the values."""
    for bracket in brackets:
        first, last = str(bracket.first), str(bracket.last)
        why = "<br>".join(map(escape, textwrap.wrap(bracket.why, 60)))
        figure.trace(
            x=[first, first, last, last],
            y=[ARM, BAR, BAR, ARM],
            yaxis="y8",
            mode="lines",
            line={"color": look.muted, "width": 1.2, "dash": "3px,2px"},
            name="bracket",
            hovertext=[why] * 4,
            hoverinfo="text",
            cliponaxis=False,
        )
    figure.layout["yaxis8"] = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    for bracket in _named(brackets)[-NAMED:]:
        figure.note(
            x=str(bracket.last),
            y=BAR,
            yref="y8",
            text=escape(bracket.words),
            xanchor="left",
            xshift=3,
            yanchor="middle",
            font={"size": 11, "color": look.muted},
        )


def _named(brackets: Sequence[Bracket]) -> list[Bracket]:
    """The last of each run of brackets that touch one another and say the same."""
    following = [*brackets[1:], None]
    return [
        one
        for one, after in zip(brackets, following, strict=True)
        if after is None or after.words != one.words or after.first > one.last
    ]
