"""How long a step is, and from how many steps on a series is old or silent."""

from __future__ import annotations

STALE, SILENT = 3.0, 10.0
STEP_DAYS = {"day": 1.0, "10-day": 10.0, "month": 30.44, "quarter": 91.3, "year": 365.25}
