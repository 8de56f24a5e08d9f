"""What a reading holds: every number that a page needs to print its arithmetic, and the JSON of ``assess``.

Rates of levels are in cm a year, levels in the series' own unit and datum; falling is negative. Numbers that
do not exist are NaN here and null in JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dashboard.readings.condition.records import Condition, Evidence, number
from dashboard.register.rows import Commitment, Reason, Target

PathwayState = Literal["on_track", "too_slow", "far_too_slow", "wrong_direction", "sources_disagree",
                       "cannot_tell", "no_target"]  # fmt: skip


DeliveryState = Literal["not_found", "announced", "adopted_or_signed", "operating", "lapsed"]


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
