"""What a refresh did: by series, by source, and as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["updated", "unchanged", "held", "failed", "skipped"]


@dataclass(frozen=True)
class SeriesResult:
    series: str
    outcome: Outcome
    added: int = 0
    changed: int = 0
    removed: int = 0
    largest_change: float | None = None
    newest: str | None = None
    error: str | None = None
    message: str = ""


@dataclass(frozen=True)
class SourceResult:
    source: str
    series: tuple[SeriesResult, ...]
    message: str = ""

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome == outcome for result in self.series)


@dataclass(frozen=True)
class Progress:
    """One step of one source, for a progress bar: ``done`` of ``total`` requests, or finished."""

    source: str
    done: int
    total: int
    finished: bool = False


@dataclass(frozen=True)
class RefreshReport:
    sources: tuple[SourceResult, ...]
    cache_id: str

    @property
    def exit_code(self) -> int:
        """0 none failed or held; 3 some did and some did not; 4 none updated or unchanged."""
        results = [result for source in self.sources for result in source.series]
        good = sum(result.outcome in ("updated", "unchanged") for result in results)
        bad = sum(result.outcome in ("failed", "held") for result in results)
        if not bad:
            return 0
        return 3 if good else 4
