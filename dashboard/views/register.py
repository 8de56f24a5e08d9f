"""Rows of the register of passages, as the Overview and the Commitments page show them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import markup, sentences
from dashboard.commitments import Register
from dashboard.findings import headline, linked
from dashboard.rows import Commitment
from dashboard.text import t
from dashboard.views.parts import Frame

STRIP = ("E4", "E3", "E2", "E7", "E1", "S0")
COLUMNS = "minmax(0,4.1fr) minmax(0,2.1fr) minmax(0,2.1fr) minmax(0,2.6fr) 44px"


def strip(current: Frame, register: Register) -> None:
    """A few passages under the Overview's charts, and the way to all of them."""
    rows = chosen(current, list(register.commitments.values()))
    first = [row for row in rows if row.id in STRIP] if not current.selection.indicator else rows
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
    labels = ("col_words", "col_who", "col_now", "col_change")
    return markup.head([*(t(f"overview.{label}") for label in labels), ""], COLUMNS)


def markup_row(current: Frame, row: Commitment, *, opened: bool = False) -> str:
    """Words and fragment, who and by when, the newest linked figure, its change, and Open or Close."""
    snapshot = current.snapshot
    found, _ = linked(snapshot, row.series, current.comparison)
    first = headline(found)
    deadline = row.deadline or ("" if row.kind in ("claim", "none") else t("commitments.deadline_none"))
    cells = [(t("overview.col_who"), row.actor, deadline)]
    if first is None:
        cells += [
            (t("overview.col_now"), t("card.no_data"), t("commitments.none_linked")),
            (t("overview.col_change"), "", ""),
        ]
    else:
        change, how = sentences.change_words(first.change, snapshot)
        about = first.row.label or first.row.title
        cells.append((t("overview.col_now"), sentences.newest(first, snapshot), about))
        cells.append((t("overview.col_change"), change, how))
    target = None if opened else row.id
    link = (
        t("overview.close" if opened else "overview.open"),
        f"{current.href('commitments', open=target)}#{row.id}",
    )
    return markup.row(row.short, fragment(row), cells, link, COLUMNS, row.id)


def fragment(row: Commitment) -> str:
    if not row.fragment:
        return t("overview.not_named")
    return t(
        "overview.fragment", fragment=row.fragment, mark=t(f"overview.{row.mark}"), paragraph=row.paragraph
    )


def _passages(register: Register) -> int:
    return sum(row.kind != "none" for row in register.commitments.values())
