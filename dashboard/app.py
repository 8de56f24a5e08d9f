"""Entry script: page set-up, data, the filter row kept in the address, navigation, footer."""

from __future__ import annotations

import gc
from dataclasses import dataclass, replace
from importlib.metadata import version
from urllib.parse import unquote

import numpy as np
import streamlit as st
from streamlit.navigation.page import StreamlitPage

import loaders
from dashboard import clock, filters
from dashboard.markup import blocks, shapes
from dashboard.palette import LIGHT, palette
from dashboard.series import snapshot
from dashboard.views.shell import chart, frame, refreshing
from dashboard.views.shell.filter_row import WIDGETS, filter_row
from dashboard.words import text
from dashboard.words.text import t

PAGES = {
    "overview": "",
    "level": "level",
    "extent": "extent",
    "commitments": "commitments",
    "climate": "climate",
    "data": "data",
}


# The page at the root keeps a name of its own from all others, by default that of its file: "overview".
ROOT = "root"


@dataclass(frozen=True)
class Left:
    """The state in which the last run left the address and the widgets."""

    address: dict[str, list[str]]
    held: dict[str, str]
    url: str


@st.cache_resource(show_spinner=False)
def _freeze() -> None:
    """Keep the objects that the imports leave behind out of the collection after every rerun."""
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False, max_entries=2)
def _snapshot(fingerprint: str) -> snapshot.Snapshot:
    """All stored series, loaded once per process and state of the cache."""
    return snapshot.load()


@st.cache_resource(show_spinner=False, max_entries=6)
def _translated(fingerprint: str, lang: str, today: np.datetime64) -> snapshot.Snapshot:
    """The snapshot as it is read on a day, under rows in a language."""
    return replace(snapshot.speaking(_snapshot(fingerprint), lang), as_of=today)


def _address() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _place() -> str:
    """Where the page stands, without what was chosen on it."""
    return (st.context.url or "").split("?")[0]


def _went_back() -> bool:
    """Whether the browser's Back or Forward changed the address behind the script's back.

    A way to another page empties the address, and a choice made before the address of the one before has
    arrived comes with an old one: neither is a step in the history.
    """
    last = st.session_state.get("last")
    if not last or _address() == last.address or _held() != last.held:
        return False
    return bool(_address()) or _place() == last.url


def _held() -> dict[str, str]:
    """What the widgets hold."""
    return {name: st.session_state.get(f"f_{name}") or "" for name in WIDGETS}


def _read_address() -> None:
    """Take the reader's choice from the address, and remember what it did not understand."""
    params = _address()
    selection, problems = filters.read(params, filters.choices(loaders.catalogue()))
    for name in WIDGETS:
        st.session_state[f"f_{name}"] = getattr(selection, name)
    st.session_state["problems"] = problems


def _chosen() -> filters.Selection:
    """The choice as the widgets hold it, read by the same rules as an address."""
    values = _held()
    params = {name: values[field] for name, field in filters.FIELDS.items() if values[field]}
    selection, problems = filters.read(params, filters.choices(loaders.catalogue()))
    st.session_state["problems"] = [*st.session_state.pop("problems", []), *problems]
    return selection


def _stray(known: set[str]) -> list[st.Page]:
    """The page of an address that names none, out of the menu: Streamlit opens a dialog without one."""
    name = unquote(_place().rstrip("/").rpartition("/")[2])
    if name in known or ":" in name:
        return []
    return [st.Page("views/overview.py", url_path=name, visibility="hidden")]


def _footer(current: frame.Frame, page: str) -> None:
    newest, _ = frame.newest_words(current)
    state = t("footer.state", newest=newest, cache=current.snapshot.cache_id, version=version("two-seas"))
    fixed = t("fixed.aral" if current.selection.sea == "aral" else "fixed.caspian")
    st.html(blocks.foot(t("footer.cannot"), t(f"{page}.cannot", fixed=fixed), state, t("footer.free")))
    if page != "data" and refreshing.refresh_allowed():
        refreshing.refresh_button("refresh-foot")


def main() -> None:
    st.set_page_config(page_icon=shapes.icon(LIGHT), layout="wide")
    _freeze()
    if "f_sea" not in st.session_state or _went_back():
        _read_address()
    for name, value in _held().items():  # a widget that is not drawn would otherwise lose its value
        st.session_state[f"f_{name}"] = value
    selection = _chosen()
    text.speak(selection.lang)
    today = clock.today()
    current = frame.Frame(
        snapshot=_translated(loaders.fingerprint(), selection.lang, today),
        selection=selection,
        look=palette(st.context.theme.type),
        today=today,
    )
    st.session_state["frame"] = current
    st.html(blocks.sheet(current.look))
    st.logo(shapes.logo(current.look), size="large")
    pages = {
        name: st.Page(f"views/{name}.py", title=t(f"page.{name}"), url_path=path or ROOT, default=not path)
        for name, path in PAGES.items()
    }
    strayed = _stray({ROOT, *PAGES.values()})
    page = st.navigation([*pages.values(), *strayed], position="hidden" if selection.chart else "top")
    if page in strayed:
        st.session_state["problems"].append(filters.Problem("page", page.url_path[:40], "page"))
        st.switch_page(pages["overview"])
    name = next((key for key, one in pages.items() if one == page), "overview")
    st.set_page_config(page_title=f"{t(f'page.{name}')} · {t('app.name')}")
    if selection.chart:
        _alone(current, page)
        return
    filter_row(current)
    if selection.lang != text.DEFAULT:
        st.html(blocks.small(t("app.draft")))
    _problems()
    wanted = filters.write(selection, page=name)
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)
    st.session_state["last"] = Left(_address(), _held(), _place())
    with frame.panel():
        page.run()
    _footer(current, name)


def _problems() -> None:
    """What of the address was not taken, named to the reader."""
    for problem in st.session_state.pop("problems", []):
        if problem.reason == "incomplete":
            st.info(t("filter.problem_incomplete"))
            continue
        key = "filter.problem" if problem.reason == "unknown" else f"filter.problem_{problem.reason}"
        st.warning(t(key, name=problem.name, value=blocks.plain(problem.value)))


def _alone(current: frame.Frame, page: StreamlitPage) -> None:
    """One chart without the page around it, and the way back; the whole page where it has no such chart."""
    unseen = st.empty()
    with unseen.container(key="unseen"):
        page.run()
    unseen.empty()
    if not current.asked:
        st.session_state["problems"] = [filters.Problem("chart", current.selection.chart)]
        st.session_state["f_chart"] = ""
        st.rerun()
    (asked, *_) = current.asked
    st.html(blocks.alone(asked.title, asked.alt))
    if current.selection.lang != text.DEFAULT:
        st.html(blocks.small(t("app.draft")))
    _problems()
    chart.draw(asked.figure, asked.key, asked.alt)
    st.html(blocks.back(t("chart.back"), frame.whole(current, asked.key)))


main()
