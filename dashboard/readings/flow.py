"""The test of a yearly river flow: five years against the mean of 1995-2014, sharp beyond one deviation.

Questionable years (flag 3) are left out and named. A flow has no trend test and no placebo band.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from dashboard.readings.condition.records import ConditionState, Flow, FlowSide
from dashboard.series.periods import SPEECH_YEAR

REFERENCE = (1995, 2014)
YEARS = 5
MIN_REFERENCE = 0.7
# The first day on which five years after the speech are over.
UNTIL = f"{SPEECH_YEAR + YEARS + 1}-01-01"


def flow(dataset: xr.Dataset) -> Flow | None:
    """The one-deviation test of one yearly series; None without enough reference years."""
    flags, values = dataset["qc"].values, dataset["value"].values
    years = dataset["time"].values.astype("datetime64[Y]").astype(int) + 1970
    known = ~np.isnan(values) & np.isin(flags, (1, 2))
    inside = known & (years >= REFERENCE[0]) & (years <= REFERENCE[1])
    span = REFERENCE[1] - REFERENCE[0] + 1
    if inside.sum() < MIN_REFERENCE * span:
        return None
    mean, deviation = float(values[inside].mean()), float(values[inside].std(ddof=1))
    past, later = known & (years <= SPEECH_YEAR), known & (years > SPEECH_YEAR)
    after = _side(years[later], values[later], mean, deviation)
    return Flow(
        series=dataset.attrs["series_id"],
        unit=dataset.attrs["units"],
        reference=REFERENCE,
        reference_years=int(inside.sum()),
        mean=mean,
        deviation=deviation,
        before=_side(years[past], values[past], mean, deviation),
        after=after,
        years_after=int(later.sum()),
        excluded=tuple(int(year) for year in years[(flags == 3) & (years >= REFERENCE[0])]),
        state=_state(after, int(later.sum()), deviation),
    )


def _side(years: np.ndarray, values: np.ndarray, mean: float, deviation: float) -> FlowSide | None:
    """The newest five good years; None with fewer."""
    if len(years) < YEARS:
        return None
    own = float(values[-YEARS:].mean())
    chosen = tuple(int(year) for year in years[-YEARS:])
    return FlowSide(chosen, own, own - mean, own - mean < -deviation)


def _state(after: FlowSide | None, years_after: int, deviation: float) -> ConditionState:
    """The words of a change below, inside or above its band; the band is one deviation of yearly flow."""
    if after is None:
        return "too_early" if years_after else "no_data"
    if after.sharp:
        return "fall_steepening"
    return "recovering" if after.difference > deviation else "no_detectable_change"
