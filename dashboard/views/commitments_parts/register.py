"""Rows of the register of passages, as the Overview and the Commitments page show them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.markup import blocks
from dashboard.markup import passage_rows as passages
from dashboard.readings.assess import assess
from dashboard.readings.records import Assessment
from dashboard.register.commitments import Register
from dashboard.register.rows import Commitment
from dashboard.series.snapshot import Snapshot
from dashboard.views.shell.frame import Frame
from dashboard.words.text import t

COLUMNS = "minmax(0,4.1fr) minmax(0,2fr) minmax(0,2.2fr) minmax(0,1.9fr) minmax(84px,0.8fr) 60px"


@st.cache_resource(show_spinner=False, max_entries=64)
def _assessments(
    cache_id: str, as_of: np.datetime64, lang: str, _snapshot: Snapshot
) -> dict[str, Assessment]:
    return {found.row.id: found for found in assess(_snapshot, as_of=as_of)}


def assessments(current: Frame, as_of: np.datetime64 | None = None) -> dict[str, Assessment]:
    """All readings of this state of the cache as of a day, today if none; made once a process."""
    return _assessments(
        current.snapshot.cache_id, as_of or current.today, current.selection.lang, current.snapshot
    )


def past_days(current: Frame) -> list[np.datetime64]:
    """Every half year since the speech, and today."""
    halves = np.arange(np.datetime64("2024-01", "M"), current.today.astype("datetime64[M]") + 1, 6)
    return [*(half.astype("datetime64[D]") for half in halves), current.today]


def strip(current: Frame, register: Register) -> None:
    """A few passages under the Overview's charts, and the way to all of them."""
    rows = passages.chosen(current.selection, list(register.commitments.values()))
    shown = rows if current.selection.indicator else passages.first(rows)
    link = (t("overview.strip_all", count=_passages(register)), current.href("commitments"))
    st.html(blocks.heading(t("overview.strip_title"), t("overview.strip_deck"), link))
    if not shown:
        st.info(t("commitments.no_rows"))
        return
    st.html(header() + "".join(markup_row(current, row) for row in shown[: len(passages.FIRST)]))


def header() -> str:
    return blocks.head([*passages.labels(), ""], COLUMNS)


def markup_row(current: Frame, row: Commitment, *, opened: bool = False) -> str:
    """Words and fragment, the three readings apart, the evidence, and Open or Close."""
    cells = passages.cells(assessments(current)[row.id], current.look)
    target = None if opened else row.id
    address = f"{current.href('commitments', open=target)}#{row.id}"
    link = (t("overview.close" if opened else "overview.open"), address)
    return blocks.row(row.short, passages.fragment(row), cells, COLUMNS, link=link, anchor=row.id)


def _passages(register: Register) -> int:
    return sum(row.kind != "none" for row in register.commitments.values())
