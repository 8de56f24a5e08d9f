"""Long view: every source over its record from its own mean, their median, and each minus the median."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from dashboard.figures import charts
from dashboard.markup import blocks
from dashboard.sentences.headline import concord
from dashboard.series import doubts, points
from dashboard.series.level import levels, together
from dashboard.series.lines import Line, clip, shifted
from dashboard.series.periods import SPEECH
from dashboard.series.snapshot import label
from dashboard.views.shell import chart, frame
from dashboard.words.text import day, number, plural, t, translate

YEAR = 2023
DASHES = ("", "4px,3px", "", "6px,2px,1px,2px", "1px,3px", "8px,3px")


@dataclass(frozen=True)
class Drawn:
    """What the long view holds: thin sources, the heavy line, the range around it, their zero in words."""

    sources: list[Line]
    heavy: Line
    band: tuple[Line, Line] | None
    residuals: list[Line]
    zero: str
    middle: together.Middle | None


@frame.panel()
def show(current, rows, body):
    """``rows`` are the sources that can stand together, the one that reaches furthest first."""
    made = _middle(current, rows) or _first(current, rows)
    made = _clipped(made, current.period)
    if made is None:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    unit = translate(rows[0].unit)
    st.html(blocks.small(t("level.unit_change", unit=unit, zero=made.zero)))
    lines = [*made.sources, made.heavy]
    measured = [line for line in lines if line.series != together.MEDIAN]
    figure = charts.long_view(
        lines,
        current.look,
        unit=unit,
        decimals=2,
        zero=made.zero,
        band=made.band,
        speech=t("card.speech_long", date=day(SPEECH)),
        residuals=made.residuals,
        residual_title=t("level.residual", label=made.heavy.label, unit=unit),
        marks=charts.extremes(measured[0], unit),
        brackets=_brackets(current, measured),
        view="level-long",
        credit=chart.credit_of(current, measured),
    )
    chart.chart(
        figure,
        key="level-long",
        title=t("level.title_caspian", first=measured[0].times[0].astype("datetime64[Y]")),
        alt=frame.alt_of(current, current.snapshot.series[measured[0].series], unit, 2),
        lines=measured,
        current=current,
        drawn=points.of_changes(lines, made.zero),
    )
    said = [_agreement(current, made, body), *_offsets(current, rows, unit)]
    st.html(blocks.small(" ".join(filter(None, said))))


def _thin(current, rows):
    """Each source as a thin line with a dash and a tone of its own."""
    tones = (current.look.ink, current.look.ink, current.look.comparison)
    return [
        levels.yearly_line(
            current.snapshot,
            row,
            tones[at % len(tones)],
            role="comparison",
            text_color=(current.look.ink, current.look.ink, current.look.muted)[at % 3],
            dash=DASHES[at % len(DASHES)],
            age=frame.aged(current, current.snapshot.series[row.id]),
        )
        for at, row in enumerate(rows)
    ]


def _middle(current, rows):
    """All sources from their own means around the median; None where no two independent ones overlap."""
    middle = together.middle(current.snapshot, rows)
    if middle is None:
        return None
    found = [together.from_own_mean(line, middle) for line in _thin(current, rows)]
    sources = [line for line in found if line is not None]
    said = {row.id for row in middle.voices}
    words = plural("level.median", len(middle.voices))
    heavy = together.median_line(middle, words, current.look.caspian)
    band = together.band(middle, [line for line in sources if line.series in said], current.look.caspian)
    first, last = middle.window
    residuals = [levels.residual(line, heavy) for line in sources]
    return Drawn(sources, heavy, band, residuals, t("level.zero_mean", first=first, last=last), middle)


def _first(current, rows):
    """The one that reaches furthest is heavy, all from their value of one year."""
    found = [shifted(line, levels.value_in(line, YEAR)) for line in _thin(current, rows)]
    heavy = replace(
        found[0], color=current.look.caspian, text_color=current.look.caspian, role="main", dash=""
    )
    residuals = [levels.residual(line, heavy) for line in found[1:]]
    return Drawn(found[1:], heavy, None, residuals, t("level.zero", year=YEAR), None)


def _clipped(made, period):
    """The same in the reader's period; where that leaves the median out, the first source is heavy."""
    sources, residuals = (
        [kept for line in lines if (kept := clip(line, *period)).times.size]
        for lines in (made.sources, made.residuals)
    )
    heavy = clip(made.heavy, *period)
    band = made.band and (clip(made.band[0], *period), clip(made.band[1], *period))
    if not heavy.times.size:
        if not sources:
            return None
        heavy = replace(sources[0], role="main", color=made.heavy.color, text_color=made.heavy.color, dash="")
        sources, residuals, band = sources[1:], [], None
    return replace(made, sources=sources, heavy=heavy, band=band, residuals=residuals)


def _brackets(current, lines):
    rows = [current.snapshot.catalogue.series[line.series] for line in lines]
    found = [
        one
        for row in rows
        for one in doubts.brackets(current.snapshot.series[row.id], label(row), *current.period)
    ]
    return sorted(found, key=lambda one: one.first)


def _agreement(current, made, body):
    """Which sources have a voice in the median, where it ends, and how many say the same of the speech."""
    words = []
    if made.middle is not None:
        named = [f"{t(f'group.{row.independence_group}')}: {label(row)}" for row in made.middle.voices]
        last = made.middle.times[-1].astype("datetime64[Y]")
        words.append(t("level.voices", voices="; ".join(named), last=last))
    if body.agreement and body.agreement.total > 1:
        words.append(concord(body.agreement))
    return " ".join(words)


def _offsets(current, rows, unit):
    return [
        t(
            "level.offset",
            one=label(gap.one),
            other=label(gap.other),
            gap=number(gap.gap),
            spread=number(gap.spread),
            unit=unit,
            first=gap.first,
            last=gap.last,
            count=gap.count,
        )
        for gap in levels.offsets(current.snapshot, rows)
    ]
