"""``python -m benchmarks.calibration`` writes ``docs/calibration.md``, the same bytes in every run."""

from __future__ import annotations

from pathlib import Path

from benchmarks.calibration.page import page

FILE = Path(__file__).parents[2] / "docs" / "calibration.md"
DRAWS = 1000

if __name__ == "__main__":
    FILE.write_text(page(DRAWS), "utf-8")
