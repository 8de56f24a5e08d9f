"""The arithmetic of a reading line by line, with the numbers filled in (pure): label and value in words."""

from __future__ import annotations

import numpy as np

from dashboard.readings.condition.fit.estimates import Guarded
from dashboard.readings.condition.records import Baseline, Condition, Flow, LikeCell
from dashboard.readings.records import Pace, Pathway
from dashboard.sentences.one_series import amount, periods_of
from dashboard.sentences.verdicts import when
from dashboard.words.text import brief, number, plural, t, translate

Lines = list[tuple[str, str]]


def baseline_lines(found: Baseline) -> Lines:
    """Slopes before and after, their difference, the placebo bands and the rank in the own one; cm a year."""
    if found.fit is None:
        return []
    lines = [
        (t("sum.before", span=_span(found.before), n=found.counts[0]), rate(found.fit.before.value)),
        _after(found, found.fit.after.value),
        _change(found),
    ]
    if found.band is not None:
        lines += _band_lines(found, found.band)
    return lines


def _band_lines(found: Baseline, band: Guarded) -> Lines:
    """The own band with its dates, the wider one that decides, and which changes are too small to tell."""
    lines = [(t("sum.band", n=band.own.count), _range(band.own.low, band.own.high))]
    if found.rank is not None:
        lines.append((t("sum.rank"), t("sum.of", rank=found.rank, n=band.own.count)))
    lines.append((t("sum.independent"), str(band.own.independent)))
    if band.widened:
        lines.append((t("sum.widened"), _range(band.low, band.high)))
    if found.state == "no_detectable_change":
        lines.append((t("sum.too_short"), _range(band.low, band.high)))
    return lines


def blind_spot(found: Baseline) -> str:
    """That even a fall that ended on the day of the speech could not yet be told; empty where it could."""
    if found.fit is None or found.band is None or found.state != "no_detectable_change":
        return ""
    return t("sum.even_stopped") if 0 < -found.fit.before.value <= found.band.high else ""


def _range(low: float, high: float) -> str:
    return t("sum.to", low=number(low, 1, sign=True), high=number(high, 1, sign=True))


def baseline_name(found: Baseline) -> str:
    return t("sum.yearly") if found.start == "yearly" else t("sum.from", year=found.start[:4])


def baseline_words(found: Baseline) -> tuple[str, str]:
    """The change of pace and the word of one baseline, or why it has none."""
    change = rate(found.change) if np.isfinite(found.change) else "–"
    word = t(f"condition.{found.state}")
    if found.absence:
        word = f"{word}: {t(f'absence.{found.absence}')}"
    return change, word


def like_lines(reading: Condition) -> Lines:
    """The like-period change with its periods, its parts, and how many independent sources agree."""
    if reading.like is None:
        return []
    main = reading.like.main
    lines = [(periods_of(main), amount(main))]
    parts = main.parts or {}
    lines += [
        (t(f"sum.part_{name}"), f"{number(part, 3)} {translate(main.unit)}")
        for name, part in parts.items()
        if part
    ]
    lines.append((t("sum.sources"), t("sum.of", rank=reading.like.same_direction, n=reading.like.total)))
    return lines


def strip_cells(reading: Condition) -> list[tuple[str, str]]:
    """The sensitivity strip: one cell for each window, and for each source left out."""
    cells = [*reading.sensitivity.windows, *reading.sensitivity.left_out]
    return [(_cell_name(cell), _cell_value(cell)) for cell in cells]


def flow_lines(flow: Flow) -> Lines:
    """Mean and one standard deviation of the reference years, and each side against them."""
    first, last = flow.reference
    unit = translate(flow.unit)
    lines = [
        (
            t("sum.reference", first=first, last=last, n=flow.reference_years),
            f"{number(flow.mean, 1)} {unit}",
        ),
        (t("sum.deviation"), f"{number(flow.deviation, 1)} {unit}"),
    ]
    for name, side in (("flow_before", flow.before), ("flow_after", flow.after)):
        if side is not None:
            span = f"{side.years[0]}–{side.years[-1]}" if len(side.years) > 1 else str(side.years[0])
            word = t("sum.sharp" if side.sharp else "sum.not_sharp")
            value = f"{number(side.mean, 1)} {unit} ({number(side.difference, 1, sign=True)}): {word}"
            lines.append((t(f"sum.{name}", span=span, n=len(side.years)), value))
    lines.append((t("sum.years_after"), str(flow.years_after)))
    if flow.excluded:
        lines.append((t("sum.excluded"), ", ".join(map(str, flow.excluded))))
    return lines


def pathway_lines(found: Pathway) -> Lines:
    """Start, end, needed and observed rate, the ratio with every window, and what remains."""
    unit = translate(found.unit)
    lines = [
        (t("sum.start", when=when(found.start[0])), f"{brief(found.start[1])} {unit}"),
        (t("sum.end", when=when(found.end[0])), f"{brief(found.end[1])} {unit}"),
    ]
    if found.main is not None:
        lines.append((t("sum.needed"), _pace(found.main.needed, unit)))
        span = t("sum.span", first=when(found.main.first), last=when(found.main.last))
        lines.append((t("sum.observed", span=span), _pace(found.main.observed, unit)))
        lines.append((t("sum.ratio"), number(found.main.ratio, 2)))
    if len(found.spread) > 1:
        lines.append((t("sum.windows"), "; ".join(_window(pace) for pace in found.spread)))
    if np.isfinite(found.remaining_rate):
        lines.append((t("sum.remaining"), _pace(found.remaining_rate, unit)))
    if found.passed:
        values = "; ".join(f"{brief(value)} {unit} ({when(day)})" for day, value in found.passed)
        lines.append((t("sum.passed"), values))
    return lines


def season_caution(found: Pathway) -> str:
    """That the two ends of the pace are no like months; nothing where they are, or are whole years."""
    if found.main is None or found.main.like:
        return ""
    first, last = (when(day[:7]) for day in (found.main.first, found.main.last))
    return t("sum.not_like", first=first, last=last)


def rate(value: float) -> str:
    return t("sum.rate", value=number(value, 1, sign=True))


def _pace(value: float, unit: str) -> str:
    return t("sum.pace", value=number(value, 2, sign=True), unit=unit)


def _window(pace: Pace) -> str:
    return t("sum.window", ratio=number(pace.ratio, 2), first=when(pace.first), last=when(pace.last))


def _after(found: Baseline, value: float) -> tuple[str, str]:
    """The pace after the speech; of two years the difference of their means, which is none."""
    if found.is_pace:
        return t("sum.after", span=_span(found.after), n=found.counts[1]), rate(value)
    return t("sum.after_two", span=_span(found.after)), _centimetres(value)


def _change(found: Baseline) -> tuple[str, str]:
    if found.is_pace:
        return t("sum.change"), rate(found.change)
    return t("sum.change_two"), _centimetres(found.change)


def _centimetres(value: float) -> str:
    return t("sum.centimetres", value=number(value, 1, sign=True))


def _span(ends: tuple[str, str] | None) -> str:
    return f"{when(ends[0])}–{when(ends[1])}" if ends else "–"


def _cell_name(cell: LikeCell) -> str:
    if cell.without:
        return t("sum.without", group=t(f"group.{cell.without}"))
    return plural("sum.months", cell.months)


def _cell_value(cell: LikeCell) -> str:
    if cell.agreed is None or not cell.agreed.main.told:
        return t("direction.cannot_tell")
    return amount(cell.agreed.main)
