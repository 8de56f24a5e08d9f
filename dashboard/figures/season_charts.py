"""Charts of months: pairs of like months, and the year of a water body before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import xarray as xr

from dashboard.figures.canvas import Sketch, canvas, finish, spread
from dashboard.palette import Palette
from dashboard.series.change import Change
from dashboard.words.text import DASH, month_name, number, period, translate

# Letters of a quarter's name of which four stand beside one another on a phone.
SEASON_LETTERS = 8


def like_pairs(
    change: Change,
    look: Palette,
    color: str,
    *,
    decimals: int,
    earlier: str = "",
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """Each calendar period before (open) and after (full), joined, with the difference beside the stem.

    ``earlier`` names the side before where it is a mean of many years.
    """
    figure = canvas(look, 300, view)
    pairs = sorted(change.pairs, key=lambda pair: pair.after.astype("datetime64[M]").astype(int) % 12)
    names = [_season_name(pair.after, change.step) for pair in pairs]
    for name, pair in zip(names, pairs, strict=True):
        figure.trace(
            x=[name, name],
            y=[pair.value_before, pair.value_after],
            mode="lines",
            line={"color": color, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
        figure.note(
            x=name,
            y=(pair.value_before + pair.value_after) / 2,
            xanchor="left",
            xshift=8,
            text=f"<b>{number(pair.difference, decimals, sign=True)}</b>",
            font={"size": 13, "color": color},
        )
    for field, symbol, name in (("before", "circle-open", earlier), ("after", "circle", "")):
        whens = [getattr(pair, field) for pair in pairs]
        values = [getattr(pair, f"value_{field}") for pair in pairs]
        figure.trace(
            x=names,
            y=values,
            mode="markers+text",
            text=[name or str(when.astype("datetime64[Y]")) for when in whens],
            textposition="middle right" if len(pairs) <= 4 else "top center",
            textfont={"size": 12, "color": look.muted},
            marker={"symbol": symbol, "size": 11, "color": color, "line": {"width": 2, "color": color}},
            name=change.series,
            hovertext=[
                f"{name or period(when, change.step)}: {number(value, decimals)} {translate(change.unit)}"
                for when, value in zip(whens, values, strict=True)
            ],
            hoverinfo="text",
            cliponaxis=False,
        )
    figure.layout["xaxis"].update(type="category", showgrid=False, range=[-0.4, len(pairs) - 0.2])
    return finish(figure, look, credit, below=_name_seasons(figure, names))


def seasons(
    dataset: xr.Dataset,
    look: Palette,
    color: str,
    *,
    decimals: int,
    recent: int,
    band: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
    credit: str = "",
    view: str = "",
) -> go.Figure:
    """Years laid over one another by calendar period: the newest heavy, earlier thin, a band if given."""
    keep = ~np.isin(dataset["qc"].values, (4, 9)) & ~np.isnan(dataset["value"].values)
    points = dataset.isel(time=keep)
    step = dataset.attrs["cadence"]
    months = points["time"].values.astype("datetime64[M]")
    years = months.astype("datetime64[Y]").astype(int) + 1970
    figure = canvas(look, 340, view)
    if band is not None:
        _band(figure, look, band)
    newest = int(years.max())
    for year in np.unique(years):
        inside = years == year
        late = year > newest - recent
        names = [_season_name(month, step) for month in months[inside]]
        symbols = ["circle-open" if flag == 3 else "circle" for flag in points["qc"].values[inside]]
        figure.trace(
            x=names,
            y=points["value"].values[inside],
            mode="lines+markers",
            line={"color": color if late else look.comparison, "width": 2.6 if late else 1.2},
            marker={"size": 7 if late else 4, "symbol": symbols},
            name=dataset.attrs["series_id"],
            hovertext=[
                f"{name} {year}: {number(value, decimals)} {translate(dataset.attrs['units'])}"
                for name, value in zip(names, points["value"].values[inside], strict=True)
            ],
            hoverinfo="text",
            cliponaxis=False,
        )
        if late or year % 4 == 0:
            figure.note(
                x=names[-1],
                y=float(points["value"].values[inside][-1]),
                text=f"<b>{year}</b>" if late else str(year),
                xanchor="left",
                xshift=9,
                font={"size": 12, "color": color if late else look.muted},
            )
    order = [_season_name(np.datetime64(f"2001-{at:02d}"), step) for at in _season_starts(step)]
    figure.layout["xaxis"].update(type="category", categoryorder="array", categoryarray=order, showgrid=False)
    return finish(figure, look, credit, below=_name_seasons(figure, order))


def _band(figure: Sketch, look: Palette, band: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    names = [_season_name(np.datetime64(f"2001-{at:02d}"), "month") for at in range(1, 13)]
    low, middle, high = band
    spread(figure, names, np.round(low, 4), np.round(high, 4), look.comparison, "normal")
    figure.trace(
        x=names,
        y=np.round(middle, 4),
        mode="lines",
        line={"color": look.comparison, "width": 1.4},
        hoverinfo="skip",
        name="normal",
    )


def _season_name(month: np.datetime64, step: str) -> str:
    if step == "quarter":
        return period(month, "quarter").rsplit(" ", 1)[0]
    if step == "year":
        return ""
    return month_name(month)


def _name_seasons(figure: Sketch, names: Sequence[str]) -> int:
    """Quarters too long for a phone's axis in two rows, "Jul–" over "Sep"; the pixels that this takes."""
    if max(map(len, names)) <= SEASON_LETTERS:
        return 0
    rows = [name.replace(DASH, f"{DASH}<br>") for name in names]
    figure.layout["xaxis"].update(tickvals=list(names), ticktext=rows)
    return 14


def _season_starts(step: str) -> range:
    return range(1, 13, 3) if step == "quarter" else range(1, 13)
