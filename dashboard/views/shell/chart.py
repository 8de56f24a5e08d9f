"""A chart on a page with what stands behind it: table, downloads, citation, link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
import xarray as xr

import loaders
from dashboard.export import package
from dashboard.sentences.citation import bibtex, citation, credit
from dashboard.series import points
from dashboard.series.lines import Line
from dashboard.views.shell.behind import PICTURES, Behind, File, actions, headed, offer
from dashboard.views.shell.frame import Asked, Frame, fragment, here, newest_words, panel, replace_chart
from dashboard.words.text import t

MODES = {"displaylogo": False, "displayModeBar": "hover", "modeBarButtons": [["toImage"]]}
# The header of a table that is no series: what each line is called, and the attribute that says it.
SAID = (
    ("title", "title"), ("datum", "datum"), ("source", "source"), ("licence", "licence"),
    ("citation", "citation"), ("retrieved", "retrieved_at"), ("caveat", "caveat"),
)  # fmt: skip


def alone(current: Frame, key: str) -> str:
    """The full address at which one chart stands alone, for another page to show in a frame."""
    return f"{here(replace_chart(current, key))}&embed=true"


def credit_of(current: Frame, lines: Sequence[Line]) -> str:
    names = dict.fromkeys(line.series for line in lines)
    return credit([current.snapshot.series[name] for name in names], current.snapshot.cache_id)


def chart(
    figure: go.Figure,
    *,
    key: str,
    title: str,
    alt: str,
    lines: Sequence[Line],
    current: Frame,
    drawn: pd.DataFrame | None = None,
) -> None:
    """A figure of series, and under it what stands behind them.

    ``drawn`` is what is plotted, where that is not the points of the lines themselves.
    """
    behind = of_lines(key, title, lines, current, drawn)
    show(figure, key=key, title=title, alt=alt, behind=behind, current=current)


def show(figure: go.Figure, *, key: str, title: str, alt: str, behind: Behind, current: Frame) -> None:
    """A figure and, under it, Table | Download | Cite | Link. The key is the chart's anchor.

    Where the address asks for one chart, none is drawn here: the entry script shows the one it asks for.
    """
    if not current.selection.chart:
        _with_actions(figure, key, title, alt, behind, current)
    elif current.selection.chart == key:
        current.asked.append(Asked(figure, key, title, alt))


@fragment
@panel()
def _with_actions(figure: go.Figure, key: str, title: str, alt: str, behind: Behind, current: Frame) -> None:
    draw(figure, key, alt)
    actions(key, title, behind, here(current, key), alone(current, key))


def draw(figure: go.Figure, key: str, alt: str) -> None:
    """A figure whose picture button saves the format that the reader chose."""
    saved = {"filename": key, "scale": 2, "format": st.session_state.get("picture", PICTURES[0])}
    st.plotly_chart(
        figure, theme=None, config=MODES | {"toImageButtonOptions": saved}, key=f"chart-{key}", alt=alt
    )


def of_lines(
    key: str, title: str, lines: Sequence[Line], current: Frame, drawn: pd.DataFrame | None = None
) -> Behind:
    """The plotted points of series, their files, and everybody who made them."""
    datasets = [current.snapshot.series[name] for name in dict.fromkeys(line.series for line in lines)]
    link, plain = here(current, key), here(current)
    offered = files(key, datasets, current)
    if drawn is not None:
        made = partial(loaders.table_to_csv, drawn, datasets, view=plain)
        offered = [File(t("chart.csv_drawn"), f"{key}-drawn.csv", "text/csv", made), *offered]
    return Behind(
        partial(points.of_lines, lines, datasets) if drawn is None else partial(points.spoken, drawn),
        offered,
        partial(citation, title, datasets, current.snapshot.cache_id, link),
        partial(entries, current, datasets, link),
    )


def of_frame(
    key: str,
    title: str,
    frame: Callable[[], pd.DataFrame],
    about: Sequence[xr.Dataset],
    current: Frame,
    netcdf: Sequence[xr.Dataset] = (),
) -> Behind:
    """Of a figure drawn from a table or a map: the numbers of ``frame``, and what ``about`` says of them."""
    said = [(name, one.attrs.get(attr, "")) for one in about for name, attr in SAID]
    link = here(current, key)
    return Behind(
        frame,
        [
            File.csv(key, lambda: headed(frame(), [*said, ("view", link)])),
            *(File.netcdf(one.attrs["series_id"], partial(loaders.to_netcdf, one)) for one in netcdf),
        ],
        partial(citation, title, about, current.snapshot.cache_id, link),
        partial(entries, current, about, link),
    )


def files(key: str, datasets: Sequence[xr.Dataset], current: Frame) -> list[File]:
    """CSV of all series together, everything as a zip, NetCDF one by one."""
    return [
        File.csv(key, partial(loaders.to_csv, datasets, view=here(current))),
        archive(key, t("chart.zip"), datasets, current),
        *(File.netcdf(one.attrs["series_id"], partial(loaders.to_netcdf, one)) for one in datasets),
    ]


def archive(key: str, label: str, datasets: Sequence[xr.Dataset], current: Frame) -> File:
    """A zip of the series with README and citations."""
    make = partial(
        package.archive,
        datasets,
        current.snapshot,
        current.selection,
        newest=newest_words(current)[0],
        year=str(current.today)[:4],
        link=here(current),
    )
    return File(label, f"{key}.zip", "application/zip", make)


def downloads(key: str, datasets: Sequence[xr.Dataset], current: Frame) -> None:
    for file in files(key, datasets, current):
        offer(key, file)


def entries(current: Frame, datasets: Sequence[xr.Dataset], link: str) -> str:
    """BibTeX of this state of the cache and of the providers of ``datasets``."""
    newest, _ = newest_words(current)
    return bibtex(datasets, current.snapshot.cache_id, newest, str(current.today)[:4], link)
