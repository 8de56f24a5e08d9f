"""What a page knows: the reader's choice, the figures, the look, the day; and how it runs its parts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode, urlsplit

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import xarray as xr

from dashboard import filters
from dashboard.figures import card_charts
from dashboard.filters import Selection
from dashboard.palette import Palette
from dashboard.sentences.one_series import age, alt_line, newest_period
from dashboard.series.comparison import Comparison
from dashboard.series.lines import Line, clip, within
from dashboard.series.snapshot import Snapshot, end_of, months_between, stale
from dashboard.words.text import speak, t
from loaders.tables.items import Series

LOG = logging.getLogger("two_seas.panel")
P = ParamSpec("P")


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
