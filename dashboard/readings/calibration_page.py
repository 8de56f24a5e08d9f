"""The page ``docs/calibration.md``: what the calibration measured, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.readings import calibrate, frozen, placebo, yearly
from dashboard.readings.calibrate import AFTERS, NO_CHANGE, SLOWER, SPECTRA, Share, share
from dashboard.readings.placebo import TEN_YEARS

HEAD = """\
# How far the condition words can be trusted

Made by `python -m dashboard.readings.calibrate`; not edited by hand. Record: `{monthly}`, {months} complete
months, {first} to {last}; yearly ground: `{yearly}`.
Synthetic series: {draws} a case, seed {seed}. Behind each share stands its Monte Carlo error, one standard
deviation.

A condition word is given when a change of trend leaves the band of changes at earlier dates (placebo dates),
which is meant to happen in {nominal:g} % of cases where nothing happened. A headline word also needs the same
word from all three baselines."""
WHY = """\
## Why not a textbook test

Share of placebo dates, with ten years before, at which an ordinary t-test at {nominal:g} % calls the trend
changed, although nothing was said on those dates:"""
INSIDE = """\
## False alarms on the record itself

Share of placebo dates outside the band that is used after the guard. By construction at most
{nominal:g} %; the limit is {inside:g} %."""
OUTSIDE = """\
## False alarms on synthetic series

Series with the sea's own spectrum and trend and no change at the speech, judged by the frozen bands. The
spectrum is that of the month-to-month changes or that of the levels. The limit for the headline word is
{outside:g} %. **One baseline alone mostly stands above that limit**: its band rests on a few swings of one
record. A word that only one baseline gives is a description, not a finding; a headline that reads "depends
on the baseline" (last column) claims no change."""
ROUGH = """\
With bands made anew from each synthetic record ({draws} a case), which shows how rough a band of thirty years
is, after {after} months:"""
SEEN = """\
## How often a real slowing is seen

The same series with the fall slowed at the speech by a known amount; share of headlines that say the fall is
slowing, holding or recovering. The others miss it or leave it open: "no detectable change" is not "no
change"."""
YEARLY = """\
## The yearly ground

Whole years of the gauge list, ten before against two, three or five after; on placebo years, and on synthetic
years with the spectrum of the list's yearly changes and no trend of their own."""


def page(draws: int, rough_draws: int) -> str:
    """The whole page; the same numbers in every run with the same draws."""
    months, _ = calibrate.record()
    words = {
        "monthly": frozen.MONTHLY, "yearly": frozen.YEARLY, "months": len(months), "first": months[0],
        "last": months[-1], "draws": draws, "seed": calibrate.SEED, "nominal": calibrate.NOMINAL,
        "inside": calibrate.IN_SAMPLE, "outside": calibrate.OUT_OF_SAMPLE, "after": AFTERS[0],
    }  # fmt: skip
    parts = [
        HEAD.format(**words),
        WHY.format(**words),
        _table(("after", "plain", "corrected for serial correlation"), _textbook()),
        INSIDE.format(**words),
        _table(("baseline", *(f"{after} months after" for after in AFTERS)), _inside()),
        OUTSIDE.format(**words),
        _table(("spectrum", "after", "headline", *_starts(), "depends on the baseline"), _outside(draws)),
        ROUGH.format(**(words | {"draws": rough_draws})),
        _table(("spectrum", "headline", *_starts()), _rough(rough_draws)),
        SEEN,
        _table(("spectrum", "after", *(f"{size:g} cm a year" for size in calibrate.SLOWINGS)), _seen(draws)),
        YEARLY,
        _table(("years after", "placebo years", "synthetic",
                *(f"seen, {size:g} cm a year" for size in calibrate.SLOWINGS)), _yearly(draws)),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _starts() -> tuple[str, ...]:
    return tuple(f"{start[:4]} alone" for start in frozen.BASELINES)


def _textbook() -> list[tuple[str, ...]]:
    months, values = calibrate.record()
    found = []
    for after in AFTERS:
        shares = (calibrate.textbook(months, values, after, corrected=c) for c in (False, True))
        found.append((f"{after} months", *(_percent(one, "dates") for one in shares)))
    return found


def _inside() -> list[tuple[str, ...]]:
    bands = frozen.bands_of(calibrate.PLACE)
    assert bands is not None
    found = []
    for start in frozen.BASELINES:
        shares = (calibrate.in_sample(bands.monthly, frozen.months_before(start), after, TEN_YEARS)
                  for after in AFTERS)  # fmt: skip
        found.append((f"from {start[:4]}", *(_percent(one, "dates") for one in shares)))
    return found


def _outside(draws: int) -> list[tuple[str, ...]]:
    found = []
    for spectrum in SPECTRA:
        for after in AFTERS:
            made = calibrate.trial(after, spectrum, 0.0, draws)
            alarms = (share(states, other=NO_CHANGE) for states in (made.headline, *made.single.values()))
            open_ = share(made.headline, wanted=("depends_on_baseline",))
            found.append((spectrum, f"{after} months", *map(_percent, alarms), _percent(open_)))
    return found


def _rough(draws: int) -> list[tuple[str, ...]]:
    found = []
    for spectrum in SPECTRA:
        made = calibrate.trial(placebo.AFTERS[0], spectrum, 0.0, draws, own=True)
        alarms = (share(states, other=NO_CHANGE) for states in (made.headline, *made.single.values()))
        found.append((spectrum, *map(_percent, alarms)))
    return found


def _seen(draws: int) -> list[tuple[str, ...]]:
    return [
        (spectrum, f"{after} months", *(
            _percent(share(calibrate.trial(after, spectrum, size, draws).headline, wanted=SLOWER))
            for size in calibrate.SLOWINGS))
        for spectrum in SPECTRA for after in AFTERS
    ]  # fmt: skip


def _yearly(draws: int) -> list[tuple[str, ...]]:
    bands = frozen.bands_of(calibrate.PLACE)
    assert bands is not None
    found = []
    for after in calibrate.YEARS_AFTER:
        inside = calibrate.in_sample(bands.yearly, yearly.BEFORE, after, yearly.BEFORE)
        alarm = share(calibrate.yearly_trial(after, 0.0, draws), other=NO_CHANGE)
        seen = (
            share(calibrate.yearly_trial(after, size, draws), wanted=SLOWER) for size in calibrate.SLOWINGS
        )
        found.append((str(after), _percent(inside, "years"), _percent(alarm), *map(_percent, seen)))
    return found


def _percent(one: Share, cases: str = "") -> str:
    """A share with its error, or with the number of cases where these are no random draw."""
    if cases:
        return f"{one.percent:.1f} % of {one.cases} {cases}"
    return f"{one.percent:.1f} ± {one.error:.1f} %"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
