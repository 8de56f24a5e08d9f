"""The panel of one water body or one series, as the Overview and the printed brief draw it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.citation import credit
from dashboard.figures import charts
from dashboard.figures.drawing import Mark
from dashboard.lines import Line, clip, line_of
from dashboard.palette import Palette
from dashboard.snapshot import Snapshot, label
from dashboard.text import t

FROM_ZERO = ("area", "volume", "river-flow", "inflow", "co2", "ghg", "water-withdrawal", "fish-capture")
KOKARAL = np.datetime64("2005-08-01")
Period = tuple[np.datetime64 | None, np.datetime64 | None]


def lines_of(
    names: Sequence[str], snapshot: Snapshot, look: Palette, period: Period = (None, None)
) -> list[Line]:
    """The lines of one panel: the first heavy, finer ones of the same datum thin; empty ones left out."""
    found = []
    for at, name in enumerate(names):
        row = snapshot.catalogue.series[name]
        line = line_of(
            snapshot.series[name],
            label(row),
            look.of_place(row.place, row.sea),
            role="main" if at == 0 else "thin",
            text_color=look.text_of_place(row.place, row.sea),
        )
        found.append(clip(line, *period))
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
    return (Mark(KOKARAL, float(lines[0].values[at]), t("card.kokaral"), dy=62),)
