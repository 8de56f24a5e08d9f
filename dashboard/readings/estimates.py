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
    """Two slopes and their difference, a year; ``r`` is the lag-1 correlation of the residuals."""

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
    """The band that decides: the own one, or the wider of it and the ten-year one, end by end."""

    low: float
    high: float
    widened: bool
    own: Band
    ten: Band


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
