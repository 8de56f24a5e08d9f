"""The decision table of a condition: from a change, its placebo band and the trends to one word.

First match wins: fall steepening, recovering, holding, fall slowing, no detectable change. Rates are in cm a
year; a change exactly on the edge of the band is inside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.readings.condition.fit.estimates import Estimate, Fit
from dashboard.readings.condition.fit.placebo import MIN_SHARE
from dashboard.readings.condition.records import UNRATED, Absence, ConditionState

MONTHS_NEEDED = 36
STALE_DAYS = 120
EQUIVALENT = 2.0


def word(fit: Fit, low: float, high: float) -> tuple[ConditionState, bool]:
    """The word, and for ``fall_slowing`` whether the fall may have stopped."""
    rising = fit.before.value > 0
    if fit.change.value < low:
        if rising:
            return ("now_falling" if fit.after.value < 0 else "rise_slowing"), False
        return "fall_steepening", False
    if fit.change.value <= high:
        still = level(fit.before) and level(fit.after)
        return ("holding" if still else "no_detectable_change"), False
    if fit.after.low > 0:
        return ("rise_strengthening" if rising else "recovering"), False
    if level(fit.after):
        return "holding", False
    if rising:
        return "rise_strengthening", False
    return "fall_slowing", fit.after.value > 0


def level(trend: Estimate) -> bool:
    """Whether the whole interval of a trend lies within 2 cm a year of zero (equivalence test)."""
    return trend.low >= -EQUIVALENT and trend.high <= EQUIVALENT


def absence(shares: tuple[float, float], age_days: int, months_after: int) -> tuple[ConditionState, Absence]:
    """Why there can be no word yet: the first two rows of the table; ``no_detectable_change`` if neither.

    ``shares`` are the parts of the months before and after that hold a value, ``age_days`` the age of the
    newest value.
    """
    if min(shares) < MIN_SHARE:
        return "no_data", "under_70_percent"
    if age_days > STALE_DAYS:
        return "no_data", "stale"
    if months_after < MONTHS_NEEDED:
        return "too_early", "too_few_months"
    return "no_detectable_change", ""


def over_baselines(states: Iterable[ConditionState]) -> ConditionState:
    """One source: the word that all its baselines give, else that it depends on the baseline."""
    found = list(states)
    rated = [state for state in found if state not in UNRATED]
    if len(rated) < len(found):
        return "too_early" if "too_early" in found else "no_data"
    return found[0] if len(set(found)) == 1 else "depends_on_baseline"


def over_sources(states: Iterable[ConditionState]) -> ConditionState:
    """All independent sources: their common word; those without a word say nothing against it."""
    found = list(states)
    rated = {state for state in found if state not in UNRATED}
    if len(rated) > 1:
        return "sources_disagree"
    if rated:
        return rated.pop()
    return "too_early" if "too_early" in found else "no_data"
