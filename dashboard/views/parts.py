"""What several pages show: the frame of this run, a chart with its row of actions, the refresh button."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
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
from dashboard import filters
from dashboard.filters import Selection
from dashboard.findings import Comparison
from dashboard.lines import Line
from dashboard.palette import Palette
from dashboard.sentences import first_period, newest_period
from dashboard.snapshot import Snapshot, end_of, latest_value, months_between
from dashboard.text import day, number, period, plural, speak, t
from dashboard.views.behind import Behind, File, actions, headed, offer
from loaders.model import Series

P = ParamSpec("P")
MODES = {"displaylogo": False, "displayModeBar": "hover", "modeBarButtons": [["toImage"]]}
# The header of a table that is no series: what each line is called, and the attribute that says it.
SAID = (
    ("title", "title"), ("datum", "datum"), ("source", "source"), ("licence", "licence"),
    ("citation", "citation"), ("retrieved", "retrieved_at"), ("caveat", "caveat"),
)  # fmt: skip


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


def frame() -> Frame:
    return st.session_state["frame"]


def here(current: Frame, anchor: str = "") -> str:
    """The full address of this view with every filter written out: a later default cannot change it."""
    base = (st.context.url or "").split("?")[0].split("#")[0]
    return f"{base}?{urlencode(filters.full(current.selection))}{'#' + anchor if anchor else ''}"


def age(months: int) -> str:
    """ "8 months old" in the catalogue's words."""
    if months <= 0:
        return t("age.now")
    return plural("age.years", months // 12) if months >= 36 else plural("age.months", months)


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
def drawn(figure: go.Figure, *, key: str, title: str, alt: str, behind: Behind, current: Frame) -> None:
    """A figure and, under it, Table | Download | Cite | Link. The key is the chart's anchor."""
    st.plotly_chart(
        figure,
        theme=None,
        config=MODES | {"toImageButtonOptions": {"filename": key, "scale": 2}},
        key=f"chart-{key}",
        alt=alt,
    )
    actions(key, title, behind, here(current, key))


def chart(
    figure: go.Figure, *, key: str, title: str, alt: str, lines: Sequence[Line], current: Frame
) -> None:
    """A figure of series, and under it what stands behind them."""
    drawn(figure, key=key, title=title, alt=alt, behind=of_lines(key, title, lines, current), current=current)


def of_lines(key: str, title: str, lines: Sequence[Line], current: Frame) -> Behind:
    """The plotted points of series, their files, and everybody who made them."""
    datasets = [current.snapshot.series[name] for name in dict.fromkeys(line.series for line in lines)]
    link = here(current, key)
    return Behind(
        partial(points_table, lines, datasets),
        files(key, datasets, here(current)),
        partial(citation, title, datasets, current.snapshot.cache_id, link),
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
    link, cache_id = here(current, key), current.snapshot.cache_id
    return Behind(
        frame,
        [
            File.csv(key, lambda: headed(frame(), [*said, ("view", link)])),
            *(File.netcdf(one.attrs["series_id"], partial(loaders.to_netcdf, one)) for one in netcdf),
        ],
        partial(citation, title, about, cache_id, link),
    )


def files(key: str, datasets: Sequence[xr.Dataset], link: str) -> list[File]:
    """CSV of all series together, NetCDF one by one."""
    return [
        File.csv(key, partial(loaders.to_csv, datasets, view=link)),
        *(File.netcdf(one.attrs["series_id"], partial(loaders.to_netcdf, one)) for one in datasets),
    ]


def downloads(key: str, datasets: Sequence[xr.Dataset], link: str) -> None:
    for file in files(key, datasets, link):
        offer(key, file)


def points_table(lines: Sequence[Line], datasets: Sequence[xr.Dataset]) -> pd.DataFrame:
    """Exactly the plotted points, with what each is and where it comes from."""
    attrs = {dataset.attrs["series_id"]: dataset.attrs for dataset in datasets}
    frames = []
    for line in lines:
        about = attrs[line.series]
        frames.append(
            pd.DataFrame(
                {
                    t("chart.time"): list(map(period, line.times, line.steps)),
                    t("chart.value"): line.values,
                    t("chart.unit"): about["units"],
                    t("chart.flag"): [t(f"chart.flag_{flag}") for flag in line.flags],
                    t("chart.series"): line.series,
                    t("chart.datum"): about.get("datum", ""),
                    t("chart.source"): about["source"],
                }
            ).iloc[::-1]
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


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
    months = dataset["time"].values.astype("datetime64[M]")
    keep = np.ones(months.size, dtype=bool)
    if start is not None:
        keep &= months >= start
    if end is not None:
        keep &= months <= end
    return dataset.isel(time=keep)


def without_indicator(current: Frame) -> list[Series]:
    """The level series that pass every filter but the indicator."""
    chosen = replace(current.selection, indicator="level")
    return filters.matching(chosen, current.snapshot.rows())
