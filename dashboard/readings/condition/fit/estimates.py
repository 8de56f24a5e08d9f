"""The numbers that readings are made of: estimates and fits, placebo bands, a trend carried on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A value with its 90 % interval, NaN where there is none."""

    value: float
    low: float = np.nan
    high: float = np.nan


@dataclass(frozen=True)
class Fit:
    """Two slopes and their difference, a year; ``r`` is the lag-1 correlation of the residuals after (of
    yearly lists before)."""

    before: Estimate
    after: Estimate
    change: Estimate
    r: float
    points: int
    effective: float


@dataclass(frozen=True)
class Band:
    """Changes at placebo dates for one length before and after; from ``low`` to ``high`` is no finding.

    ``independent`` after-windows do not overlap; all the others share most of their values.
    """

    before: int
    after: int
    step: Literal["month", "year"]
    first: str
    last: str
    independent: int
    low: float
    high: float
    values: tuple[float, ...]

    @property
    def count(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Guarded:
    """The band that decides: the own one, or its wider ends with the ten-year and the century's band."""

    low: float
    high: float
    own: Band
    ten: Band
    century: Band | None = None

    @property
    def widened(self) -> bool:
        return (self.low, self.high) != (self.own.low, self.own.high)


@dataclass(frozen=True)
class Carried:
    """The trend before the speech carried on, with its 90 % prediction band; a guide, never the test."""

    series: str
    start: str
    step: Literal["month", "year"]
    times: np.ndarray
    observed: np.ndarray
    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray
