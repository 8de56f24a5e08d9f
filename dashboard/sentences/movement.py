"""How a level moves, in sentences: its pace, its newest yearly step among the others, a bed without water."""

from __future__ import annotations

import numpy as np

import loaders
from dashboard.readings.condition.records import LevelPace
from dashboard.series.level.levels import CM
from dashboard.series.level.swings import bed_since, swing
from dashboard.series.snapshot import Snapshot, label
from dashboard.words.text import month, number, plural, t, translate
from loaders.tables.items import Series

# An interval wider than a metre a year holds every pace that the sea ever had.
UNSTEADY = 100.0


def pace_words(slope: float) -> str:
    """ "falling 16.5" or "rising 2.0", in the unit of the sentence around it."""
    return t("card.falling" if slope < 0 else "card.rising", amount=number(abs(slope), 1))


def pace(found: LevelPace | None) -> str:
    """The pace since the speech beside that of the ten years before, with its source; empty without one."""
    if found is None:
        return ""
    before = pace_words(found.before.value)
    named = {"before": before, "label": translate(label(loaders.catalogue().series[found.series]))}
    first, last = (_when(end) for end in found.after_span)
    if found.after is None:
        side = t("direction.lower" if found.difference < 0 else "direction.higher")
        amount, error = number(abs(found.difference), 0), number(2 * found.error, 0)
        return t("pace.pair", first=first, last=last, amount=amount, error=error, direction=side, **named)
    after, width = pace_words(found.after.value), found.after.high - found.after.low
    if width > UNSTEADY:
        return t("pace.unsteady", after=after, width=number(width, 0), first=first, last=last, **named)
    low, high = (number(end, 0, sign=True) for end in (found.after.low, found.after.high))
    return t("pace.since", after=after, low=low, high=high, first=first, last=last, **named)


def step(row: Series, snapshot: Snapshot) -> str:
    """What the newest yearly step is among the years before it; empty where the record is too short."""
    found = swing(snapshot.series[row.id], snapshot.as_of, row.min_obs_per_month)
    if found is None:
        return ""
    side = "fell" if found.step < 0 else "rose"
    if found.run is not None:
        return t(f"pace.run_{side}", year=found.run)
    words = [plural(f"pace.such_{side}", found.alike, years=found.before)]
    if found.usual:
        words.append(t("pace.usual"))
    against = "below" if found.moved < 0 else "above"
    amount = number(abs(found.moved) * CM, 0)
    words.append(t(f"pace.{against}", amount=amount, now=found.year, year=found.earlier))
    return " ".join(words)


def bed(place: str, snapshot: Snapshot) -> str:
    """That a part of a water body sends the height of its bed; empty where none does."""
    for row in snapshot.rows():
        if row.indicator == "level" and row.place.startswith(f"{place}-") and row.cadence == "year":
            since = bed_since(snapshot.series[row.id])
            if since is not None:
                part = snapshot.catalogue.places[row.place].label
                return t("pace.bed", part=part, year=since)
    return ""


def _when(end: str) -> str:
    return end if len(end) == 4 else month(np.datetime64(end, "M"), short=True)
