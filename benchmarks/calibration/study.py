"""How often the condition words are wrong, and how often they see a change that is there.

The words are those of the pages: the same decision table on the fits of a method and its bands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from benchmarks.calibration import methods, records, seas
from benchmarks.calibration.methods import Fits, Limits
from dashboard.readings.condition import decision, frozen
from dashboard.readings.condition.fit import piecewise, placebo
from dashboard.readings.condition.fit.estimates import Band, Estimate, Fit, Guarded
from dashboard.readings.condition.records import ConditionState

NO_CHANGE = ("no_detectable_change", "depends_on_baseline", "sources_disagree", "no_data", "too_early")
# Words of a change of pace upwards and downwards, whether the sea fell or rose before.
UP = ("fall_slowing", "recovering", "holding", "rise_strengthening")
DOWN = ("fall_steepening", "rise_slowing", "now_falling")
NOMINAL = 10.0
# Limits of false alarms in percent: the headline, one baseline with the century's band, and the headline on
# seas that go on accelerating or follow the model of the gauge list.
HEADLINE, ALONE, OTHER_SEAS = 12.0, 14.0, 10.0


def limit_of_headline(kind: str) -> float:
    return OTHER_SEAS if kind in ("accelerating", "gauge model") else HEADLINE


@dataclass(frozen=True)
class Share:
    """A share of cases in percent, with the Monte Carlo error of one standard deviation."""

    percent: float
    cases: int

    @property
    def error(self) -> float:
        part = self.percent / 100
        return float(100 * np.sqrt(part * (1 - part) / self.cases))


@dataclass(frozen=True)
class Words:
    """The headline word of each sea, and the words of each baseline alone."""

    headline: tuple[ConditionState, ...]
    alone: tuple[tuple[ConditionState, ...], ...]


@dataclass(frozen=True)
class Trial:
    """The fits of one method on seas of one kind, and the bands that its changes must leave."""

    fits: tuple[Fits, ...]
    limits: Limits

    def words(self, added: float = 0.0) -> Words:
        """The words where the pace changed by ``added`` cm a year at the speech."""
        each = [tuple(_word(fit, limit, added) for fit, limit in zip(fits, self.limits, strict=True))
                for fits in self.fits]  # fmt: skip
        return Words(
            tuple(decision.over_baselines(states) for states in each), tuple(zip(*each, strict=True))
        )


def _word(fit: Fit, limit: Guarded, added: float) -> ConditionState:
    return decision.word(bent(fit, added), limit.low, limit.high)[0]


def bent(fit: Fit, added: float) -> Fit:
    """The fit of the same sea with its pace changed at the speech by ``added``.

    Least squares is linear in the values and the change is one of its columns: it moves the change and the
    pace after by itself, and leaves the residuals as they are.
    """
    return replace(fit, change=_moved(fit.change, added), after=_moved(fit.after, added))


def _moved(one: Estimate, by: float) -> Estimate:
    return Estimate(one.value + by, one.low + by, one.high + by)


@cache
def months(method: str, kind: str, after: int, draws: int) -> Trial:
    """Synthetic months of one kind, ``after`` of them since the speech."""
    return _trial(methods.MONTHS[method], seas.draw(seas.MONTHS, kind, after, draws), after)


@cache
def years(method: str, kind: str, after: int, draws: int) -> Trial:
    """Synthetic years of one kind, ``after`` of them since the speech's."""
    return _trial(methods.YEARS[method], seas.draw(seas.YEARS, kind, after, draws), after)


def _trial(method: methods.Method, drawn: seas.Seas, after: int) -> Trial:
    return Trial(tuple(method.fits(drawn, after)), method.bands(after))


def share(states: Sequence[ConditionState], wanted: Sequence[str] = (), other: Sequence[str] = ()) -> Share:
    """The share of ``wanted`` words, or of all but ``other``."""
    hits = sum(state in wanted if wanted else state not in other for state in states)
    return Share(100 * hits / len(states), len(states))


def alarms(words: Words) -> tuple[Share, ...]:
    """Words of change where there is none: of the headline, and of each baseline alone."""
    return tuple(share(states, other=NO_CHANGE) for states in (words.headline, *words.alone))


def seen(words: Words, added: float) -> Share:
    """Headlines that say the pace changed in the direction in which it did."""
    return share(words.headline, wanted=UP if added > 0 else DOWN)


def in_sample(limit: Guarded, band: Band | None = None) -> Share:
    """The share of placebo dates, of the band itself or of another, that lie outside the deciding band."""
    values = np.array((band or limit.own).values)
    return Share(100 * float(((values < limit.low) | (values > limit.high)).mean()), values.size)


def without_century(limit: Guarded) -> Guarded:
    found = placebo.guarded(limit.own, limit.ten)
    assert found is not None
    return found


def textbook(after: int, *, corrected: bool) -> Share:
    """What a t-test at 10 % would call a change at placebo dates with ten years before."""
    at, values = records.months()
    breaks, _ = placebo.changes(at, values, placebo.TEN_YEARS, after)
    hits = 0
    for one in breaks:
        inside = (at >= one - placebo.TEN_YEARS) & (at < one + after)
        columns = piecewise.design(piecewise.middle(at[inside]), one.astype(int) / 12)
        found, covariance, r, _ = piecewise.solve(columns, values[inside], at[inside])
        error = np.sqrt(covariance[piecewise.CHANGE, piecewise.CHANGE])
        plain = error if corrected else error / np.sqrt((1 + r) / (1 - r))
        hits += abs(found[piecewise.CHANGE]) > 1.645 * plain
    return Share(100 * hits / len(breaks), len(breaks))


def paces_before() -> tuple[float, ...]:
    """The pace of the record from each frozen baseline on, cm a year."""
    at, values = records.months()
    since = (at >= np.datetime64(start, "M") for start in frozen.BASELINES)
    return tuple(piecewise.line(at[side], values[side]).value for side in since)


def stop_is_told(limits: Limits) -> bool:
    """Whether a sea that stopped falling at the speech would leave the bands of all baselines."""
    return all(-pace > limit.high for pace, limit in zip(paces_before(), limits, strict=True))
