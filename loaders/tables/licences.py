"""The data-licence table, made from the catalogue, so that it cannot fall behind it."""

from __future__ import annotations

from loaders.tables.schema import Catalogue

HEAD = """# Data licences

The code of this project is MIT (see `LICENSE`). The data are not ours: each provider's terms hold for its
data, and each series carries them in its attributes and in the header of every download. This table is made
from the catalogue by `python -m loaders licences`. Setting `include = false` on a credit row of
`loaders/tables/published.toml` removes that group of published figures, and the dashboard still works.
"""
EMBEDDED = [
    "## Embedded figures",
    "",
    "| group | source | licence | cite | series |",
    "|---|---|---|---|---|",
]
LIVE = ["", "## Live sources", "", "| source | provider | licence | cite | key |", "|---|---|---|---|---|"]


def markdown(tables: Catalogue) -> str:
    """Two tables: groups of embedded figures, and live sources, each with terms and citation."""
    lines = [
        HEAD,
        "## Embedded figures",
        "",
        "| group | source | licence | cite | series |",
        "|---|---|---|---|---|",
    ]
    for credit in tables.credits.values():
        count = sum(row.credit == credit.id for row in tables.series.values())
        count += sum(table.credit == credit.id for table in tables.tables.values())
        cells = (f"`{credit.id}`", credit.source, credit.licence, credit.citation, str(count))
        lines.append(_row(cells))
    lines += [
        "",
        "## Live sources",
        "",
        "| source | provider | licence | cite | key |",
        "|---|---|---|---|---|",
    ]
    for source in tables.sources.values():
        if source.module:
            key = "free key" if source.key_needed else "none"
            lines.append(_row((f"`{source.id}`", source.label, source.licence, source.citation, key)))
    return "\n".join(lines) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
