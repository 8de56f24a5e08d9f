"""Whether several sources agree on a change (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, starmap
from typing import Literal

import numpy as np

from dashboard.series.change import Change, judged
from dashboard.series.periods import SPEECH_YEAR

# Months by which a source may end before the newest one and still speak of the same time, or lately.
SAME_TIME, LATELY = 3, 12
Concord = Literal["one", "agree", "alone", "disagree"]


@dataclass(frozen=True)
class Agreement:
    """The headline change of one water body, and what its other independent sources say of the same time.

    ``main`` is the newest source with its own number; nothing is averaged over sources. ``others`` are the
    other groups with their own numbers. ``same_direction`` counts the sources, the main one included, that
    over the time in common show one sign with the main one. ``state`` is "disagree" where one of them shows
    the other sign over that time, and "alone" where they agree over it, but the main source's newest change
    has another sign: they end in ``until`` and say nothing of what came later. ``until`` is also set where
    they agree and end more than a year before the main source.
    """

    main: Change
    others: tuple[Change, ...]
    same_direction: int
    total: int
    half_range: float
    state: Concord = "one"
    until: int | None = None


def agreement(changes: Sequence[Change]) -> Agreement | None:
    """One headline from several series: the newest of each independence group, the newest of these leads.

    Whether the others agree is asked over whole years that both have, because a rise of the newest months is
    no contradiction to a list that ended before; without such years their printed numbers are compared. Half
    of the range between them is part of the headline's uncertainty, over the common years and, where they
    reach the same time, over the printed numbers. None where no series reaches far enough.
    """
    told = [change for change in changes if change.told]
    if not told:
        return None
    order = {"month": 0, "quarter": 1, "year": 2}
    # Of two sources that end together the finer one leads, then the one with the smaller error.
    ranked = sorted(told, key=lambda one: (-one.end.astype(int), order[one.step], one.uncertainty))
    best: dict[str, Change] = {}
    for change in ranked:
        best.setdefault(change.group, change)
    lead, *others = best.values()
    if not others:
        return Agreement(judged(lead), (), 1, 1, 0.0)
    shared = [_shared(lead, other) for other in others]
    gaps = [abs(mine - theirs) for mine, theirs in starmap(_shared, combinations(best.values(), 2))]
    alike = [np.sign(mine) == np.sign(theirs) for mine, theirs in shared]
    newer = [(lead.end - other.end).astype(int) for other in others]
    turned = all(alike) and any(np.sign(lead.change) != np.sign(mine) for mine, _ in shared)
    if not turned:
        near = [other for other, months in zip(others, newer, strict=True) if months <= SAME_TIME]
        gaps += [abs(one.change - other.change) for one, other in combinations((lead, *near), 2)]
    half = max(gaps) / 2
    main = judged(replace(lead, parts={**(lead.parts or {}), "sources": half}))
    state: Concord = "agree"
    if not all(alike):
        main, state = replace(main, direction="cannot_tell", reason="sources_disagree"), "disagree"
    elif turned:
        state = "alone"
    late = state != "agree" or min(newer) > LATELY
    until = max(other.end.astype("datetime64[Y]").astype(int) + 1970 for other in others) if late else None
    same = 1 if turned else 1 + int(sum(alike))
    return Agreement(main, tuple(others), same, len(best), half, state, until)


def _shared(one: Change, other: Change) -> tuple[float, float]:
    """What two sources say of the time that both have: the last common year less the year of the speech."""
    mine, theirs = one.years or {}, other.years or {}
    common = [year for year in mine if year in theirs and year > SPEECH_YEAR]
    if not common or SPEECH_YEAR not in mine or SPEECH_YEAR not in theirs:
        return one.change, other.change
    last = max(common)
    return mine[last] - mine[SPEECH_YEAR], theirs[last] - theirs[SPEECH_YEAR]
