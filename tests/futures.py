"""Made-up seas whose truth is known: a fall that steepens until the speech, and then whatever is wanted.

The heights are those of a function of the day, in NASA's true file, a pass every ten days. What a page must
say of them is worked out here from the same function, by plain sums.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, pi
from statistics import fmean

from werkzeug import Request, Response

from tests.payloads import gwm
from tests.providers import LAKES

SPEECH, FIRST = date(2023, 11, 24), date(1992, 9, 26)
LAKE = 270
# Metres above EGM2008 on the day of the speech, and the fall of that day in m a year.
LEVEL, FALL, STEEPENS, STEADY_BEFORE = -28.40, -0.18, 0.0045, -20.0
# NASA's newest pass before each of the three clocks.
NEWEST = {"2026-11-27": date(2026, 11, 18), "2027-02-15": date(2027, 2, 8), "2028-11-27": date(2028, 11, 18)}
Course = Callable[[float], float]


@dataclass(frozen=True)
class Sea:
    """``after``: metres above the level of the speech by the years since it; ``last`` ends the file."""

    after: Course
    last: date

    def height(self, day: date) -> float:
        """Metres above EGM2008, with a yearly swing of 0.15 m."""
        years = (day - SPEECH).days / 365.25
        then = max(years, STEADY_BEFORE)
        moved = self.after(years) if years > 0 else FALL * then - STEEPENS * then**2
        return LEVEL + moved + 0.15 * cos(2 * pi * (day.timetuple().tm_yday / 365.25 - 0.45))

    def passes(self) -> list[date]:
        count = (self.last - FIRST).days // 10
        return [self.last - timedelta(days=10 * at) for at in range(count, -1, -1)]

    def file(self) -> bytes:
        latitude, longitude, factor, name = LAKES[LAKE]
        rows = [gwm.Row(day, round(self.height(day) - factor, 2)) for day in self.passes()]
        return gwm.lake_file(rows, name=name, latitude=latitude, longitude=longitude, factor=factor)

    def months(self) -> dict[tuple[int, int], float]:
        """Means of the passes of each month that no further pass can fall into."""
        found: dict[tuple[int, int], list[float]] = {}
        for day in self.passes():
            found.setdefault((day.year, day.month), []).append(self.height(day))
        following = self.last + timedelta(days=10)
        found.pop((self.last.year, self.last.month)) if following.month == self.last.month else None
        return {month: fmean(heights) for month, heights in found.items() if len(heights) > 1}

    def change(self) -> float:
        """Newest twelve months less the twelve to October 2023, pair by pair."""
        months = self.months()
        newest = sorted(months)[-12:]
        before = {month: months[2022 if month > 10 else 2023, month] for month in range(1, 13)}
        return fmean(months[year, month] - before[month] for year, month in newest)

    def year(self, year: int) -> float:
        months = self.months()
        return fmean(months[year, month] for month in range(1, 13))


def steady(slope: float) -> Course:
    """So many metres a year from the speech on."""
    return lambda years: slope * years


def late(years: float) -> float:
    """On as before, 0.13 m a year, to the end of 2025; then up, 0.9 m in the newest year."""
    turn = (date(2025, 12, 31) - SPEECH).days / 365.25
    return -0.13 * years if years <= turn else -0.13 * turn + 1.1 * (years - turn)


@dataclass
class Nasa:
    """One lake's file; every other address is not found."""

    sea: Sea

    def answer(self, request: Request) -> Response:
        if re.search(rf"lake{LAKE:06d}", request.path):
            return Response(self.sea.file(), content_type="text/plain")
        return Response(status=404)
