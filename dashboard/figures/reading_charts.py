"""The pictures of a condition reading: placebo histogram, and the old trend carried on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.canvas import canvas, faint, finish, margin_label, spread
from dashboard.figures.marks import speech_line
from dashboard.palette import Palette
from dashboard.words.text import number, period, t


def histogram(
    values: Sequence[float],
    change: float,
    low: float,
    high: float,
    look: Palette,
    color: str,
    *,
    words: dict[str, str],
    decimals: int = 0,
    series: str,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """Changes of pace at earlier dates, the band that holds nine of ten, and the change after the speech.

    ``words`` are the strings of the figure: after, band, falling, rising. Rates are in cm a year.
    """
    figure = canvas(look, 300, view)
    step = 4.0
    edges = np.arange(np.floor(min(values) / step) * step, max(values) + step, step)
    counts, edges = np.histogram(values, edges)
    middles = (edges[:-1] + edges[1:]) / 2
    top = float(counts.max())
    figure.shape(
        type="rect",
        x0=low,
        x1=high,
        y0=0,
        y1=top * 0.66,
        fillcolor=faint(look.comparison),
        line={"width": 0},
        layer="below",
    )
    figure.trace(
        type="bar",
        x=middles,
        y=counts,
        width=step * 0.86,
        marker={"color": look.comparison},
        name=series,
        hovertext=[
            f"{t('sum.to', low=number(left, 0, sign=True), high=number(right, 0, sign=True))}: {count}"
            for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True)
        ],
        hoverinfo="text",
    )
    figure.shape(x0=change, x1=change, y0=0, y1=top * 1.08, line={"color": color, "width": 2.6})
    left = change > (low + high) / 2
    figure.note(
        x=change,
        y=top * 1.1,
        text=f"<b>{words['after']}</b>",
        xanchor="right" if left else "left",
        xshift=-7 if left else 7,
        yanchor="middle",
        align="left",
        font={"size": 13, "color": color},
    )
    margin_label(figure, top * 0.66, words["band"], look.muted, yanchor="top", size=12)
    for side, key in (("left", "falling"), ("right", "rising")):
        figure.note(
            x=0 if side == "left" else 1,
            xref="paper",
            y=0,
            yref="paper",
            yshift=-18,
            text=words[key],
            xanchor=side,
            yanchor="top",
            font={"size": 12, "color": look.muted},
        )
    figure.layout["margin"]["b"] = 60
    figure.layout["xaxis"].update(tickformat="+.0f")
    figure.layout["yaxis"]["range"] = [0, top * 1.2]
    return finish(figure, look, credit, below=16)


def carried_on(
    times: np.ndarray,
    observed: np.ndarray,
    expected: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    look: Palette,
    color: str,
    *,
    unit: str,
    speech: str,
    words: str,
    step: str,
    earlier: tuple[np.ndarray, np.ndarray],
    series: str,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """What was observed, the trend before the speech carried on, and its 90 % band after it."""
    figure = canvas(look, 320, view)
    days = times.astype("datetime64[D]").astype(str)
    times = np.concatenate([earlier[0].astype("datetime64[D]"), times.astype("datetime64[D]")])
    observed = np.concatenate([earlier[1], observed])
    if days.size:
        spread(figure, days, np.round(low, 4), np.round(high, 4), look.comparison, series)
    figure.trace(
        x=days,
        y=np.round(expected, 4),
        mode="lines",
        line={"color": look.comparison, "width": 1.4, "dash": "4px,3px"},
        hoverinfo="skip",
        name=series,
    )
    figure.trace(
        x=times.astype(str),
        y=np.round(observed, 4),
        mode="lines+markers" if step == "year" else "lines",
        line={"color": color, "width": 2.2},
        marker={"size": 6},
        hovertext=[
            f"{period(when, step)}: {number(value, 2)} {unit}"
            for when, value in zip(times, observed, strict=True)
        ],
        hoverinfo="text",
        name=series,
    )
    speech_line(figure, look, speech)
    known = np.flatnonzero(np.isfinite(observed))
    gap = (float(np.nanmax(observed)) - float(np.nanmin(observed))) * 0.08
    close = abs(float(expected[-1]) - float(observed[known[-1]])) < gap
    last = float(observed[known[-1]])
    newest = f"<b>{number(last, 2)} {unit}</b><br>{period(times[known[-1]], step)}"
    margin_label(figure, last, newest, color, yanchor="top" if close else "middle")
    led = f"{number(float(expected[-1]), 2)}<br>{words}"
    margin_label(
        figure, float(expected[-1]), led, look.muted, yanchor="bottom" if close else "middle", size=12
    )
    return finish(figure, look, credit)
