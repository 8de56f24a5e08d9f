"""The rows of the register: a passage of the speech, a later official target, a dated event."""

from __future__ import annotations

from datetime import date as Date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from loaders.tables.vocabulary import Https, Id, Row

CommitmentId = Annotated[str, StringConstraints(pattern=r"^([ET][1-9][0-9]?|N1|S0)$")]
Sea = Literal["caspian", "aral", "both", "none"]
Kind = Literal["target", "pledge", "call", "initiative", "claim", "none", "tension", "neutral"]
Reading = Literal["delivery", "condition", "pathway"]
Reason = Literal["no_series", "not_open", "wrong_indicator", "effort", "outside_control", "outside_scope"]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
DateText = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?$")]
MilestoneId = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}(-[a-z0-9]+)+$")]
MilestoneKind = Literal["official figure", "forecast", "law", "filing", "speech", "meeting", "declaration",
                        "agreement", "resolution", "plan", "institution", "funding", "works", "initiative",
                        "call", "dispute"]  # fmt: skip
SourceKind = Literal["official document", "UN document", "filing", "law", "independent tracker",
                     "state news agency", "news quoting an official", "official statement", "news",
                     "business or trade press", "NGO", "opinion", "announcement only",
                     "press-service report"]  # fmt: skip
Step = Literal["announced", "adopted_or_signed", "operating", "lapsed"]
# What a kind of source supports at most. News that reports the act of another body, a resolution adopted or
# a centre opened, supports that step (``reports_act``).
NEWS: tuple[SourceKind, ...] = ("state news agency", "news quoting an official", "news",
                                "business or trade press", "NGO")  # fmt: skip
DOCUMENTS: tuple[SourceKind, ...] = ("official document", "UN document", "filing", "law")
SUPPORTS: dict[SourceKind, tuple[Step, ...]] = {
    **dict.fromkeys(DOCUMENTS, ("announced", "adopted_or_signed", "operating", "lapsed")),
    "independent tracker": ("announced", "adopted_or_signed"),
    **dict.fromkeys((*NEWS, "official statement", "announcement only"), ("announced",)),
    "opinion": (),
    "press-service report": (),
}
LENGTH_OF_DATE = {"day": 10, "month": 7, "year": 4}


class Pace(Row):
    """The straight line of a pathway reading, frozen: from the value at the start to the value at the end.

    ``sources`` give the same quantity and widen the range; ``beside`` are other quantities by the same rule.
    """

    series: Id
    sources: tuple[Id, ...] = ()
    beside: tuple[Id, ...] = ()
    start: DateText
    start_value: float
    end: DateText
    end_value: float
    unit: Text


class Commitment(Row):
    """One passage of the speech, or ``S0``: the South Aral, for which it holds none.

    ``series`` is in order of preference, headline first; ``checked`` is the month when evidence was last
    looked for.
    """

    id: CommitmentId
    kind: Kind
    paragraph: int | None = Field(default=None, ge=5, le=22)
    mark: Literal["quoted", "reported"] | None = None
    short: Text
    wording: Text
    fragment: str = ""
    actor: str = ""
    sea: Sea
    indirect: bool = False
    deadline: str = ""
    indicators: tuple[Id, ...] = ()
    series: tuple[Id, ...] = ()
    related: tuple[CommitmentId, ...] = ()
    readings: tuple[Reading, ...] = ()
    pace: Pace | None = None
    not_measurable: Reason | None = None
    what_would_help: str = ""
    missing: Text
    changes_reading: Text
    test: Text
    checked: DateText

    @model_validator(mode="after")
    def _whole(self) -> Commitment:
        said = (self.paragraph is not None, self.mark is not None, bool(self.fragment))
        if set(said) != {self.kind != "none"}:
            raise ValueError("paragraph, mark and fragment: all three, and none of them for kind none")
        if len(self.fragment.split()) > 10:
            raise ValueError("fragment: more than ten words")
        if not self.readings and not self.not_measurable:
            raise ValueError("readings: at least one, or a reason under not_measurable")
        if bool(self.not_measurable) != bool(self.what_would_help):
            raise ValueError("what_would_help: goes with not_measurable")
        if ("pathway" in self.readings) != (self.pace is not None):
            raise ValueError("pace: goes with the pathway reading")
        return self


class Target(Row):
    """A number with a date that officials set later, and that the speech does not hold.

    ``start`` and ``start_value`` freeze where the line to the target begins; ``said`` is when it was said;
    ``date`` is empty where none was named, ``earliest`` is the first date that a report names. The observed
    rate runs from each of ``observed_from`` to the newest value, the first of them being the main one.
    """

    id: Id
    commitment: CommitmentId
    label: Text
    value: float
    unit: Text
    indicator: Id | None = None
    series: tuple[Id, ...] = ()
    datum: Id | None = None
    date: DateText | Literal[""] = ""
    earliest: DateText | None = None
    start: DateText | None = None
    start_value: float | None = None
    observed_from: tuple[DateText, ...] = ()
    who: Text
    document: Text
    said: DateText
    source_url: Https | Literal[""]
    status: Literal["design", "plan", "proposal", "law"]
    caution: str = ""

    @model_validator(mode="after")
    def _level_has_datum(self) -> Target:
        if self.indicator == "level" and not self.datum:
            raise ValueError("datum: a level needs one")
        return self


class Milestone(Row):
    """One dated event. ``date`` is cut to its precision; ``not_found``: planned, and no outcome was found.

    ``step`` names, for a commitment, the step of the delivery ladder that this event is evidence for;
    ``reports_act``: the source reports an act of another body than the one that speaks.
    """

    id: MilestoneId
    date: DateText
    date_precision: Literal["day", "month", "year"]
    stated_on: DateText | None = None
    commitments: tuple[CommitmentId, ...] = Field(min_length=1)
    sea: Sea
    kind: MilestoneKind
    statement: Annotated[Text, StringConstraints(max_length=200)]
    value: float | None = None
    value_max: float | None = None
    unit: str | None = None
    datum: Id | None = None
    said_by: str = ""
    source_url: Https | Literal[""]
    source_kind: SourceKind
    seen_as: Literal["page", "extract"]
    seen_on: DateText
    looked_for: str = ""
    looked_on: DateText | None = None
    not_found: bool = False
    contests: MilestoneId | None = None
    step: dict[CommitmentId, Step] = {}
    reports_act: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Milestone:
        if len(self.date) != LENGTH_OF_DATE[self.date_precision]:
            raise ValueError(f"date: not cut to a {self.date_precision}")
        Date.fromisoformat(self.date + "-01-01"[len(self.date) - 4 :])
        if not self.id.startswith(self.date + "-"):
            raise ValueError("id: does not begin with the date")
        if not self.source_url and self.source_kind != "press-service report":
            raise ValueError("source_url: only the speech may lack one")
        if (self.value is None) != (self.unit is None):
            raise ValueError("unit: goes with a value")
        if self.value_max is not None and (self.value is None or self.value_max <= self.value):
            raise ValueError("value_max: not above value")
        if self.unit == "m" and self.kind in ("official figure", "forecast") and not self.datum:
            raise ValueError("datum: a level needs one")
        if bool(self.looked_for) != bool(self.looked_on) or (self.not_found and not self.looked_for):
            raise ValueError("looked_for: say what was sought, where, and looked_on when")
        return self

    @model_validator(mode="after")
    def _supported(self) -> Milestone:
        if not set(self.step) <= set(self.commitments):
            raise ValueError("step: for a commitment that the row does not name")
        if self.reports_act and self.source_kind not in NEWS:
            raise ValueError("reports_act: for news only")
        for step in self.step.values():
            if step not in SUPPORTS[self.source_kind] and not self.reports_act:
                raise ValueError(f"step: {self.source_kind} does not support {step}")
        return self
