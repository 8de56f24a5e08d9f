"""Writes answers of NCEI's data service for the Global Summary of the Month, as its documents describe them.

Synthetic: no answer of the service as sent was at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

COLUMNS = ("STATION", "DATE", "TAVG", "TAVG_ATTRIBUTES", "PRCP", "PRCP_ATTRIBUTES")
ASTRAKHAN = "RSM00034880"


def months(first: int, last: int) -> Iterator[str]:
    return (f"{year}-{month:02d}" for year in range(first, last + 1) for month in range(1, 13))


def row(month: str, tavg: str = "", prcp: str = "", *, t: str = "0,S", p: str = "0,,,S") -> tuple[str, ...]:
    """One month; an element without value has no attributes either."""
    return (month, tavg, t if tavg.strip() else "", prcp, p if prcp.strip() else "")


def answer(
    rows: Sequence[tuple[str, ...]], *, station: str = ASTRAKHAN, columns: Sequence[str] = COLUMNS
) -> bytes:
    """Every cell in quotes; of ``columns`` only those that hold data are sent."""
    lines = [",".join(f'"{name}"' for name in columns)]
    for cells in rows:
        whole = dict(zip(COLUMNS, (station, *cells), strict=True))
        lines.append(",".join(f'"{whole[name]}"' for name in columns))
    return ("\n".join(lines) + "\n").encode()
