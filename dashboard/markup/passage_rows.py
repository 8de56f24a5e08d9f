"""Rows of the register of passages as the pages and the printed brief show them: words, three readings."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.filters import Selection
from dashboard.markup import blocks, shapes
from dashboard.palette import Palette
from dashboard.readings.records import Assessment
from dashboard.register.rows import Commitment
from dashboard.sentences import verdicts
from dashboard.words.text import t

FIRST = ("E4", "E3", "E2", "E7", "E1", "S0")


def chosen(selection: Selection, rows: Sequence[Commitment]) -> list[Commitment]:
    """The passages about the chosen sea and indicator; one about both seas passes either."""
    kept = [row for row in rows if selection.sea == "both" or row.sea in (selection.sea, "both")]
    return [row for row in kept if not selection.indicator or selection.indicator in row.indicators]


def first(rows: Sequence[Commitment]) -> list[Commitment]:
    """The few passages about the water itself, in their order."""
    return sorted((row for row in rows if row.id in FIRST), key=lambda row: FIRST.index(row.id))


def labels() -> list[str]:
    names = ("col_words", "col_delivery", "col_condition", "col_pathway", "col_evidence")
    return [t(f"overview.{name}") for name in names]


def cells(found: Assessment, look: Palette) -> list[blocks.Cell]:
    """The three readings apart, and the evidence."""
    return [
        cell(t("overview.col_delivery"), verdicts.delivery(found, look)),
        cell(t("overview.col_condition"), verdicts.condition(found, look)),
        cell(t("overview.col_pathway"), verdicts.pathway(found, look)),
        blocks.Cell(t("overview.col_evidence"), verdicts.evidence(found)),
    ]


def cell(label: str, verdict: verdicts.Verdict) -> blocks.Cell:
    """A verdict as a cell: shape or ladder, word, small line."""
    picture = ""
    if verdict.steps is not None:
        picture = shapes.ladder(verdict.steps, verdict.color, struck=verdict.struck)
    elif verdict.shape:
        picture = shapes.shape(verdict.shape, verdict.color)
    return blocks.Cell(label, verdict.word, verdict.small, picture)


def fragment(row: Commitment) -> str:
    if not row.fragment:
        return t("overview.not_named")
    return t(
        "overview.fragment", fragment=row.fragment, mark=t(f"overview.{row.mark}"), paragraph=row.paragraph
    )
