"""The line that each fault prints, as it was read and agreed to: ``tests/golden/fault_messages.txt``.

A run with ``TWO_SEAS_GOLDEN=write`` writes the lines of the tests that it runs anew; read them before they
are committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

FILE = Path(__file__).with_name("golden") / "fault_messages.txt"
DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
BETWEEN = ": "
WRITE = os.environ.get("TWO_SEAS_GOLDEN") == "write"


def known() -> dict[str, str]:
    lines = FILE.read_text("utf-8").splitlines() if FILE.exists() else []
    return dict(line.split(BETWEEN, 1) for line in lines)


def require(case: str, printed: str) -> None:
    """The one line printed is the agreed one, dates apart."""
    (line,) = printed.splitlines()
    said = DATE.sub("DATE", line)
    found = known()
    if WRITE:
        found[case] = said
        FILE.write_text("".join(f"{key}{BETWEEN}{found[key]}\n" for key in sorted(found)), "utf-8")
    assert found.get(case) == said, f"{case} printed {said!r}"
