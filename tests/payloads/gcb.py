"""Writes the flat table of the Global Carbon Budget; the column UN M49 came with the release of 2024."""

from __future__ import annotations

from collections.abc import Mapping

SPLIT = ("Coal", "Oil", "Gas", "Cement", "Flaring", "Other", "Per Capita")


def table(values: Mapping[str, Mapping[int, float | None]], *, m49: bool = True) -> bytes:
    head = ["Country", "ISO 3166-1 alpha-3", *(["UN M49"] if m49 else []), "Year", "Total", *SPLIT]
    lines = [",".join(head)]
    for code, years in values.items():
        for year, total in years.items():
            cell = "" if total is None else f"{total:.6f}"
            lines.append(
                ",".join([f"Land {code}", code, *(["398"] if m49 else []), str(year), cell, *[""] * 7])
            )
    return ("\n".join(lines) + "\n").encode()
