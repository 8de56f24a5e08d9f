"""Series in, plotly figures out: one pure function per kind of figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.brackets import bracket_row
from dashboard.figures.canvas import axis, canvas, day_texts, finish, frame_time, margin_label, spread
from dashboard.figures.leaders import names_on_leaders
from dashboard.figures.marks import (
    WIDTHS,
    Mark,
    absence,
    add_line,
    annotate,
    corner,
    end_label,
    ends,
    extend,
    hatch,
    names_at_end,
    speech_line,
    zero_line,
)
from dashboard.palette import Palette
from dashboard.series.doubts import Bracket
from dashboard.series.level.levels import RATE_YEARS
from dashboard.series.lines import Line, end_of_record, last_counted
from dashboard.series.periods import SPEECH
from dashboard.words.text import number, t

ENDED_DAYS = 730
# Thin lines that are named on a leader; further ones are named beside the strip alone.
NAMED = 2
AXIS_PAD = 0.055
YEAR_MS = 365.25 * 86_400_000


def panel(
    lines: Sequence[Line],
    look: Palette,
    *,
    unit: str,
    decimals: int,
    today: np.datetime64,
    since: str = "",
    speech: str = "",
    zero: bool = False,
    marks: Sequence[Mark] = (),
    brackets: Sequence[Bracket] = (),
    height: int = 232,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """A small multiple: lines on one axis, the first one's last value in the margin, the speech dotted.

    ``since`` is said beside the hatched stretch from the newest value to today where the record ended more
    than two years ago; ``zero`` starts the axis at zero, for areas, volumes and flows, never for levels.
    """
    figure = canvas(look, height, view)
    newest = max(end_of_record(drawn) for drawn in lines)
    ended = bool(since) and (today - newest).astype(int) > ENDED_DAYS
    if ended:
        hatch(figure, look, newest, today)
    extend(figure, lines, today)
    for drawn in lines:
        add_line(figure, drawn, unit, decimals)
    if zero:
        figure.layout["yaxis"]["rangemode"] = "tozero"
    for mark in marks:
        annotate(figure, look, mark)
    if brackets:
        bracket_row(figure, look, brackets)
    if speech:
        speech_line(figure, look, speech)
    up = 0
    if ended:
        up = absence(figure, look, since, at=_share(lines[0], zero=zero), rows=3 if lines[0].age else 2)
    end_label(figure, lines[0], decimals, unit, yshift=up)
    return finish(figure, look, credit)


def _share(drawn: Line, *, zero: bool) -> float:
    """How high on its axis a line ends, from 0 to 1; the axis goes a little beyond the values."""
    low, high = 0.0 if zero else float(drawn.values.min()), float(drawn.values.max())
    pad = (high - low) * AXIS_PAD
    bottom, top = low if zero else low - pad, high + pad
    return (float(drawn.values[last_counted(drawn)]) - bottom) / (top - bottom) if top > bottom else 0.5


def long_view(
    lines: Sequence[Line],
    look: Palette,
    *,
    unit: str,
    decimals: int,
    speech: str,
    zero: str = "",
    band: tuple[Line, Line] | None = None,
    residuals: Sequence[Line] = (),
    residual_title: str = "",
    marks: Sequence[Mark] = (),
    brackets: Sequence[Bracket] = (),
    height: int = 520,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """All sources of one quantity over their whole record, and below, each minus the heavy line.

    With ``zero`` the values are changes since a named period, and the zero line carries that name. ``band``
    is the range of the sources around the heavy line; ``brackets`` stand above the lines.
    """
    figure = canvas(look, height, view)
    frame_time(figure, lines)
    signed = bool(zero)
    signs = {"tickformat": "+.1f", "ticksuffix": f" {unit}"}
    if band and band[0].times.size:
        low, high = band
        spread(figure, day_texts(low.times), low.values.round(4), high.values.round(4), high.color, "spread")
    for drawn in lines:
        add_line(figure, drawn, unit, decimals, signed=signed)
    if residuals:
        figure.layout["yaxis"]["domain"] = [0.27, 1]
        figure.layout["yaxis2"] = {**axis(look), **signs, "domain": [0, 0.19], "anchor": "x", "nticks": 4}
        figure.layout["xaxis"]["anchor"] = "y2"
        for drawn in residuals:
            add_line(figure, drawn, unit, decimals, on="y2", signed=True)
        names_at_end(figure, residuals, top=0.21)
        corner(figure, look, residual_title, 0.225)
    if signed:
        figure.layout["yaxis"].update(signs)
        zero_line(figure, look, zero)
    for mark in marks:
        annotate(figure, look, mark)
    thin = [drawn for drawn in lines if drawn.role != "main"]
    names_on_leaders(figure, look, thin[:NAMED], lines, marks)
    if brackets:
        bracket_row(figure, look, brackets)
    speech_line(figure, look, speech)
    ends(figure, lines, decimals, unit, signed=signed)
    return finish(figure, look, credit)


def rate(
    ends: np.ndarray,
    slopes: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    look: Palette,
    color: str,
    *,
    speech: str,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """A running slope in centimetres a year with its interval as a band; zero means a steady level."""
    figure = canvas(look, 420, view)
    times = ends.astype("datetime64[D]").astype(str)
    spread(figure, times, np.round(low, 2), np.round(high, 2), color, "interval")
    figure.trace(
        x=times,
        y=np.round(slopes, 2),
        mode="lines" if ends.size > 1 else "markers",
        line={"color": color, "width": WIDTHS["main"]},
        marker={"size": 8, "color": color},
        name="rate",
        hovertext=[
            f"{end}: {number(slope, 1, sign=True)} ({_between(below, above)})"
            for end, slope, below, above in zip(ends, slopes, low, high, strict=True)
        ],
        hoverinfo="text",
    )
    figure.shape(x0=0, x1=1, xref="paper", y0=0, y1=0, line={"color": look.comparison, "width": 1.4})
    speech_line(figure, look, speech)
    first = ends[-1] - np.timedelta64(RATE_YEARS - 1, "Y")
    newest = t("chart.rate_end", value=number(slopes[-1], 1, sign=True), first=first, last=ends[-1])
    margin_label(figure, float(slopes[-1]), newest, color)
    return finish(figure, look, credit)


def _between(low: float, high: float) -> str:
    return t("sum.to", low=number(low, 1, sign=True), high=number(high, 1, sign=True))


def extremes(drawn: Line, unit: str) -> list[Mark]:
    """The highest and the lowest year of a line that is not its newest, with year and signed value."""
    inner = drawn.values[:-3]
    if inner.size < 20:
        return []
    found = []
    for at, dy in ((int(np.argmax(inner)), -16), (int(np.argmin(inner)), 16)):
        year = drawn.times[at].astype("datetime64[Y]")
        found.append(
            Mark(
                drawn.times[at], float(inner[at]), f"{year}: {number(inner[at], 2, sign=True)} {unit}", dy=dy
            )
        )
    return found


def bars(
    years: np.ndarray,
    values: np.ndarray,
    look: Palette,
    color: str,
    *,
    unit: str,
    decimals: int,
    series: str,
    span: tuple[int, int],
    speech: str,
    height: int = 190,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """Yearly anomalies as bars from zero on a time axis that every panel of the page shares.

    Years before the speech are grey, the years after it in the place's colour; the newest is labelled.
    """
    figure = canvas(look, height, view)
    after = SPEECH.astype("datetime64[Y]").astype(int) + 1970
    figure.trace(
        type="bar",
        x=[f"{year}-01-01" for year in years],
        offset=0.1 * YEAR_MS,
        y=np.round(values, 3),
        marker={
            "color": [color if year > after else look.comparison for year in years],
            "line": {"width": 0},
        },
        width=0.8 * YEAR_MS,
        name=series,
        hovertext=[
            f"{year}: {number(value, decimals, sign=True)} {unit}"
            for year, value in zip(years, values, strict=True)
        ],
        hoverinfo="text",
    )
    figure.layout["xaxis"]["range"] = [f"{span[0]}-01-01", f"{span[1]}-12-31"]
    figure.layout["yaxis"].update(nticks=5, tickformat="+,.0f" if decimals == 0 else "+.1f")
    figure.shape(x0=0, x1=1, xref="paper", y0=0, y1=0, line={"color": look.comparison, "width": 1})
    speech_line(figure, look, speech)
    newest = f"<b>{number(float(values[-1]), decimals, sign=True)} {unit}</b><br>{years[-1]}"
    margin_label(figure, float(values[-1]), newest, color if years[-1] > after else look.muted)
    return finish(figure, look, credit)
