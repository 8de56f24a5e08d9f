"""The table that ``two-seas assess`` prints: one line a commitment, states as their ids."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.readings.records import Assessment

HEAD = ("id", "delivery", "condition", "pathway", "evidence", "in our words")
NONE = "-"


def table(found: Sequence[Assessment]) -> list[str]:
    """A head and one line a row, columns aligned."""
    rows = [HEAD, *(_cells(one) for one in found)]
    widths = [max(len(cells[at]) for cells in rows) for at in range(len(HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
            for cells in rows]  # fmt: skip


def _cells(one: Assessment) -> tuple[str, ...]:
    act = water = pace = NONE
    if one.delivery:
        act = one.delivery.state + (", unconfirmed" if one.delivery.unconfirmed else "")
    if one.condition:
        water = one.condition.state
    if one.not_measurable:
        water = f"not measurable: {one.not_measurable.reason}"
    if one.pathway:
        main = one.pathway.main
        pace = one.pathway.state + (f" ({main.ratio:.2f})" if main else "")
    return one.row.id, act, water, pace, one.evidence_strength, one.row.short
