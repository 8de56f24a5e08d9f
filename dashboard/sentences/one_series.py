"""One series in words: its span, its grade, its change, the text beside its picture."""

from __future__ import annotations

import numpy as np
import xarray as xr

from dashboard.series.change import Change
from dashboard.series.comparison import Linked
from dashboard.series.lines import steps_of
from dashboard.series.periods import LENGTH
from dashboard.series.snapshot import Snapshot, last_step, last_time, latest_value
from dashboard.words.text import DASH, number, period, plural, span, t, translate
from loaders.tables.items import Series


def age(months: int) -> str:
    """ "8 months old" in the catalogue's words."""
    if months <= 0:
        return t("age.now")
    return plural("age.years", months // 12) if months >= 36 else plural("age.months", months)


def reason(change: Change) -> str:
    return t(f"reason.{change.reason}")


def amount(change: Change, *, decimals: int = 2) -> str:
    """ "−0.38 m ± 0.14": the change and twice its uncertainty."""
    value, error = number(change.change, decimals, sign=True), number(2 * change.uncertainty, decimals)
    return f"{value} {translate(change.unit)} ± {error}"


def periods_of(change: Change) -> str:
    """ "Apr 2025–Mar 2026 against Oct 2022–Sep 2023"."""
    return t(
        "card.against",
        after=side_of(change, "after", short=True),
        before=side_of(change, "before", short=True),
    )


def side_of(change: Change, side: str, *, short: bool = False) -> str:
    """The months that one side of the pairs covers: "April 2025–March 2026", a year, or a normal's years."""
    if side == "before" and change.base:
        first, last = (str(month.astype("datetime64[Y]")) for month in change.base)
        return t("sentence.mean_of", first=first, last=last)
    whens = sorted(getattr(pair, side) for pair in change.pairs)
    if change.step == "year":
        return str(whens[0].astype("datetime64[Y]"))
    return span(whens[0], whens[-1].astype("datetime64[M]") + LENGTH[change.step] - 1, short=short)


def how_made(row: Series) -> str:
    """The grade of a series that is not the provider's own file."""
    return "" if row.provenance_grade == "primary" else grade_of(row)


def newest_period(dataset: xr.Dataset) -> str:
    """The newest counted period of a series in words."""
    return period(last_time(dataset), last_step(dataset))


def doubtful_period(dataset: xr.Dataset) -> str:
    """The last period that has a value in doubt after the newest counted one; empty where none has."""
    days = dataset["time"].values.astype("datetime64[D]")
    later = (days > last_time(dataset)) & (dataset["qc"].values == 3) & ~np.isnan(dataset["value"].values)
    at = np.flatnonzero(later)
    return period(days[at[-1]], steps_of(dataset)[at[-1]]) if at.size else ""


def spanned(dataset: xr.Dataset) -> str:
    """ "1950–1990": the first and the newest counted period."""
    return f"{first_period(dataset)}{DASH}{newest_period(dataset)}"


def first_period(dataset: xr.Dataset) -> str:
    """The first period of a series in words."""
    return period(dataset["time"].values[0], steps_of(dataset)[0])


def about(row: Series, snapshot: Snapshot) -> str:
    """Indicator, unit, datum, kind and grade of one series in a line."""
    indicator = snapshot.catalogue.indicators[row.indicator]
    datum = snapshot.catalogue.datums[row.datum].label if row.datum else ""
    kind = t(f"kind.{row.kind}")
    base = ""
    if row.base_period and row.indicator.endswith("anomaly"):
        base = t("sentence.from_mean", years=row.base_period.replace("-", DASH))
    what = f"{indicator.label}, {indicator.unit_label}"
    return " · ".join(filter(None, (what, base, datum, kind, how_made(row))))


def newest(one: Linked, snapshot: Snapshot) -> str:
    """The newest figure of a linked series: "−28.79 m, Jan–Mar 2026"."""
    indicator = snapshot.catalogue.indicators[one.row.indicator]
    value = number(one.value, indicator.decimals)
    return f"{value} {indicator.unit_label}, {newest_period(snapshot.series[one.row.id])}"


def change_words(change: Change, snapshot: Snapshot) -> tuple[str, str]:
    """The change and its periods; a reason where it cannot be told; both where only the error is missing."""
    indicator = snapshot.catalogue.indicators[snapshot.catalogue.series[change.series].indicator]
    if change.told:
        word = "" if change.direction != "no_clear_change" else f" ({t('direction.no_clear_change')})"
        return amount(
            change, decimals=max(indicator.decimals, 1)
        ) + word, f"{periods_of(change)}, n = {len(change.pairs)}"
    if change.reason == "no_uncertainty":
        value = number(change.change, max(indicator.decimals, 1), sign=True)
        return (
            f"{value} {indicator.unit_label} ({t('direction.cannot_tell')})",
            f"{periods_of(change)}; {reason(change)}",
        )
    return t("direction.cannot_tell"), reason(change)


def alt(series: str, snapshot: Snapshot) -> str:
    """The finding of one whole series in a sentence, for those who do not see its chart."""
    indicator = snapshot.catalogue.indicators[snapshot.catalogue.series[series].indicator]
    return alt_line(snapshot.series[series], indicator.unit_label, indicator.decimals)


def alt_line(dataset: xr.Dataset, unit: str, decimals: int) -> str:
    last = newest_period(dataset)
    return t(
        "chart.alt_line",
        title=dataset.attrs["title"],
        first=first_period(dataset),
        last=last,
        when=last,
        value=number(latest_value(dataset)[1], decimals),
        unit=unit,
    )


def grade_of(row: Series) -> str:
    """Whose hand the figures come from; of a derived series that of its weakest input."""
    grade = t(f"grade.{row.provenance_grade}")
    return t("grade.of_inputs", grade=grade) if row.derive else grade
