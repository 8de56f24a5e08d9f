"""The page ``docs/calibration.md``: what the calibration measured, in words and tables."""

from __future__ import annotations

import math

from benchmarks.calibration import continued, gauge_model, methods, records, seas, study, tables
from benchmarks.calibration.methods import Limits
from dashboard.readings.condition import frozen
from dashboard.readings.condition.fit import placebo, yearly

HEAD = """\
# How far the condition words can be trusted

Made by `python -m benchmarks.calibration`; not edited by hand. Synthetic seas: {draws} a case, seed {seed}.
Record: `{monthly}`, {months} complete months, {first} to {last}.
Gauge list: `{yearly}`, {years} years, {first_year} to {last_year}.
Behind each share stands its Monte Carlo error, one standard deviation. All paces are in cm a year.

A condition word is given when a change of pace leaves the band of changes at earlier dates (placebo dates).
The band is the wider, end by end, of that of thirty years of months and that of a century of gauge years.
Each is meant to be left in {nominal:g} % of cases where nothing happened. A headline word also needs the same
word from all three baselines.

"Before" in the tables is the method until November 2026: two lines that meet at the speech, the year 2023 on
both sides of it, and the band of months alone. "Now" is the method of the pages."""
WHICH = """\
## Which method

The record itself, carried on for three years at a pace that is known. Each cell is the mean pace after the
speech that the method prints, and in brackets the spread of single seas (one standard deviation). What is
wanted: the mean is within {tolerance:g} of the truth, for every pace and every baseline."""
FOUND = """\
Right: {right}.

Not right: {wrong}.

Lines that meet at the speech carry the bend of the record before it into the time after, and a year on both
sides does the same. The local linear trend, with the variances of the record before the speech, takes more
than three years to believe in a new pace. Plain slopes and two free lines give the same pace; two free lines
give the change and one season for both sides with it. The pages use them for months, and for whole years two
slopes with 2023 before only."""
ALARMS = """\
## False alarms

Seas on which nothing happened at the speech.

- *changes*, *levels*: the spectrum of the record's monthly (yearly) changes, or of its levels.
- *accelerating*: goes on along a parabola through the record since 2006, with the record's noise around it.
- *gauge model*: the change of one year is {persistence:g} times that of the year before, and a shock of
  {shock:.0f} cm (ARIMA(1, 1, 0), fitted to the whole gauge list).

Every word of a change counts as wrong, also "steepening" on an accelerating sea: nothing happened at the
date. "Depends on the baseline" claims no change."""
ALARM_YEARS = "The yearly ground, on whole years of the same kinds:"
LIMITS = """\
Limits, for the method now: {headline:g} % for the headline, {other:g} % where the sea accelerates or follows
the gauge model, {alone:g} % for one baseline alone."""
TODAY = """\
## A steep fall eases by itself

The record as it stood before the speech, carried on by the gauge model, which knows nothing of the speech. In
that model a fall as steep as that of the last years does not last: the pace changes upwards without a cause.
The words then say rightly that it changed; they do not say why. **A slowing after a steep fall is weaker
evidence than the shares above suggest: up to {eases} of headlines say so where nothing was done**, against
the {other:g} % meant for seas of this model."""
POWER = """\
## How often a real change is seen

Seas that fell at the list's recent pace ({recent:+.1f}, its last ten years), on which the pace changed at the
speech by a known amount. Share of headlines that say so: for a slowing "fall slowing", "holding" or
"recovering". The others miss it or leave it open: "no detectable change" is not "no change". For months the
bands are wider than before: less is seen than before, and fewer words are false."""
POWER_YEARS = "The yearly ground:"
SHORT = """\
## Too short to tell

What a change of pace must leave, by baseline and length."""
TEXTBOOK = """\
## Why not a textbook test

Share of placebo dates, with ten years before, at which an ordinary t-test at {nominal:g} % calls the trend
changed, although nothing was said on those dates:"""
INSIDE = """\
## On the records themselves

Share of placebo dates of the months outside the deciding band, and outside the band of months alone. The last
column says why that band alone gives no word: the share of years of the gauge list that lie outside it."""
LIST = "Share of placebo years of the gauge list outside its own band, by construction at most {nominal:g} %:"


def page(draws: int) -> str:
    """The whole page; the same bytes in every run with the same draws."""
    months, years = placebo.AFTERS[0], yearly.AFTERS[0]
    parts = [
        head(draws),
        WHICH.format(tolerance=continued.TOLERANCE), tables.which(draws), _found(draws),
        _alarms(), tables.months_alarms(draws), ALARM_YEARS, tables.years_alarms(draws), limits(draws),
        TODAY.format(eases=tables.eases(draws), other=study.OTHER_SEAS), tables.from_today(draws),
        POWER.format(recent=records.recent_pace()), tables.months_power(draws),
        POWER_YEARS, tables.years_power(draws),
        SHORT, tables.short(),
        too_short(f"{months} months", methods.free_bands(months)),
        too_short(f"{years} whole years", methods.whole_bands(years)), cannot_tell(),
        TEXTBOOK.format(nominal=study.NOMINAL), tables.textbook(),
        INSIDE, tables.inside(), LIST.format(nominal=study.NOMINAL), tables.list_inside(),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def head(draws: int) -> str:
    months, years = records.months()[0], records.years()[0]
    return HEAD.format(
        draws=draws, seed=seas.SEED, nominal=study.NOMINAL,
        monthly=frozen.MONTHLY, months=len(months), first=months[0], last=months[-1],
        yearly=frozen.YEARLY, years=len(years), first_year=years[0], last_year=years[-1],
    )  # fmt: skip


def _found(draws: int) -> str:
    right = {name: continued.right(name, tables.draws_of(name, draws)) for name in continued.PRINTED}
    return FOUND.format(
        right="; ".join(name for name, held in right.items() if held),
        wrong="; ".join(name for name, held in right.items() if not held),
    )


def _alarms() -> str:
    persistence, shock = gauge_model.model()
    return ALARMS.format(persistence=persistence, shock=shock)


def limits(draws: int) -> str:
    """The limits, and every share of the method now that stands above its own."""
    text = LIMITS.format(headline=study.HEADLINE, other=study.OTHER_SEAS, alone=study.ALONE)
    found = tables.beyond(draws)
    if not found:
        return f"{text} All hold."
    listed = "\n".join(f"- {one}" for one in found)
    alone = not any(one.startswith(tables.HEADLINE) for one in found)
    rest = "Every headline holds its limit. One baseline alone gives no headline word." if alone else ""
    return f"{text} **Above its limit:**\n\n{listed}\n\n{rest}".rstrip()


def too_short(after: str, bands: Limits) -> str:
    """What a change must exceed after so long; cm a year."""
    edges = ", ".join(f"{one.high:.1f} ({name})" for one, name in zip(bands, tables.STARTS, strict=True))
    up, down = (math.ceil(max(side)) for side in zip(*((one.high, -one.low) for one in bands), strict=True))
    return (
        f"After {after} a slowing must exceed {edges}:\nfor the headline all three. "
        f"Too short to tell: a slowing of less than {up} and a steepening of less than {down} cm a year."
    )


def cannot_tell() -> str:
    """The plainest case, while it is true: a sea that stopped falling at once."""
    first, longest = placebo.AFTERS[0], placebo.AFTERS[-1]
    if study.stop_is_told(methods.free_bands(first)):
        return ""
    text = "**Even if the sea had stopped falling on the day of the speech, this test could not yet tell.**"
    if study.stop_is_told(methods.free_bands(longest)):
        return text
    return f"{text}\nBy the bands as they are frozen it could not after {longest} months either."
