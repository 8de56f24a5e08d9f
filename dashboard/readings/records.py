"""What a reading holds: every number that a page needs to print its arithmetic, and the JSON of ``assess``.

Rates of levels are in cm a year, levels in the series' own unit and datum; falling is negative. Numbers that
do not exist are NaN here and null in JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dashboard.readings.condition.fit.estimates import Carried, Estimate, Fit, Guarded
from dashboard.register.rows import Commitment, Reason, Target
from dashboard.series.agreement import Agreement

Evidence = Literal["strong", "medium", "weak", "disputed", "none"]
ConditionState = Literal["no_data", "too_early", "fall_steepening", "recovering", "holding", "fall_slowing",
                         "no_detectable_change", "rise_slowing", "now_falling", "rise_strengthening",
                         "depends_on_baseline", "sources_disagree"]  # fmt: skip
PathwayState = Literal["on_track", "too_slow", "far_too_slow", "wrong_direction", "sources_disagree",
                       "cannot_tell", "no_target"]  # fmt: skip
DeliveryState = Literal["not_found", "announced", "adopted_or_signed", "operating", "lapsed"]
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


@dataclass(frozen=True)
class Pace:
    """One observed rate against the needed one: over ``intervals`` years, or between two stated points."""

    series: str
    first: str
    last: str
    intervals: int
    observed: float
    needed: float

    @property
    def ratio(self) -> float:
        return self.observed / self.needed if self.needed else np.nan

    @property
    def like(self) -> bool:
        """Whether both ends are whole years, or lie in the same month of the year."""
        return self.first[4:7] == self.last[4:7]


@dataclass(frozen=True)
class Pathway:
    """Observed against needed rate on a straight line; ``spread`` holds every window, source and start.

    ``beside`` holds other quantities by the same rule, outside the range. ``target`` is set for a number that
    officials named later; ``passed`` are doubtful values between start and newest, which no pace uses.
    """

    state: PathwayState
    series: str
    unit: str
    start: tuple[str, float]
    end: tuple[str, float]
    main: Pace | None
    spread: tuple[Pace, ...]
    newest: tuple[str, float] | None
    remaining_rate: float
    evidence_strength: Evidence
    series_used: tuple[str, ...]
    beside: tuple[Pathway, ...] = ()
    target: Target | None = None
    passed: tuple[tuple[str, float], ...] = ()

    @property
    def ratio_low(self) -> float:
        return min((pace.ratio for pace in self.spread), default=np.nan)

    @property
    def ratio_high(self) -> float:
        return max((pace.ratio for pace in self.spread), default=np.nan)

    @property
    def remaining_ratio(self) -> float:
        """Observed against the rate that is needed from the newest value on."""
        return self.main.observed / self.remaining_rate if self.main and self.remaining_rate else np.nan

    def to_json(self) -> dict[str, Any]:
        main = self.main
        return {
            "state": self.state,
            "observed_rate": number(main.observed if main else np.nan),
            "needed_rate": number(main.needed if main else np.nan),
            "ratio": number(main.ratio if main else np.nan),
            "ratio_low": number(self.ratio_low),
            "ratio_high": number(self.ratio_high),
            "unit": f"{self.unit} a year",
            "window": f"{main.first}/{main.last}" if main else None,
            "evidence_strength": self.evidence_strength,
        }


@dataclass(frozen=True)
class Looked:
    """What outcome was sought, and when."""

    milestone: str
    sought: str
    when: str


@dataclass(frozen=True)
class Delivery:
    """The step of the ladder that dated sources support, and since when.

    ``milestones`` are the evidence, oldest first; ``contested`` are those whose step another source disputes;
    ``extracts``: of all the evidence no page was opened.
    """

    state: DeliveryState
    since: str | None
    unconfirmed: bool
    milestones: tuple[str, ...]
    evidence_strength: Evidence
    contested: tuple[str, ...] = ()
    looked: tuple[Looked, ...] = ()
    extracts: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "since": self.since,
            "unconfirmed": self.unconfirmed,
            "milestones": list(self.milestones),
            "evidence_strength": self.evidence_strength,
        }


@dataclass(frozen=True)
class NotMeasurable:
    reason: Reason
    what_would_help: str

    def to_json(self) -> dict[str, Any]:
        return {"reason": self.reason, "what_would_help": self.what_would_help, "evidence_strength": "none"}


@dataclass(frozen=True)
class Assessment:
    """All readings of one register row on one day; they are never merged.

    ``conditions`` holds one reading a water body, each apart; ``condition`` is that of the first. ``later``
    are the paces towards numbers that officials set after the speech.
    """

    row: Commitment
    as_of: np.datetime64
    delivery: Delivery | None
    conditions: tuple[Condition, ...]
    pathway: Pathway | None
    not_measurable: NotMeasurable | None
    evidence_strength: Evidence
    series_used: tuple[str, ...]
    later: tuple[Pathway, ...] = ()

    @property
    def condition(self) -> Condition | None:
        return self.conditions[0] if self.conditions else None

    def to_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "id": row.id,
            "kind": row.kind,
            "sea": row.sea,
            "wording": row.wording,
            "deadline": row.deadline or None,
            "as_of": str(self.as_of),
            "delivery": self.delivery.to_json() if self.delivery else None,
            "condition": self.condition.to_json() if self.condition else None,
            "pathway": self.pathway.to_json() if self.pathway else None,
            "not_measurable": self.not_measurable.to_json() if self.not_measurable else None,
            "evidence_strength": self.evidence_strength,
            "series_used": list(self.series_used),
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
    length = {"month": 1, "quarter": 3, "year": 12}[main.step]
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
