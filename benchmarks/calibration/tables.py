"""The tables of the page: each row as its cells, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.calibration import continued, methods, records, seas, study
from benchmarks.calibration.study import Share, Words, share
from dashboard.readings.condition import frozen
from dashboard.readings.condition.fit import placebo, yearly
from dashboard.readings.condition.fit.estimates import Guarded

Row = tuple[str, ...]
NAMES = {"joined": "before", "free": "now"}
# What nothing happened to at the speech, and what a change of pace is added to.
ALARMS = ("changes", "levels", "accelerating", "gauge model")
POWER = ("changes", "levels", "gauge model")
AFTERS, YEARS_AFTER = (36, 60), (2, 3, 5)
SIZES, YEAR_SIZES = (5.0, 10.0, 20.0), (10.0, 20.0, -10.0, -20.0)
HEADLINE = "the headline"
# One sea of the local trend takes as long as a hundred of the others.
SMOOTHED = 100
STARTS = tuple(f"from {start[:4]}" for start in frozen.BASELINES)


def table(head: Sequence[str], rows: Sequence[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def draws_of(method: str, draws: int) -> int:
    return min(draws, SMOOTHED) if method == "local linear trend" else draws


def which(draws: int) -> str:
    """The pace after that each method prints beside the true one."""
    rows: list[Row] = []
    for method in continued.PRINTED:
        found = [continued.printed(method, pace, draws_of(method, draws)) for pace in continued.PACES]
        holds = "yes" if continued.right(method, draws_of(method, draws)) else "no"
        for at, name in enumerate(continued.columns(method)):
            rows.append((method, name, *(_spread(one[:, at]) for one in found), holds))
    known = (f"true {pace:+g}" if pace else "true 0" for pace in continued.PACES)
    return table(("method", "baseline", *known, f"right within {continued.TOLERANCE:g}"), rows)


def _spread(paces: np.ndarray) -> str:
    mean = round(float(paces.mean()), 1) + 0.0
    return f"{mean:+.1f} ({paces.std():.1f})"


def months_alarms(draws: int) -> str:
    rows = [
        (kind, f"{after} months", NAMES[method], *_alarms(study.months(method, kind, after, draws).words()))
        for kind in ALARMS for after in AFTERS for method in methods.MONTHS
    ]  # fmt: skip
    return table(_alarm_head("after"), rows)


def years_alarms(draws: int) -> str:
    rows = [
        (kind, f"{after} years", NAMES[method], *_alarms(study.years(method, kind, after, draws).words()))
        for kind in ALARMS if kind in seas.YEARS for after in YEARS_AFTER for method in methods.YEARS
    ]  # fmt: skip
    return table(_alarm_head("after"), rows)


def _alarm_head(after: str) -> Row:
    alone = (f"{name} alone" for name in STARTS)
    return ("seas", after, "method", "headline", *alone, "depends on the baseline")


def _alarms(words: Words) -> Iterator[str]:
    yield from map(percent, study.alarms(words))
    yield percent(share(words.headline, wanted=("depends_on_baseline",)))


def beyond(draws: int) -> list[str]:
    """The shares of the method now that stand above their limit, in words."""
    found: list[str] = []
    for kind in ALARMS:
        for after in AFTERS:
            found += _beyond(kind, f"{after} months", study.months("free", kind, after, draws).words())
        for after in YEARS_AFTER if kind in seas.YEARS else ():
            found += _beyond(kind, f"{after} years", study.years("free", kind, after, draws).words())
    return found


def _beyond(kind: str, after: str, words: Words) -> Iterator[str]:
    headline, *alone = study.alarms(words)
    if headline.percent > study.limit_of_headline(kind):
        yield f"{HEADLINE} of *{kind}* seas after {after} ({percent(headline)})"
    for name, one in zip(STARTS, alone, strict=True):
        if one.percent > study.ALONE:
            yield f"{name} alone, *{kind}* seas after {after} ({percent(one)})"


def _trials_from_today(draws: int) -> list[tuple[str, study.Trial]]:
    trials = [(f"{after} months", study.months("free", "from today", after, draws)) for after in AFTERS]
    return trials + [
        (f"{after} years", study.years("free", "from today", after, draws)) for after in YEARS_AFTER
    ]


def from_today(draws: int) -> str:
    kinds = (study.UP, study.DOWN, ("depends_on_baseline",), ("no_detectable_change",))
    rows: list[Row] = []
    for after, trial in _trials_from_today(draws):
        said = trial.words().headline
        middle = np.median([fits[1].change.value for fits in trial.fits])
        rows.append((after, f"{middle:+.1f}", *(percent(share(said, wanted=kind)) for kind in kinds)))
    head = ("after", "median change, from 2014", "fall slowing, holding or recovering", "fall steepening",
            "depends on the baseline", "no detectable change")  # fmt: skip
    return table(head, rows)


def eases(draws: int) -> str:
    """The largest share of headlines that say a steep fall slowed, where the model eased it by itself."""
    found = (trial.words().headline for _, trial in _trials_from_today(draws))
    return f"{max(share(said, wanted=study.UP).percent for said in found):.0f} %"


def months_power(draws: int) -> str:
    rows: list[Row] = []
    for kind in POWER:
        for after in AFTERS:
            for method in methods.MONTHS:
                trial = study.months(method, kind, after, draws)
                rows.append((kind, f"{after} months", NAMES[method], *_power(trial, SIZES)))
    return table(("seas", "after", "method", *(f"slowing of {size:g}" for size in SIZES), _OPEN), rows)


def years_power(draws: int) -> str:
    rows: list[Row] = []
    for kind in ("changes", "gauge model"):
        for after in YEARS_AFTER:
            for method in methods.YEARS:
                trial = study.years(method, kind, after, draws)
                rows.append((kind, f"{after} years", NAMES[method], *_power(trial, YEAR_SIZES)))
    sizes = (f"{'slowing' if size > 0 else 'steepening'} of {abs(size):g}" for size in YEAR_SIZES)
    return table(("seas", "after", "method", *sizes, _OPEN), rows)


_OPEN = "slowing of 20: depends on the baseline"


def _power(trial: study.Trial, sizes: Sequence[float]) -> Iterator[str]:
    for size in sizes:
        yield percent(study.seen(trial.words(size), size))
    yield percent(share(trial.words(max(sizes)).headline, wanted=("depends_on_baseline",)))


def short() -> str:
    """What a change of pace must exceed, by baseline and length."""
    rows: list[Row] = [
        (f"{after} months", *(_edges(limit) for limit in methods.free_bands(after)))
        for after in (*AFTERS, placebo.AFTERS[-1])
    ]
    rows += [(f"{after} whole years", *(_edges(limit) for limit in methods.whole_bands(after)))
             for after in YEARS_AFTER]  # fmt: skip
    rows.append(("pace before, months", *(f"{pace:+.1f}" for pace in study.paces_before())))
    return table(("after", *STARTS), rows)


def _edges(limit: Guarded) -> str:
    return f"{limit.low:+.1f} to {limit.high:+.1f}"


def textbook() -> str:
    rows: list[Row] = []
    for after in AFTERS:
        shares = (study.textbook(after, corrected=corrected) for corrected in (False, True))
        rows.append((f"{after} months", *(of_cases(one, "dates") for one in shares)))
    return table(("after", "plain", "corrected for serial correlation"), rows)


def inside() -> str:
    """Dates of the record outside its band, and years of the list outside the band of months alone."""
    rows: list[Row] = []
    for after in AFTERS:
        for name, limit in zip(STARTS, methods.free_bands(after), strict=True):
            months, century = study.without_century(limit), limit.century
            assert century is not None
            rows.append((name, f"{after} months", of_cases(study.in_sample(limit), "dates"),
                         of_cases(study.in_sample(months), "dates"),
                         of_cases(study.in_sample(months, century), "years")))  # fmt: skip
    head = ("baseline", "after", "dates, deciding band", "dates, band of months alone",
            "gauge years, band of months alone")  # fmt: skip
    return table(head, rows)


def list_inside() -> str:
    bands = records.bands()
    rows: list[Row] = []
    for after in YEARS_AFTER:
        found = (bands.of_years(before, after) for before in yearly.BEFORES)
        rows.append((f"{after} years", *(of_cases(study.in_sample(one), "years") for one in found if one)))
    return table(("after", *STARTS), rows)


def percent(one: Share) -> str:
    """A share with its Monte Carlo error."""
    return f"{one.percent:.1f} ± {one.error:.1f} %"


def of_cases(one: Share, cases: str) -> str:
    """A share of cases that are no random draw."""
    return f"{one.percent:.1f} % of {one.cases} {cases}"
