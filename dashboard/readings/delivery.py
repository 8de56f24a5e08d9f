"""Delivery: the highest step of the ladder that dated sources since the speech support.

not found -> announced -> adopted or signed -> operating; beside it lapsed. A state never changes by age:
twelve months after the newest evidence it is marked unconfirmed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.readings.condition.records import Evidence
from dashboard.readings.records import Delivery, DeliveryState, Looked
from dashboard.register.rows import DOCUMENTS, Milestone
from dashboard.series.periods import SPEECH

LADDER: tuple[DeliveryState, ...] = ("not_found", "announced", "adopted_or_signed", "operating")
UNCONFIRMED_MONTHS = 12
OPINION = "opinion"


def delivery(commitment: str, events: Sequence[Milestone], as_of: np.datetime64) -> Delivery:
    """The reading of one commitment from the milestones that had happened by ``as_of``.

    A step that another source than an opinion contests does not count, and leaves the evidence disputed.
    """
    known = [event for event in events if SPEECH <= last_day(event.date) <= as_of]
    bearing = [event for event in known if commitment in event.step and not event.not_found]
    bearing.sort(key=lambda event: (last_day(event.date), event.id))
    disputes = {event.contests: event.source_kind for event in known if event.contests}
    contested = tuple(event.id for event in bearing if event.id in disputes)
    firm = [event for event in bearing if disputes.get(event.id, OPINION) == OPINION]
    looked = tuple(Looked(event.id, event.looked_for, event.looked_on or "")
                   for event in events if commitment in event.commitments and event.looked_for)  # fmt: skip
    if not firm:
        return Delivery("not_found", None, False, (), "disputed" if contested else "none", contested, looked)
    state = _state([event.step[commitment] for event in firm])
    carrying = [event for event in firm if event.step[commitment] == state]
    return Delivery(
        state=state,
        since=carrying[0].date,
        unconfirmed=bool(_months_later(last_day(firm[-1].date), UNCONFIRMED_MONTHS) < as_of),
        milestones=tuple(event.id for event in firm),
        evidence_strength="disputed" if contested else _strength(carrying),
        contested=contested,
        looked=looked,
        extracts=all(event.seen_as == "extract" for event in firm),
    )


def last_day(date: str) -> np.datetime64:
    """The last day that a date cut to its precision can mean."""
    return (np.datetime64(date) + 1).astype("datetime64[D]") - 1


def _state(steps: Sequence[str]) -> DeliveryState:
    """The highest step; lapsed where that is the newest that is known."""
    if steps[-1] == "lapsed":
        return "lapsed"
    return max((step for step in LADDER if step in steps), key=LADDER.index)


def _strength(carrying: Sequence[Milestone]) -> Evidence:
    """Weak unless the document itself was opened and read; strong with two of them."""
    read = {event.source_url for event in carrying
            if event.seen_as == "page" and event.source_kind in DOCUMENTS}  # fmt: skip
    return ("weak", "medium", "strong")[min(len(read), 2)]  # type: ignore[return-value]


def _months_later(day: np.datetime64, months: int) -> np.datetime64:
    """The same day so many months on, or the last one of a shorter month."""
    month = day.astype("datetime64[M]")
    inside = (day - month.astype("datetime64[D]")).astype(int)
    later = (month + months).astype("datetime64[D]") + inside
    end = (month + months + 1).astype("datetime64[D]") - 1
    return min(later, end)
