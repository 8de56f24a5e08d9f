"""Level to area and volume, what a metre uncovers, and what it would take to hold a level (pure)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.readings.pathway import inflow_to_hold

M_KM2_TO_KM3 = 1e-3
FILLED = 0.98


@dataclass(frozen=True)
class Curve:
    """Level (m, rising), area (km2) and volume (km3) of one basin; ``years`` say when each triple was seen.

    Valid between its lowest and highest level only. Raises nothing; ``at`` gives NaN outside.
    """

    level: np.ndarray
    area: np.ndarray
    volume: np.ndarray
    years: tuple[str, ...]

    def at(self, level: float) -> tuple[float, float]:
        """Area and volume at a level, linear between neighbours; NaN outside the table."""
        if not self.level[0] <= level <= self.level[-1]:
            return float("nan"), float("nan")
        return float(np.interp(level, self.level, self.area)), float(
            np.interp(level, self.level, self.volume)
        )


@dataclass(frozen=True)
class Metre:
    """One metre of level: from ``top`` down to ``bottom`` so many km2 fell dry."""

    top: float
    bottom: float
    uncovered: float


@dataclass(frozen=True)
class Hold:
    """The extra inflow that would hold a level, or reach another by a year (km3 a year, with its range).

    ``low`` and ``high`` come from the published range of the area and twice the uncertainty of the fall.
    """

    fall: float
    fall_error: float
    area_low: float
    area_high: float
    middle: float
    low: float
    high: float


def curve(table: pd.DataFrame) -> Curve:
    """The hypsometric table of a baseline or a grid: strictly rising levels, flags 4 and 9 left out."""
    rows = table[~table["qc"].isin((4, 9))] if "qc" in table else table
    rows = rows.sort_values("level").drop_duplicates("level")
    years = tuple(str(year) for year in rows["years"]) if "years" in rows else ("",) * len(rows)
    return Curve(
        rows["level"].to_numpy("float64"),
        rows["area"].to_numpy("float64"),
        rows["volume"].to_numpy("float64"),
        years,
    )


def metres(found: Curve, step: float = 2.0) -> list[Metre]:
    """Area lost for each ``step`` metres from the top down, as km2 per metre.

    Two metres, not one: the surveyed triples jump from metre to metre.
    """
    tops = np.arange(np.floor(found.level[-1]), found.level[0] + step - 1e-9, -step)
    return [Metre(top, top - step, (found.at(top)[0] - found.at(top - step)[0]) / step) for top in tops]


def inside_outline(found: Curve) -> Curve:
    """The part of a curve below the level at which the sea fills the outline that cut off the ground.

    Above it the area cannot grow, whatever the shore did.
    """
    open_ = found.area <= FILLED * found.area[-1]
    return Curve(
        found.level[open_],
        found.area[open_],
        found.volume[open_],
        tuple(year for year, kept in zip(found.years, open_, strict=True) if kept),
    )


def layer(found: Curve, level: float, rise: float) -> float:
    """Mean area (km2) of the water from a level to ``rise`` metres above it; the level's own for no rise."""
    if rise == 0:
        return found.at(level)[0]
    return (found.at(level + rise)[1] - found.at(level)[1]) / rise / M_KM2_TO_KM3


def below(found: Curve, level: float) -> tuple[float, float]:
    """Bed (km2) that one metre less than a level uncovers, and the water (km3) that the metre holds."""
    area, volume = found.at(level)
    lower_area, lower_volume = found.at(level - 1)
    return area - lower_area, volume - lower_volume


def hold(fall: float, fall_error: float, area_low: float, area_high: float) -> Hold:
    """Extra inflow that would hold the level: fall per year (m, positive) times area (km2).

    1 km2 times 1 m is 0.001 km3. The range joins the published areas and twice the error of the fall.
    """
    middle = inflow_to_hold(fall, (area_low + area_high) / 2)
    low = inflow_to_hold(fall - 2 * fall_error, area_low)
    high = inflow_to_hold(fall + 2 * fall_error, area_high)
    return Hold(fall, fall_error, area_low, area_high, middle, low, high)


def reach(held: Hold, rise: float, years: int) -> Hold:
    """The same with ``rise`` metres more in ``years`` years, spread evenly and added to the fall."""
    return hold(held.fall + rise / years, held.fall_error, held.area_low, held.area_high)


@dataclass(frozen=True)
class Pair:
    """Two officially stated pairs of level and volume, and the mean area that they imply between them."""

    lower: str
    upper: str
    level_change: float
    volume_change: float
    implied_area: float


def implied_areas(levels: dict[str, float], volumes: dict[str, float]) -> list[Pair]:
    """Volume difference over level difference between the lowest stated pair and each other one, in km2.

    One depth curve can only give areas that grow with the level and stay below the full sea's.
    """
    common = sorted(set(levels) & set(volumes), key=lambda when: levels[when])
    found = []
    for upper in common[1:]:
        rise, more = levels[upper] - levels[common[0]], volumes[upper] - volumes[common[0]]
        found.append(Pair(common[0], upper, rise, more, more / rise / M_KM2_TO_KM3))
    return found


def yearly_fall(years: np.ndarray, values: np.ndarray, count: int = 10) -> tuple[float, float, int, int]:
    """Fall in metres a year over the newest ``count`` whole years, its standard error, first and last year.

    Least squares; the error takes neighbouring years as independent and is therefore a lower bound.
    """
    numbers = years[-count:].astype("datetime64[Y]").astype(int) + 1970
    x = numbers - numbers.mean()
    y = values[-count:]
    slope = float(x @ (y - y.mean()) / (x @ x))
    rest = y - y.mean() - slope * x
    error = float(np.sqrt(rest @ rest / (count - 2) / (x @ x)))
    return -slope, error, int(numbers[0]), int(numbers[-1])
