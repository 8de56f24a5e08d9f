"""The row of filters: sea in the open, rarer ones behind a button, the newest date, languages, the link."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import filters
from dashboard.markup import blocks
from dashboard.views.shell import frame
from dashboard.words import text
from dashboard.words.text import t

WIDGETS = tuple(filters.FIELDS.values())
LANGUAGE_WIDTH = 120


def _reset() -> None:
    for name in WIDGETS:
        st.session_state.pop(f"f_{name}", None)
    st.query_params.clear()


def filter_row(current: frame.Frame) -> None:
    """Sea in the open, rarer filters behind one button, the newest date and the link at the right end."""
    selection = current.selection
    rare = [name for name in filters.write(selection) if name not in ("sea", "view", "lang", "open", "chart")]
    label = t("filter.more_active", count=len(rare)) if rare else t("filter.more")
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="filters"
    ):
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            st.segmented_control(
                t("filter.sea"),
                ["both", "caspian", "aral"],
                key="f_sea",
                required=True,
                format_func=lambda sea: t(f"filter.{sea}"),
                label_visibility="collapsed",
            )
            st.button(label, type="tertiary", key="more", on_click=_open, args=("more",))
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            newest, age = frame.newest_words(current)
            said = t("filter.newest", period=newest, age=age) if age else newest
            st.html(blocks.small(said), width="content")
            _languages()
            st.button(t("filter.copy_link"), type="tertiary", key="copy", on_click=_open, args=("copy",))
    opened = st.session_state.get("opened")
    if opened:
        with st.container(key=f"opened-{opened}", border=True):
            if opened == "more":
                _rare_filters(current)
            else:
                st.html(blocks.small(t("filter.copy_link_help")))
                st.code(frame.here(current), language=None, wrap_lines=True)


def _open(name: str) -> None:
    """Open one part under the filter row, or close it; in the page, where the keyboard comes to it next."""
    st.session_state["opened"] = "" if st.session_state.get("opened") == name else name


def _languages() -> None:
    """The language of the page, each named in itself."""
    if len(text.languages()) == 1:
        return
    st.selectbox(
        f"{t('app.languages')}: {t('app.language')}",
        text.languages(),
        key="f_lang",
        format_func=lambda lang: text.words(lang)["app.language"],
        label_visibility="collapsed",
        filter_mode=None,
        width=LANGUAGE_WIDTH,
    )


def _rare_filters(current: frame.Frame) -> None:
    catalogue, sea = current.snapshot.catalogue, current.selection.sea
    rows = [row for row in current.snapshot.rows() if sea in ("both", row.sea) or row.sea == "both"]
    basins = [key for key, place in catalogue.basins.items() if sea in ("both", place.sea)]
    held = {row.basin for row in rows}
    indicators = [key for key in catalogue.indicators if key in {row.indicator for row in rows}]
    sources = [key for key in catalogue.sources if key in {row.source for row in rows}]
    options: tuple[tuple[str, list[str], dict], ...] = (
        ("basin", [key for key in basins if key in held], catalogue.places),
        ("indicator", indicators, catalogue.indicators),
        ("source", sources, catalogue.sources),
    )
    for (name, ids, table), column in zip(options, st.columns(len(options)), strict=True):
        chosen = st.session_state.get(f"f_{name}") or ""
        if chosen and chosen not in ids and chosen in table:
            ids = [*ids, chosen]
        column.selectbox(
            t(f"filter.{name}"),
            ["", *ids],
            key=f"f_{name}",
            format_func=partial(_label, table),
        )
    left, right, last = st.columns(3)
    left.text_input(t("filter.from"), key="f_start", placeholder=t("filter.period_hint"), max_chars=7)
    right.text_input(t("filter.to"), key="f_end", placeholder=t("filter.period_hint"), max_chars=7)
    last.selectbox(
        t("filter.compare"),
        ["speech", "normal", "custom"],
        key="f_compare",
        format_func=lambda key: t(f"filter.compare_{key}"),
    )
    if st.session_state.get("f_compare") == "custom":
        left, right, _ = st.columns(3)
        left.text_input(t("filter.before"), key="f_before", max_chars=16)
        right.text_input(t("filter.after"), key="f_after", max_chars=16)
    st.button(t("filter.reset"), on_click=_reset, key="reset", type="tertiary")


def _label(table: dict, key: str) -> str:
    return table[key].label if key else t("filter.any")
