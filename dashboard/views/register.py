"""Rows of the register of passages, as the Overview and the Commitments page show them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import markup, wording
from dashboard.commitments import Register
from dashboard.readings.assess import assess
from dashboard.readings.records import Assessment
from dashboard.rows import Commitment
from dashboard.snapshot import Snapshot
from dashboard.text import t
from dashboard.views.parts import Frame

STRIP = ("E4", "E3", "E2", "E7", "E1", "S0")
COLUMNS = "minmax(0,4.1fr) minmax(0,2fr) minmax(0,2.2fr) minmax(0,1.9fr) minmax(0,0.8fr) 44px"


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
    rows = chosen(current, list(register.commitments.values()))
    first = rows if current.selection.indicator else [row for row in rows if row.id in STRIP]
    first.sort(key=lambda row: STRIP.index(row.id) if row.id in STRIP else len(STRIP))
    link = (t("overview.strip_all", count=_passages(register)), current.href("commitments"))
    st.html(markup.heading(t("overview.strip_title"), t("overview.strip_deck"), link))
    if not first:
        st.info(t("commitments.no_rows"))
        return
    st.html(header() + "".join(markup_row(current, row) for row in first[: len(STRIP)]))


def chosen(current: Frame, rows: Sequence[Commitment]) -> list[Commitment]:
    """The passages about the chosen sea and indicator; one about both seas passes either."""
    selection = current.selection
    kept = [row for row in rows if selection.sea == "both" or row.sea in (selection.sea, "both")]
    return [row for row in kept if not selection.indicator or selection.indicator in row.indicators]


def header() -> str:
    labels = ("col_words", "col_delivery", "col_condition", "col_pathway", "col_evidence")
    return markup.head([*(t(f"overview.{label}") for label in labels), ""], COLUMNS)


def markup_row(current: Frame, row: Commitment, *, opened: bool = False) -> str:
    """Words and fragment, the three readings apart, the evidence, and Open or Close."""
    found, look = assessments(current)[row.id], current.look
    cells = [
        cell(t("overview.col_delivery"), wording.delivery(found, look)),
        cell(t("overview.col_condition"), wording.condition(found, look)),
        cell(t("overview.col_pathway"), wording.pathway(found, look)),
        markup.Cell(t("overview.col_evidence"), wording.evidence(found)),
    ]
    target = None if opened else row.id
    address = f"{current.href('commitments', open=target)}#{row.id}"
    link = (t("overview.close" if opened else "overview.open"), address)
    return markup.row(row.short, fragment(row), cells, link, COLUMNS, row.id)


def cell(label: str, verdict: wording.Verdict) -> markup.Cell:
    """A verdict as a cell: shape or ladder, word, small line."""
    picture = ""
    if verdict.steps is not None:
        picture = markup.ladder(verdict.steps, verdict.color, struck=verdict.struck)
    elif verdict.shape:
        picture = markup.shape(verdict.shape, verdict.color)
    return markup.Cell(label, verdict.word, verdict.small, picture)


def fragment(row: Commitment) -> str:
    if not row.fragment:
        return t("overview.not_named")
    return t(
        "overview.fragment", fragment=row.fragment, mark=t(f"overview.{row.mark}"), paragraph=row.paragraph
    )


def _passages(register: Register) -> int:
    return sum(row.kind != "none" for row in register.commitments.values())
