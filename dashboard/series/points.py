"""What a chart plots as a table: columns under plain names, and the same in the reader's words (pure)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from dashboard.series.change import NORMAL, Change
from dashboard.series.lines import Line
from dashboard.words.text import DASH, period, t

SIDES = ("before", "after")
NORMAL_YEARS = DASH.join(str(month.astype("datetime64[Y]")) for month in NORMAL)


def of_lines(lines: Sequence[Line], datasets: Sequence[xr.Dataset]) -> pd.DataFrame:
    """Exactly the plotted points, with what each is and where it comes from, in the reader's words."""
    attrs = {dataset.attrs["series_id"]: dataset.attrs for dataset in datasets}
    frames = []
    for line in lines:
        about = attrs[line.series]
        frames.append(
            pd.DataFrame(
                {
                    t("chart.time"): list(map(period, line.times, line.steps)),
                    t("chart.value"): line.values,
                    t("chart.unit"): about["units"],
                    t("chart.flag"): [t(f"chart.flag_{flag}") for flag in line.flags],
                    t("chart.series"): line.series,
                    t("chart.datum"): about.get("datum", ""),
                    t("chart.source"): about["source"],
                }
            ).iloc[::-1]
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def of_pairs(change: Change, *, normal: bool = False) -> pd.DataFrame:
    """Each like period before and after, the two values and their difference, in the unit of the series.

    Periods are the ISO months in which they start; with ``normal`` the side before is a mean of many years.
    """
    pairs = change.pairs
    before, after = ([str(getattr(pair, side).astype("datetime64[M]")) for pair in pairs] for side in SIDES)
    return pd.DataFrame(
        {
            "series": change.series,
            "step": change.step,
            "before": [NORMAL_YEARS] * len(pairs) if normal else before,
            "after": after,
            "value_before": [pair.value_before for pair in pairs],
            "value_after": [pair.value_after for pair in pairs],
            "difference": [pair.difference for pair in pairs],
            "unit": change.unit,
            "datum": change.datum or "",
        }
    )


def of_changes(lines: Sequence[Line], zero: str) -> pd.DataFrame:
    """Drawn lines whose values stand above or below a zero of their own, named by ``zero``."""
    frames = [
        pd.DataFrame(
            {
                "series": line.series,
                "time": line.times.astype("datetime64[D]").astype(str),
                "value": line.values,
                "zero": zero,
                "source": line.hover,
            }
        )
        for line in lines
    ]
    return pd.concat(frames, ignore_index=True)


def of_rates(
    series: str, ends: np.ndarray, middle: np.ndarray, low: np.ndarray, high: np.ndarray
) -> pd.DataFrame:
    """Slopes with their interval by the last year of each, in centimetres a year."""
    columns = {"value": middle, "low": low, "high": high}
    return pd.DataFrame({"series": series, "time": ends.astype(str), **columns, "unit": "cm a year"})


def spoken(frame: pd.DataFrame) -> pd.DataFrame:
    """The table under headings in the reader's language."""
    return frame.rename(columns={name: t(f"chart.{name}") for name in frame.columns})
