"""Whether a claim about a level was true when it was said: Theil-Sen slope and Mann-Kendall, as description.

They describe a series in text; they never decide a word. Yearly means only, with their true years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from dashboard.readings.condition.fit.estimates import Estimate
from dashboard.series.periods import SPEECH, annual_means

FIRST, LAST = 2006, 2022
MIN_YEARS = 10


@dataclass(frozen=True)
class WhenSaid:
    """Yearly means of one series up to the year before the speech; the slope in its unit a year."""

    series: str
    first: int
    last: int
    years: int
    slope: Estimate
    z: float


def when_said(dataset: xr.Dataset, first: int = FIRST, last: int = LAST) -> WhenSaid | None:
    """The trend of whole years before the speech with its 90 % interval; None with under ten of them."""
    from scipy.stats import theilslopes

    years, values = annual_means(dataset, SPEECH)
    numbers = years.astype(int) + 1970
    inside = (numbers >= first) & (numbers <= last)
    if inside.sum() < MIN_YEARS:
        return None
    numbers, values = numbers[inside], values[inside]
    found = theilslopes(values, numbers, alpha=0.9)
    slope = Estimate(float(found[0]), float(found[2]), float(found[3]))
    series = dataset.attrs["series_id"]
    return WhenSaid(series, int(numbers[0]), int(numbers[-1]), len(values), slope, mann_kendall(values))


def mann_kendall(values: np.ndarray) -> float:
    """The z of the Mann-Kendall test with its correction for ties and continuity."""
    count = len(values)
    score = float(np.sign(values[None, :] - values[:, None])[np.triu_indices(count, 1)].sum())
    _, ties = np.unique(values, return_counts=True)
    spread = count * (count - 1) * (2 * count + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())
    return float((score - np.sign(score)) / np.sqrt(spread / 18)) if spread else 0.0
