"""The panel of one water body or one series, as the Overview and the printed brief draw it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import charts
from dashboard.figures.marks import Mark
from dashboard.palette import Palette
from dashboard.sentences.citation import credit
from dashboard.sentences.one_series import age
from dashboard.series.lines import Line, line_of
from dashboard.series.snapshot import Snapshot, end_of, label, months_between, stale
from dashboard.words.text import t
from loaders.tables.items import Series

FROM_ZERO = ("area", "volume", "river-flow", "inflow", "co2", "ghg", "water-withdrawal", "fish-capture")
KOKARAL = np.datetime64("2005-08-01")


def line_of_row(row: Series, snapshot: Snapshot, look: Palette, **more: object) -> Line:
    """A whole series in its place's colours under its short name."""
    return line_of(
        snapshot.series[row.id],
        label(row),
        look.line(snapshot.tone(row.place, row.sea)),
        text_color=look.text(snapshot.tone(row.place, row.sea)),
        **more,
    )


def lines_of(names: Sequence[str], snapshot: Snapshot, look: Palette, today: np.datetime64) -> list[Line]:
    """The lines of one panel, each with its age where it is stale: the first heavy, finer ones thin."""
    found = []
    for at, name in enumerate(names):
        row, dataset = snapshot.catalogue.series[name], snapshot.series[name]
        old = age(months_between(end_of(dataset), today)) if stale(dataset, today) else ""
        role = "thin" if at else "main"
        found.append(line_of_row(row, snapshot, look, role=role, age=old))
    return [line for line in found if line.times.size]


def panel_of(
    lines: Sequence[Line],
    snapshot: Snapshot,
    look: Palette,
    today: np.datetime64,
    *,
    since: str = "",
    marks: Sequence[Mark] = (),
    height: int = 232,
    view: str = "",
) -> go.Figure:
    """One panel in the unit of its first line, with the speech and the credit of all its series."""
    row = snapshot.catalogue.series[lines[0].series]
    indicator = snapshot.catalogue.indicators[row.indicator]
    return charts.panel(
        lines,
        look,
        unit=indicator.unit_label,
        decimals=indicator.decimals,
        today=today,
        since=since,
        speech=t("card.speech"),
        zero=row.indicator in FROM_ZERO,
        marks=marks,
        height=height,
        credit=credit([snapshot.series[line.series] for line in lines], snapshot.cache_id),
        view=view,
    )


def marks_of(place: str, lines: Sequence[Line]) -> tuple[Mark, ...]:
    """The closing of the Kokaral dam, where the drawn period holds it."""
    times = lines[0].times
    if place != "north-aral" or not (times[0] <= KOKARAL <= times[-1]):
        return ()
    at = int(np.searchsorted(times, KOKARAL))
    return (Mark(KOKARAL, float(lines[0].values[at]), t("card.kokaral"), dx=52, dy=84),)
