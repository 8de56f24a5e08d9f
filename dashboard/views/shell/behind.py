"""What stands behind a figure, offered in one row under it: Table | Download | Cite | Link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.markup import blocks
from dashboard.words.text import t

PICTURES = ("png", "svg")
ACTIONS = ("table", "download", "cite", "link")


@dataclass(frozen=True)
class File:
    """A download that is built on click."""

    label: str
    name: str
    mime: str
    make: Callable[[], str | bytes]

    @classmethod
    def csv(cls, key: str, make: Callable[[], str]) -> File:
        return cls(t("chart.csv"), f"{key}.csv", "text/csv", make)

    @classmethod
    def netcdf(cls, name: str, make: Callable[[], bytes]) -> File:
        return cls(f"{t('chart.netcdf')}: {name}", f"{name}.nc", "application/x-netcdf", make)


@dataclass(frozen=True)
class Behind:
    """The points of a figure as a table, the files that hold them, and the texts that cite them."""

    table: Callable[[], pd.DataFrame]
    files: Sequence[File]
    cite: Callable[[], str]
    bibtex: Callable[[], str]


def actions(key: str, title: str, behind: Behind, link: str, alone: str) -> None:
    """The row of actions of one figure, and below it the one that is open.

    ``link`` leads to the figure on its page, ``alone`` shows it by itself. What is open stands in the page
    and not over it: a reader at the keyboard comes to it next.
    """
    with st.container(horizontal=True, horizontal_alignment="right", key=f"actions-{key}"):
        opened = st.segmented_control(
            t("chart.behind", title=title),
            ACTIONS,
            key=f"behind-{key}",
            format_func=lambda name: t(f"chart.{name}"),
            label_visibility="collapsed",
        )
    if not opened:
        return
    with st.container(key=f"{opened}-{key}"):
        if opened == "table":
            st.dataframe(behind.table(), hide_index=True, alt=title, key=f"frame-{key}", height=320)
        elif opened == "download":
            with st.container(horizontal=True, gap="small"):
                for file in behind.files:
                    offer(key, file)
            _picture(key)
        elif opened == "cite":
            st.code(behind.cite(), language=None, wrap_lines=True)
            st.code(behind.bibtex(), language="latex", wrap_lines=True)
        else:
            st.html(blocks.small(t("chart.link_help")))
            st.code(link, language=None, wrap_lines=True)
            st.html(blocks.small(t("chart.embed_help")))
            st.code(blocks.iframe(alone, title), language=None, wrap_lines=True)


def _picture(key: str) -> None:
    """Which format the picture button over every chart saves, for the rest of the visit."""
    name = f"picture-{key}"
    st.radio(
        t("chart.picture"),
        PICTURES,
        index=PICTURES.index(st.session_state.get("picture", PICTURES[0])),
        key=name,
        horizontal=True,
        format_func=str.upper,
        on_change=lambda: st.session_state.update(picture=st.session_state[name]),
    )


def headed(frame: pd.DataFrame, said: Sequence[tuple[str, str]]) -> str:
    """A table as CSV under ``#`` header lines that say what it is."""
    lines = [f"# {name}: {' '.join(value.split()) or 'none'}" for name, value in said]
    return "\n".join([*lines, "", frame.to_csv(index=False)])


def offer(key: str, file: File) -> None:
    st.download_button(
        file.label,
        data=file.make,
        file_name=file.name,
        mime=file.mime,
        key=f"file-{key}-{file.name}",
        on_click="ignore",
    )
