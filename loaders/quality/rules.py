"""The single tests of a quality check: each takes times, values and the limits, and gives a flag per point.

Flags are those of QARTOD. A test that cannot be run says 2: outside the validity of the limits, at the edges,
or where the neighbours are too far away. A point exactly on a limit is inside it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from loaders.tables.schema import Step, Threshold
from loaders.tables.vocabulary import Flag

AHEAD = timedelta(days=2)
# A neighbour further away than this many steps says nothing about a spike or a flat line.
FAR = 3.0
# A change over more than one and a half steps is not the change of a step.
LONG = 1.5
TAIL, YEAR, SEASON = 3, 365.25, 30.0
DAY = np.timedelta64(1, "D")
BADNESS = (Flag.MISSING, Flag.NOT_EVALUATED, Flag.PASS, Flag.SUSPECT, Flag.FAIL)
RANK = np.array([BADNESS.index(flag) if flag in BADNESS else 0 for flag in range(10)])


def worst(*flags: np.ndarray) -> np.ndarray:
    """The worst flag of each point, by 4 > 3 > 1 > 2 > 9."""
    return np.array(BADNESS, dtype="int8")[np.max([RANK[part] for part in flags], axis=0)]


def ahead(times: np.ndarray, now: datetime) -> np.ndarray:
    """4 where a time is more than two days after ``now``, else 1."""
    latest = np.datetime64((now + AHEAD).replace(tzinfo=None), "ns")
    return np.where(times > latest, Flag.FAIL, Flag.PASS).astype("int8")


def gross_range(times: np.ndarray, values: np.ndarray, limits: Threshold) -> np.ndarray:
    """4 outside the fail span, 3 outside the suspect span."""
    flags = np.full(values.shape, Flag.PASS, dtype="int8")
    flags[outside(values, limits.suspect_below, limits.suspect_above)] = Flag.SUSPECT
    flags[outside(values, limits.fail_below, limits.fail_above)] = Flag.FAIL
    return _settled(times, values, flags, limits)


def doubted(times: np.ndarray, values: np.ndarray, limits: Threshold) -> np.ndarray:
    """3 where the place itself is in doubt: off the line on which it falls, or a bed known to be dry."""
    flags = np.full(values.shape, Flag.PASS, dtype="int8")
    if limits.line:
        line = limits.line
        apart = np.abs(values - (line.value + line.per_year * (_years(times) - line.year)))
        flags[(apart > line.within) & (times >= np.datetime64(line.since, "ns"))] = Flag.SUSPECT
    if limits.doubt_from:
        flags[times >= np.datetime64(limits.doubt_from, "ns")] = Flag.SUSPECT
    return _settled(times, values, flags, limits)


def step(times: np.ndarray, values: np.ndarray, limits: Threshold) -> np.ndarray:
    """Change since the value one step earlier, by each of the limits' steps; the worst of them counts."""
    flags = np.full(values.shape, Flag.NOT_EVALUATED, dtype="int8")
    there = np.flatnonzero(~np.isnan(values))
    if there.size > 1:
        for rule in limits.steps:
            flags[there] = worst(flags[there], _step(times[there], values[there], rule, limits.percent))
    return _settled(times, values, flags, limits)


def spike(times: np.ndarray, values: np.ndarray, limits: Threshold) -> np.ndarray:
    """Three-point spike test: |v - (previous + next) / 2| above the suspect or the fail limit.

    Neighbours are the nearest points with a value.
    """
    flags = np.full(values.shape, Flag.NOT_EVALUATED, dtype="int8")
    there = np.flatnonzero(~np.isnan(values))
    if limits.spike_suspect is not None and there.size >= 3:
        known = values[there]
        mean = (known[:-2] + known[2:]) / 2
        size = _share(np.abs(known[1:-1] - mean), mean) if limits.percent else np.abs(known[1:-1] - mean)
        near = _near(times[there], limits)
        tested = near[:-1] & near[1:] & ~np.isnan(size)
        flags[there[1:-1][tested]] = _graded(size, limits.spike_suspect, limits.spike_fail)[tested]
    return _settled(times, values, flags, limits)


def flat(times: np.ndarray, values: np.ndarray, limits: Threshold) -> np.ndarray:
    """3 from the point on at which ``flat_count`` neighbours in a row lie within ``flat_within``.

    In the exempt months, those of the ice, nothing is said.
    """
    flags = np.full(values.shape, Flag.NOT_EVALUATED, dtype="int8")
    there, count = np.flatnonzero(~np.isnan(values)), limits.flat_count
    if count and there.size >= count:
        runs = np.lib.stride_tricks.sliding_window_view(values[there], count)
        near = np.lib.stride_tricks.sliding_window_view(_near(times[there], limits), count - 1).all(axis=1)
        equal = np.ptp(runs, axis=1) <= limits.flat_within * (1 + 1e-9)
        flags[there[count - 1 :]] = np.where(equal & near, Flag.SUSPECT, Flag.PASS)
        months = times.astype("datetime64[M]").astype(int) % 12 + 1
        flags[np.isin(months, limits.flat_exempt_months)] = Flag.NOT_EVALUATED
    return _settled(times, values, flags, limits)


def tail(times: np.ndarray, values: np.ndarray, limits: Threshold) -> np.ndarray:
    """3 for the newest three points where their mean is not where the years before lead; else 2."""
    flags = np.full(values.shape, Flag.NOT_EVALUATED, dtype="int8")
    there = np.flatnonzero(~np.isnan(values))
    apart = departure(times, values)
    if limits.tail_suspect is not None and apart is not None and abs(apart) > limits.tail_suspect:
        flags[there[-TAIL:]] = Flag.SUSPECT
    return _settled(times, values, flags, limits)


def departure(times: np.ndarray, values: np.ndarray) -> float | None:
    """How far the newest three points stand above the season of a year ago moved on by the trend, or None.

    The season is the mean of the 61 days around the same day a year earlier; the trend is the mean of the
    year before the three points less that of the year before it. Each of them needs three points, and the
    record two whole years.
    """
    there = ~np.isnan(values)
    if there.sum() <= TAIL:
        return None
    days, known = (times[there] - times[there][-TAIL]) / DAY, values[there]
    middle = (days[-TAIL] + days[-1]) / 2 - YEAR
    last, older = (days >= -YEAR) & (days < 0), (days >= -2 * YEAR) & (days < -YEAR)
    season = (np.abs(days - middle) <= SEASON) & (days < 0)
    if days[0] > SEASON - 2 * YEAR or min(last.sum(), older.sum(), season.sum()) < TAIL:
        return None
    trend = known[last].mean() - known[older].mean()
    return float(known[-TAIL:].mean() - known[season].mean() - trend)


def outside(values: np.ndarray, below: float | None, above: float | None) -> np.ndarray:
    """Where a value lies below the one or above the other."""
    found = np.zeros(values.shape, dtype=bool)
    if below is not None:
        found |= values < below
    if above is not None:
        found |= values > above
    return found


def _step(times: np.ndarray, values: np.ndarray, rule: Step, percent: bool) -> np.ndarray:
    """The flags of one rule: each point beside the earlier one that stands nearest to ``days`` before it."""
    days = (times - times[0]) / DAY
    place = np.arange(days.size)
    after = np.searchsorted(days, days - rule.days)
    before = np.maximum(after - 1, 0)
    closer = np.abs(days[after] - days + rule.days) < np.abs(days[before] - days + rule.days)
    earlier = np.clip(np.where(closer, after, before), 0, np.maximum(place - 1, 0))
    gap, change = days - days[earlier], np.abs(values - values[earlier])
    if percent:
        change = _share(change, values[earlier])
    room = rule.per_day * np.maximum(gap - rule.days, 0)
    fits = (gap >= rule.days / 2) | (earlier == place - 1)
    tested = fits & (place > 0) & ((rule.per_day > 0) | (gap <= LONG * rule.days)) & ~np.isnan(change)
    return np.where(tested, _graded(change - room, rule.suspect, rule.fail), Flag.NOT_EVALUATED)


def _graded(size: np.ndarray, suspect: float, fail: float | None) -> np.ndarray:
    flags = np.where(size > suspect, Flag.SUSPECT, Flag.PASS).astype("int8")
    if fail is not None:
        flags[size > fail] = Flag.FAIL
    return flags


def _near(times: np.ndarray, limits: Threshold) -> np.ndarray:
    """Which gaps between neighbours are short enough, by the median step and by the step the limits know."""
    gaps = np.diff(times) / DAY
    longest = FAR * np.median(gaps)
    return gaps <= min([longest, *(FAR * rule.days for rule in limits.steps[:1])])


def _share(change: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Per cent; NaN of nothing."""
    return 100 * change / np.where(of == 0, np.nan, np.abs(of))


def _years(times: np.ndarray) -> np.ndarray:
    """Calendar years with their fraction."""
    year = times.astype("datetime64[Y]")
    length = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")) / DAY
    return year.astype(int) + 1970 + (times - year) / DAY / length


def _settled(times: np.ndarray, values: np.ndarray, flags: np.ndarray, limits: Threshold) -> np.ndarray:
    """2 outside the validity of the limits, 9 without a value."""
    valid = times >= np.datetime64(limits.valid_from, "ns")
    if limits.valid_to:
        valid &= times < np.datetime64(limits.valid_to, "D") + DAY
    return np.where(np.isnan(values), Flag.MISSING, np.where(valid, flags, Flag.NOT_EVALUATED)).astype("int8")
