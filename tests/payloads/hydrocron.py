"""Writes Hydrocron's answers: a table of passes, as text inside a JSON envelope."""

from __future__ import annotations

import json
from collections.abc import Sequence

FIELDS = ("wse", "area_total", "quality_f", "partial_f")
UNITS = {"wse": "m", "area_total": "km^2"}


def answer(
    lake_id: str,
    passes: Sequence[tuple[str, float, float, int, int]],
    *,
    hits: int | None = None,
    fields: Sequence[str] = FIELDS,
) -> bytes:
    """Each pass is time, height, area, quality and whether only a part was seen."""
    units = [name for name in fields if name in UNITS]
    lines = [",".join(["lake_id", "time_str", *fields, *(f"{name}_units" for name in units)])]
    for when, *values in passes:
        cells = [str(dict(zip(FIELDS, values, strict=True))[name]) for name in fields]
        lines.append(",".join([lake_id, when, *cells, *(UNITS[name] for name in units)]))
    table = "\n".join(lines) + "\n"
    found = {"status": "200 OK", "time": 324.7, "hits": len(passes) if hits is None else hits}
    return json.dumps(found | {"results": {"csv": table, "geojson": {}}}, separators=(",", ":")).encode()
