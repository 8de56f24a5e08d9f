"""What a condition is: its cells, paces, sensitivity, and how they are written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dashboard.readings.condition.fit.estimates import Carried, Estimate, Fit, Guarded
from dashboard.series.agreement import Agreement
from dashboard.series.periods import LENGTH

Evidence = Literal["strong", "medium", "weak", "disputed", "none"]
ConditionState = Literal["no_data", "too_early", "fall_steepening", "recovering", "holding", "fall_slowing",
                         "no_detectable_change", "rise_slowing", "now_falling", "rise_strengthening",
                         "depends_on_baseline", "sources_disagree"]  # fmt: skip


# Why a condition has no word; the page says it in a sentence.
Absence = Literal["", "nothing_stored", "ends_before_speech", "under_70_percent", "stale", "too_few_months",
                  "too_few_years", "too_short_to_calibrate"]  # fmt: skip


WEAKEST_LAST: tuple[Evidence, ...] = ("strong", "medium", "weak", "disputed")
UNRATED: tuple[ConditionState, ...] = ("no_data", "too_early")


@dataclass(frozen=True)
class Baseline:
    """One source against one frozen baseline. ``start`` is its first month, or ``yearly``.

    ``before`` and ``after`` are the first and last period used on each side; ``counts`` how many periods
    hold a value there; ``rank`` how many placebo changes lie below the observed one (fell faster).
    """

    start: str
    state: ConditionState
    absence: Absence = ""
    series: str = ""
    before: tuple[str, str] | None = None
    after: tuple[str, str] | None = None
    counts: tuple[int, int] = (0, 0)
    fit: Fit | None = None
    band: Guarded | None = None
    rank: int | None = None
    may_have_stopped: bool = False

    @property
    def change(self) -> float:
        return self.fit.change.value if self.fit else np.nan

    @property
    def is_pace(self) -> bool:
        """Whether the slope after is one: of two yearly means it is their difference."""
        return self.counts[1] > 2

    @property
    def placebos(self) -> tuple[float, ...]:
        """The changes at earlier dates, for a histogram."""
        return self.band.own.values if self.band else ()

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.start,
            "change_cm_per_year": number(self.change),
            "placebo_low": number(self.band.low if self.band else np.nan),
            "placebo_high": number(self.band.high if self.band else np.nan),
            "placebo_n": self.band.own.count if self.band else None,
            "rank": self.rank,
            "pace_before_cm_per_year": number(self.fit.before.value if self.fit else np.nan),
            "pace_after_cm_per_year": number(self.fit.after.value if self.fit and self.is_pace else np.nan),
            "state": self.state,
        }


@dataclass(frozen=True)
class LevelPace:
    """How one level moves since the speech beside the ten years before: cm a year, falling negative.

    ``after`` is None where only two whole years have passed: ``difference`` is then the second year's mean
    less the first's in cm, with one standard deviation ``error``, and no pace. Spans are the first and the
    last period of each side, ``count`` the periods after.
    """

    series: str
    step: Literal["month", "year"]
    before_span: tuple[str, str]
    before: Estimate
    after_span: tuple[str, str]
    count: int
    after: Estimate | None
    difference: float = np.nan
    error: float = np.nan

    @property
    def method(self) -> str:
        if self.after is None:
            return "difference of two yearly means"
        return "slope of months with a season" if self.step == "month" else "slope of yearly means"

    def to_json(self) -> dict[str, Any]:
        after = self.after or Estimate(np.nan)
        return {
            "after": number(after.value),
            "before": number(self.before.value),
            "change": number(after.value - self.before.value),
            "interval": [number(after.low), number(after.high)] if self.after else None,
            "difference_cm": number(self.difference),
            "period": "/".join(self.after_span),
            "source": self.series,
            "method": self.method,
        }


@dataclass(frozen=True)
class SourceReading:
    """The word of one source: that of all its baselines, or that it depends on the baseline."""

    series: str
    group: str
    state: ConditionState
    baselines: tuple[Baseline, ...]


@dataclass(frozen=True)
class LikeCell:
    """One cell of the sensitivity strip: like-month change by window, or without one group of sources."""

    months: int
    agreed: Agreement | None
    without: str = ""
    only: str = ""


@dataclass(frozen=True)
class Sensitivity:
    """How far the two numbers depend on choices; ``flips`` where a like-month cell changes its sign."""

    windows: tuple[LikeCell, ...] = ()
    by_source: tuple[LikeCell, ...] = ()
    left_out: tuple[LikeCell, ...] = ()
    yearly: tuple[Baseline, ...] = ()
    flips: bool = False


@dataclass(frozen=True)
class FlowSide:
    """Mean of a few years against the reference years; ``sharp`` below it by more than one deviation."""

    years: tuple[int, ...]
    mean: float
    difference: float
    sharp: bool


@dataclass(frozen=True)
class Flow:
    """The one-deviation test of a yearly flow, in its own unit; ``excluded`` years are questionable."""

    series: str
    unit: str
    reference: tuple[int, int]
    reference_years: int
    mean: float
    deviation: float
    before: FlowSide | None
    after: FlowSide | None
    years_after: int
    excluded: tuple[int, ...]
    state: ConditionState


@dataclass(frozen=True)
class Condition:
    """How one water body is doing; ``too_early_until`` is the first day on which a word is possible.

    It is None beside a word, and where no passing of time brings one.
    """

    place: str
    state: ConditionState
    absence: Absence
    baselines: tuple[Baseline, ...]
    evidence_strength: Evidence
    series_used: tuple[str, ...]
    too_early_until: str | None = None
    sources: tuple[SourceReading, ...] = ()
    like: Agreement | None = None
    pace: LevelPace | None = None
    sensitivity: Sensitivity = Sensitivity()
    carried: Carried | None = None
    flows: tuple[Flow, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "pace": self.pace.to_json() if self.pace else None,
            "baselines": [baseline.to_json() for baseline in self.baselines],
            "like_months": like_json(self.like),
            "too_early_until": self.too_early_until,
            "evidence_strength": self.evidence_strength,
        }


def weakest(strengths: list[Evidence]) -> Evidence:
    """The weakest of the readings that could be rated; none where nothing could be."""
    rated = [strength for strength in strengths if strength != "none"]
    return max(rated, key=WEAKEST_LAST.index, default="none")


def number(value: float, decimals: int = 3) -> float | None:
    """A number for JSON; NaN is null."""
    return None if np.isnan(value) else round(float(value), decimals)


def like_json(agreed: Agreement | None) -> dict[str, Any] | None:
    """The like-month change: calendar months compared, both periods as ISO intervals, in the series' unit."""
    if agreed is None:
        return None
    main = agreed.main
    length = LENGTH[main.step]
    starts = {side: sorted(getattr(pair, side) for pair in main.pairs) for side in ("before", "after")}
    covered = {(at.astype(int) + step) % 12 + 1 for at in starts["after"] for step in range(length)}
    return {
        "months": sorted(int(month) for month in covered),
        "before": f"{starts['before'][0]}/{starts['before'][-1] + length - 1}",
        "after": f"{starts['after'][0]}/{starts['after'][-1] + length - 1}",
        "change": number(main.change),
        "uncertainty": number(main.uncertainty),
        "unit": main.unit,
        "datum": main.datum,
        "n_before": len(starts["before"]),
        "n_after": len(starts["after"]),
        "sources_agree": int(agreed.same_direction),
        "sources_total": agreed.total,
    }
