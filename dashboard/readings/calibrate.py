"""How often the condition words are wrong, and how often they see a change that is there; measured, printed.

``python -m dashboard.readings.calibrate`` writes ``docs/calibration.md``. The words are those of the pages:
the same functions run on placebo dates of the record and on synthetic series with the sea's own spectrum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import loaders
from dashboard.analysis import annual_means, monthly_means
from dashboard.readings import condition, frozen, ground, piecewise, placebo, synthetic, yearly
from dashboard.readings.estimates import Band
from dashboard.readings.frozen import AFTER_START, CM, Bands
from dashboard.readings.records import ConditionState

FILE = Path(__file__).parents[2] / "docs" / "calibration.md"
PLACE = "caspian"
SEED = 20231124
DRAWS = 1000
ROUGH_DRAWS = 300
SLOWINGS = (5.0, 10.0, 20.0)
AFTERS = (36, 60)
YEARS_AFTER = (2, 3, 5)
SPECTRA: tuple[synthetic.Spectrum, ...] = ("changes", "levels")
NO_CHANGE = ("no_detectable_change", "depends_on_baseline", "sources_disagree", "no_data", "too_early")
SLOWER = ("fall_slowing", "recovering", "holding")
NOMINAL, IN_SAMPLE, OUT_OF_SAMPLE = 10.0, 10.0, 12.0


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
class Trial:
    """Words on synthetic series: of the headline, and of each baseline by its start."""

    after: int
    spectrum: str
    added: float
    headline: tuple[ConditionState, ...]
    single: dict[str, tuple[ConditionState, ...]]


def share(states: Sequence[ConditionState], wanted: Sequence[str] = (), other: Sequence[str] = ()) -> Share:
    """The share of ``wanted`` words, or of all but ``other``."""
    hits = sum(state in wanted if wanted else state not in other for state in states)
    return Share(100 * hits / len(states), len(states))


def in_sample(bands: Mapping[frozen.Key, Band], before: int, after: int, ten: int) -> Share:
    """The share of placebo dates that the band after the guard would call a change."""
    used = placebo.guarded(bands[before, after], bands[ten, after])
    assert used is not None
    values = np.array(used.own.values)
    return Share(100 * float(((values < used.low) | (values > used.high)).mean()), used.own.count)


def textbook(months: np.ndarray, values: np.ndarray, after: int, *, corrected: bool) -> Share:
    """What a t-test at 10 % would call a change at placebo dates with ten years before."""
    breaks, _ = placebo.changes(months, values, placebo.TEN_YEARS, after)
    hits = 0
    for at in breaks:
        inside = (months >= at - placebo.TEN_YEARS) & (months < at + after)
        columns = piecewise.design(piecewise.middle(months[inside]), at.astype(int) / 12)
        found, covariance, r, _ = piecewise.solve(columns, values[inside], months[inside])
        error = np.sqrt(covariance[piecewise.CHANGE, piecewise.CHANGE])
        plain = error if corrected else error / np.sqrt((1 + r) / (1 - r))
        hits += abs(found[piecewise.CHANGE]) > 1.645 * plain
    return Share(100 * hits / len(breaks), len(breaks))


def trial(after: int, spectrum: synthetic.Spectrum, added: float, draws: int, *, own: bool = False) -> Trial:
    """The words for synthetic months with the record's spectrum and trend, and ``added`` cm a year after.

    With ``own`` the bands are made from each synthetic record itself, which shows how rough a band is.
    """
    months, values = record()
    axis = np.arange(months[0], AFTER_START + after)
    gaps = np.full(int((months[-1] - months[0]).astype(int)) + 1, np.nan)
    gaps[(months - months[0]).astype(int)] = values
    drawn = synthetic.draw(gaps, axis.size, draws, spectrum, np.random.default_rng(SEED), 12)
    times = piecewise.middle(axis)
    drawn += piecewise.line(months, values).value * times
    drawn += added * np.maximum(times - piecewise.moment(condition.SPEECH), 0)
    row, day = loaders.catalogue().series[frozen.MONTHLY], (axis[-1] + 1).astype("datetime64[D]")
    fixed = frozen.bands_of(PLACE)
    assert fixed is not None
    words: list[ConditionState] = []
    single: dict[str, list[ConditionState]] = {start: [] for start in frozen.BASELINES}
    for one in drawn:
        made = condition.Record(row, axis, one, day)
        past = axis <= months[-1]
        bands: Bands = frozen.own_bands(PLACE, axis[past], one[past], after) if own else fixed
        found = condition.reading(made, bands, day)
        words.append(found.state)
        for baseline in found.baselines:
            single[baseline.start].append(baseline.state)
    return Trial(after, spectrum, added, tuple(words), {key: tuple(states) for key, states in single.items()})


def yearly_trial(after: int, added: float, draws: int) -> tuple[ConditionState, ...]:
    """The words of the yearly ground for synthetic years with the list's spectrum and no trend."""
    years, values = annual_means(loaders.open_series(frozen.YEARLY, origin="baseline"))
    numbers = years.astype(int) + 1970
    past = numbers < yearly.SPEECH_YEAR
    axis = np.arange(numbers[0], yearly.SPEECH_YEAR + after + 1)
    drawn = synthetic.draw(values[past] * CM, axis.size, draws, "changes", np.random.default_rng(SEED), 0)
    drawn += added * np.maximum(axis - yearly.SPEECH_YEAR, 0)
    row, day = loaders.catalogue().series[frozen.YEARLY], np.datetime64(f"{axis[-1] + 1}-01-01", "D")
    bands = frozen.bands_of(PLACE)
    assert bands is not None
    found = [ground.ground([ground.Years(row, axis, one)], bands, day) for one in drawn]
    return tuple(one.state for one in found if one)


def record() -> tuple[np.ndarray, np.ndarray]:
    """The complete months before the speech of the record that the bands are made of, in cm."""
    months, values = monthly_means(loaders.open_series(frozen.MONTHLY, origin="baseline"))
    past = months <= frozen.BEFORE_END
    return months[past], values[past] * CM


def main() -> None:
    from dashboard.readings.calibration_page import page

    FILE.write_text(page(DRAWS, ROUGH_DRAWS), "utf-8")


if __name__ == "__main__":
    main()
