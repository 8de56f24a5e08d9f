"""What several pages show: the frame of this run, a chart with its row of actions, the refresh button."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import ParamSpec
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
import xarray as xr

import loaders
from dashboard import filters, markup, points
from dashboard.filters import Selection
from dashboard.findings import Comparison
from dashboard.lines import Line, clip, line_of, within
from dashboard.palette import Palette
from dashboard.sentences import age, first_period, newest_period
from dashboard.snapshot import Snapshot, end_of, label, latest_value, months_between, stale
from dashboard.text import day, number, speak, t
from loaders.model import Series

LOG = logging.getLogger("two_seas.panel")
P = ParamSpec("P")
MODES = {"displaylogo": False, "displayModeBar": "hover", "modeBarButtons": [["toImage"]]}


@dataclass(frozen=True)
class Frame:
    """What every page of this run shares: the data, the reader's choice, the colours, today."""

    snapshot: Snapshot
    selection: Selection
    look: Palette
    today: np.datetime64

    @property
    def rows(self) -> list[Series]:
        """The stored series that pass sea, basin, indicator and source."""
        return filters.matching(self.selection, self.snapshot.rows())

    @property
    def comparison(self) -> Comparison:
        chosen = self.selection
        return Comparison(chosen.compare, _window(chosen.before), _window(chosen.after))

    @property
    def period(self) -> tuple[np.datetime64 | None, np.datetime64 | None]:
        chosen = self.selection
        return _month(chosen.start), _month(chosen.end)

    @property
    def absence(self) -> str:
        """What stands beside a record that ended long ago; nothing where the reader chose the end."""
        return "" if self.selection.end else t("card.no_open")

    def href(self, page: str, **changed: str | None) -> str:
        """A relative address of ``page`` that keeps the filters; ``changed`` overrides single ones."""
        chosen = replace(self.selection, **{key: value or "" for key, value in changed.items()})
        params = filters.write(chosen, page=page)
        return f"{page}?{urlencode(params)}" if params else page


@contextmanager
def panel() -> Iterator[None]:
    """What is drawn inside; where it fails a box says so in its place, and the rest of the page stands."""
    try:
        yield
    except Exception:  # noqa: BLE001 - a reader gets the other panels, the log the reason
        LOG.exception("a panel failed")
        st.error(t("panel.failed"))


def today() -> np.datetime64:
    return np.datetime64("today", "D")


def frame() -> Frame:
    return st.session_state["frame"]


def here(current: Frame, anchor: str = "") -> str:
    """The full address of this view with every filter written out: a later default cannot change it."""
    base = (st.context.url or "").split("?")[0].split("#")[0]
    return f"{base}?{urlencode(filters.full(current.selection))}{'#' + anchor if anchor else ''}"


def aged(current: Frame, dataset: xr.Dataset) -> str:
    """How old a record is that is older than three of its steps; nothing where the reader chose the end."""
    if current.selection.end or not stale(dataset, current.today):
        return ""
    return age(months_between(end_of(dataset), current.today))


def line(current: Frame, row: Series, **look: object) -> Line:
    """A series in its place's colours and in the reader's period, with its age where it is stale."""
    dataset, colors = current.snapshot.series[row.id], current.look
    whole = line_of(
        dataset,
        label(row),
        colors.of_place(row.place, row.sea),
        text_color=colors.text_of_place(row.place, row.sea),
        age=aged(current, dataset),
        **look,
    )
    return clip(whole, *current.period)


def credit_of(current: Frame, lines: Sequence[Line]) -> str:
    names = dict.fromkeys(line.series for line in lines)
    return credit([current.snapshot.series[name] for name in names], current.snapshot.cache_id)


def newest_words(current: Frame) -> tuple[str, str]:
    """The newest measured level period and its age."""
    row = current.snapshot.newest
    if row is None:
        return t("filter.newest_none"), ""
    dataset = current.snapshot.series[row.id]
    months = months_between(end_of(dataset), current.today)
    return newest_period(dataset), age(months)


def credit(datasets: Sequence[xr.Dataset], cache_id: str) -> str:
    """The line that travels inside a picture: who made the data, when fetched, which cache."""
    names = list(dict.fromkeys(dataset.attrs["source_label"] for dataset in datasets))
    return t("chart.credit", sources="; ".join(names), retrieved=_retrieved(datasets), cache=cache_id)


def citation(title: str, datasets: Sequence[xr.Dataset], cache_id: str, link: str) -> str:
    """One text to paste: the chart's title, each provider's own citation, the state, the link."""
    said = list(dict.fromkeys(dataset.attrs["citation"].rstrip(".") + "." for dataset in datasets))
    return t(
        "chart.cite_text",
        titles=title,
        citations=" ".join(said),
        retrieved=_retrieved(datasets),
        cache=cache_id,
        link=link,
    )


def alt_of(current: Frame, dataset: xr.Dataset, unit: str, decimals: int) -> str:
    """The finding of one line in the reader's period in a sentence, for those who do not see it."""
    dataset = inside(dataset, *current.period)
    first, last = first_period(dataset), newest_period(dataset)
    value = number(latest_value(dataset)[1], decimals)
    return t(
        "chart.alt_line",
        title=dataset.attrs["title"],
        first=first,
        last=last,
        when=last,
        value=value,
        unit=unit,
    )


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that runs again by itself, in the reader's language: such a run has its own thread."""

    @st.fragment
    @wraps(part)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        speak(frame().selection.lang)
        part(*args, **kwargs)

    return run


@fragment
@panel()
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
    """A figure and, under it, Table | Download | Cite | Link. The key is the chart's anchor.

    ``drawn`` is what is plotted, where that is not the points of the lines themselves.
    """
    st.plotly_chart(
        figure,
        theme=None,
        config=MODES | {"toImageButtonOptions": {"filename": key, "scale": 2}},
        key=f"chart-{key}",
        alt=alt,
    )
    actions(key, title, lines, current, drawn)


def actions(
    key: str, title: str, lines: Sequence[Line], current: Frame, drawn: pd.DataFrame | None = None
) -> None:
    """The row of actions of one chart; what a popover shows is made when it opens."""
    datasets = [current.snapshot.series[name] for name in dict.fromkeys(line.series for line in lines)]
    link = here(current, key)
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", key=f"actions-{key}"):
        table = st.popover(t("chart.table"), type="tertiary", key=f"table-{key}", on_change="rerun")
        download = st.popover(t("chart.download"), type="tertiary", key=f"download-{key}", on_change="rerun")
        cite = st.popover(t("chart.cite"), type="tertiary", key=f"cite-{key}", on_change="rerun")
        address = st.popover(t("chart.link"), type="tertiary", key=f"link-{key}", on_change="rerun")
    if table.open:
        plotted = points.of_lines(lines, datasets) if drawn is None else points.spoken(drawn)
        table.dataframe(plotted, hide_index=True, alt=title, key=f"frame-{key}", height=320)
    if download.open:
        with download:
            if drawn is not None:
                as_drawn(key, drawn, datasets, here(current))
            downloads(key, datasets, here(current))
    if cite.open:
        cite.code(citation(title, datasets, current.snapshot.cache_id, link), language=None, wrap_lines=True)
    if address.open:
        address.html(markup.small(t("chart.link_help")))
        address.code(link, language=None, wrap_lines=True)


def as_drawn(key: str, drawn: pd.DataFrame, datasets: Sequence[xr.Dataset], link: str) -> None:
    """What is plotted as CSV, under the header lines of the series it comes from; built on click."""
    st.download_button(
        t("chart.csv_drawn"),
        data=lambda: loaders.table_to_csv(drawn, datasets, view=link),
        file_name=f"{key}-drawn.csv",
        mime="text/csv",
        key=f"csv-drawn-{key}",
        on_click="ignore",
        width="stretch",
    )


def downloads(key: str, datasets: Sequence[xr.Dataset], link: str) -> None:
    """CSV of all series together, NetCDF one by one; built on click."""
    st.download_button(
        t("chart.csv"),
        data=lambda: loaders.to_csv(datasets, view=link),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"csv-{key}",
        on_click="ignore",
        width="stretch",
    )
    for dataset in datasets:
        name = dataset.attrs["series_id"]
        st.download_button(
            f"{t('chart.netcdf')}: {name}",
            data=partial(loaders.to_netcdf, dataset),
            file_name=f"{name}.nc",
            mime="application/x-netcdf",
            key=f"nc-{key}-{name}",
            on_click="ignore",
            width="stretch",
        )


def refresh_allowed() -> bool:
    """On where the server listens on this computer only, unless the setting says otherwise."""
    setting = os.environ.get("TWO_SEAS_REFRESH_BUTTON", "").lower()
    if setting in ("on", "off"):
        return setting == "on"
    return st.get_option("server.address") in ("127.0.0.1", "localhost", "::1")


def refresh_button(key: str) -> None:
    """Run the refresh command as a child process, show its lines, then the new data."""
    if not st.button(t("data.refresh_run"), key=key, type="secondary"):
        _last_refresh(key)
        return
    with st.status(t("data.refresh_running"), expanded=True) as status:
        child = subprocess.Popen(
            [sys.executable, "-m", "loaders", "refresh"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = []
        for said in child.stdout or ():
            lines.append(said.rstrip())
            status.text(said.rstrip())
        code = child.wait()
        status.update(
            label=t("data.refresh_done", words=refresh_words(code)),
            state="complete" if code in (0, 3) else "error",
        )
    st.session_state["refreshed"] = (key, code, lines, st.session_state["frame"].snapshot.cache_id)
    st.rerun(scope="app")


def refresh_words(code: int) -> str:
    known = code if code in (0, 3, 4, 5) else 1
    return t(f"data.refresh_code_{known}")


def _last_refresh(key: str) -> None:
    """The result lines of the refresh that this visitor started, and whether any value moved."""
    done = st.session_state.get("refreshed")
    if not done or done[0] != key:
        return
    _, code, lines, before = done
    current = frame()
    newest, _ = newest_words(current)
    moved = current.snapshot.cache_id != before
    with st.status(
        t("data.refresh_done", words=refresh_words(code)),
        expanded=True,
        state="complete" if code in (0, 3) else "error",
    ):
        st.markdown(
            t(
                "data.new_points" if moved else "data.same_points",
                newest=newest,
                cache=current.snapshot.cache_id,
            )
        )
        st.code("\n".join(lines), language=None, wrap_lines=True)


def _retrieved(datasets: Sequence[xr.Dataset]) -> str:
    """The newest day on which any of these was fetched; embedded figures say so."""
    days = [
        dataset.attrs["retrieved_at"][:10] for dataset in datasets if dataset.attrs.get("origin") == "live"
    ]
    if not days:
        return t("chart.embedded")
    return t("chart.retrieved", when=day(np.datetime64(max(days))))


def _month(value: str) -> np.datetime64 | None:
    return np.datetime64(value, "M") if value else None


def _window(value: str) -> tuple[np.datetime64, np.datetime64] | None:
    if not value:
        return None
    first, last = value.split("..")
    return np.datetime64(first, "M"), np.datetime64(last, "M")


def inside(dataset: xr.Dataset, start: np.datetime64 | None, end: np.datetime64 | None) -> xr.Dataset:
    """The points of a series in the reader's period of months, both ends included."""
    return dataset.isel(time=within(dataset["time"].values, start, end))


def without_indicator(current: Frame) -> list[Series]:
    """The level series that pass every filter but the indicator."""
    chosen = replace(current.selection, indicator="level")
    return filters.matching(chosen, current.snapshot.rows())
