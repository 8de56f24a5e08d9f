"""What several pages show: the frame of this run, a chart with its row of actions, the refresh button."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from typing import ParamSpec
from urllib.parse import urlencode, urlsplit

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
import xarray as xr

import loaders
from dashboard import filters
from dashboard.export import package
from dashboard.figures import card_charts
from dashboard.filters import Selection
from dashboard.palette import Palette
from dashboard.sentences.citation import bibtex, citation
from dashboard.sentences.citation import credit as credit
from dashboard.sentences.one_series import age, alt_line, newest_period
from dashboard.series import points
from dashboard.series.comparison import Comparison
from dashboard.series.lines import Line, clip, within
from dashboard.series.snapshot import Snapshot, end_of, months_between, stale
from dashboard.views.shell.behind import PICTURES, Behind, File, actions, headed, offer
from dashboard.words.text import speak, t
from loaders.environment import settings
from loaders.tables.items import Series

LOG = logging.getLogger("two_seas.panel")
P = ParamSpec("P")
MODES = {"displaylogo": False, "displayModeBar": "hover", "modeBarButtons": [["toImage"]]}
# The header of a table that is no series: what each line is called, and the attribute that says it.
SAID = (
    ("title", "title"), ("datum", "datum"), ("source", "source"), ("licence", "licence"),
    ("citation", "citation"), ("retrieved", "retrieved_at"), ("caveat", "caveat"),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The one chart that the address asks for, with its title and its finding in a sentence."""

    figure: go.Figure
    key: str
    title: str
    alt: str


@dataclass(frozen=True)
class Frame:
    """What every page of this run shares: the data, the reader's choice, the colours, today.

    Where the address asks for one chart, its page leaves it in ``asked``.
    """

    snapshot: Snapshot
    selection: Selection
    look: Palette
    today: np.datetime64
    asked: list[Asked] = field(default_factory=list)

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


def frame() -> Frame:
    return st.session_state["frame"]


def here(current: Frame, anchor: str = "") -> str:
    """The full address of this view with every filter written out: a later default cannot change it."""
    base = (st.context.url or "").split("?")[0].split("#")[0]
    if not urlsplit(base).path:  # a browser names the first page without its slash
        base += "/"
    return f"{base}?{urlencode(filters.full(current.selection))}{'#' + anchor if anchor else ''}"


def alone(current: Frame, key: str) -> str:
    """The full address at which one chart stands alone, for another page to show in a frame."""
    return f"{here(replace_chart(current, key))}&embed=true"


def whole(current: Frame, key: str) -> str:
    """The full address of the page on which a chart stands, at that chart."""
    return here(replace_chart(current, ""), key)


def replace_chart(current: Frame, key: str) -> Frame:
    return replace(current, selection=replace(current.selection, chart=key))


def row_of(count: int) -> int:
    """Pixels of a table's row in which words wrap to ``count`` lines."""
    return 6 + 20 * count


def aged(current: Frame, dataset: xr.Dataset) -> str:
    """How old a record is that is older than three of its steps; nothing where the reader chose the end."""
    if current.selection.end or not stale(dataset, current.today):
        return ""
    return age(months_between(end_of(dataset), current.today))


def line(current: Frame, row: Series, **look: object) -> Line:
    """A series in its place's colours and in the reader's period, with its age where it is stale."""
    old = aged(current, current.snapshot.series[row.id])
    return clip(
        card_charts.line_of_row(row, current.snapshot, current.look, age=old, **look), *current.period
    )


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


def alt_of(current: Frame, dataset: xr.Dataset, unit: str, decimals: int) -> str:
    """The finding of one line in the reader's period in a sentence, for those who do not see it."""
    return alt_line(inside(dataset, *current.period), unit, decimals)


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that runs again by itself, in the reader's language: such a run has its own thread."""

    @st.fragment
    @wraps(part)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        speak(frame().selection.lang)
        part(*args, **kwargs)

    return run


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


def refresh_allowed() -> bool:
    """On where the server listens on this computer only, unless the setting says otherwise."""
    chosen = settings.refresh_button()
    local = st.get_option("server.address") in ("127.0.0.1", "localhost", "::1")
    return local if chosen is None else chosen


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
