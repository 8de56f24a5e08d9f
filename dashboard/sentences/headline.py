"""Sentences built from findings: the one-sentence answer, its deck, and the words of a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from dashboard.markup.blocks import CardWords
from dashboard.readings.finding import Finding
from dashboard.sentences import movement
from dashboard.series.agreement import Agreement
from dashboard.series.change import NORMAL, Change
from dashboard.series.comparison import Comparison, Linked
from dashboard.series.lines import steps_of
from dashboard.series.periods import SPEECH
from dashboard.series.snapshot import (
    Snapshot,
    end_of,
    label,
    last_step,
    last_time,
    latest_value,
    months_between,
    stale,
)
from dashboard.words.text import DASH, day, number, period, plural, span, t, translate
from loaders.tables.items import Series

SPANS = {"month": 0, "quarter": 2, "year": 11}


def answer(findings: Sequence[Finding], comparison: Comparison, snapshot: Snapshot) -> str:
    """How each water body stands now, in one or two sentences."""
    told = [
        finding
        for finding in findings
        if finding.told or (finding.agreement and finding.agreement.main.reason)
    ]
    untold = [finding for finding in findings if finding not in told]
    if not findings:
        return t("sentence.filtered")
    parts = changes(told, comparison)
    parts += [
        t("sentence.cannot", place=_the(finding), reason=t(f"reason.{why}"))
        for finding in untold
        if (why := _why(finding))
    ]
    untold = [finding for finding in untold if not _why(finding)]
    if untold:
        names = t("sentence.or").join(_the(finding) for finding in untold)
        key = "untold_two" if told else "untold_one"
        parts.append(t(f"sentence.{key}", places=names))
    return " ".join(parts)


def _why(finding: Finding) -> str:
    """Why no change can be told of a level that reaches past the speech; empty where none does."""
    reasons = [one.reason for one in finding.changes if one.reason in ("short_normal", "too_few_pairs")]
    return reasons[0] if reasons and finding.agreement is None else ""


def kicker(comparison: Comparison) -> str:
    """The question, and from when it is measured."""
    first, last = (str(month.astype("datetime64[Y]")) for month in NORMAL)
    key = "sentence.kicker" if comparison.kind == "speech" else f"sentence.kicker_{comparison.kind}"
    return t(key, speech=day(SPEECH), first=first, last=last)


def deck(findings: Sequence[Finding], snapshot: Snapshot, today: np.datetime64) -> list[tuple[str, bool]]:
    """Periods compared, datum in words, how many sources, and how old the newest figure is.

    The first water body in full; of each other one its periods, its source and how many there are.
    """
    told = [finding for finding in findings if finding.told and finding.agreement]
    if not told:
        return [(_apart(findings, snapshot), False)]
    agreed = told[0].agreement
    assert agreed is not None
    main = agreed.main
    row = snapshot.catalogue.series[main.series]
    datum = snapshot.catalogue.datums[main.datum].words if main.datum else ""
    how = t(
        "sentence.deck_how",
        after=_side(main, "after"),
        before=_side(main, "before"),
        step=t(f"step.{main.step}"),
        what=", ".join(filter(None, (label(row), _how_made(row)))),
        datum=datum,
    )
    parts = [(how[0].upper() + how[1:], False), (concord(agreed), True)]
    if row.error_assumed:
        parts.append((t("sentence.deck_assumed"), False))
    if agreed.others:
        others = "; ".join(_other(change, snapshot) for change in agreed.others)
        parts.append((others[0].upper() + others[1:] + ".", False))
    months = months_between(end_of(snapshot.series[main.series]), today)
    parts.append((t("sentence.deck_end", step_one=t(f"step.{main.step}_one"), months=_months(months)), False))
    parts += [(words, False) for words in _beside(told[1:], snapshot)]
    return parts


def concord(agreed: Agreement) -> str:
    """How many independent sources say the same, and of which time they speak."""
    if agreed.state == "one":
        return t("sentence.deck_single")
    if agreed.state == "disagree":
        return t("sentence.deck_apart", until=agreed.until)
    falling = agreed.main.change < 0
    if agreed.state == "alone":
        side = t("direction.higher" if falling else "direction.lower")
        return t("sentence.deck_alone", until=agreed.until, direction=side)
    side = t("direction.lower" if falling else "direction.higher")
    return t(
        "sentence.deck_agree_until" if agreed.until else "sentence.deck_agree",
        same=agreed.same_direction,
        total=agreed.total,
        direction=side,
        until=agreed.until,
    )


def _beside(findings: Sequence[Finding], snapshot: Snapshot) -> list[str]:
    """Periods, source and number of sources of further water bodies; those with the same ones together."""
    said: dict[str, list[str]] = {}
    for finding in findings:
        agreed = finding.agreement
        assert agreed is not None
        main = agreed.main
        row = snapshot.catalogue.series[main.series]
        source = translate(snapshot.series[main.series].attrs["source_label"])
        words = t(
            "sentence.deck_body",
            after=_side(main, "after"),
            before=_side(main, "before"),
            what=", ".join(filter(None, (source, _how_made(row)))),
        )
        assumed = t("sentence.deck_assumed") if row.error_assumed else ""
        tail = " ".join(filter(None, (words, concord(agreed), assumed)))
        said.setdefault(tail, []).append(_the(finding))
    found = [f"{t('sentence.and').join(places)}{tail}" for tail, places in said.items()]
    return [words[0].upper() + words[1:] for words in found]


def card(finding: Finding, snapshot: Snapshot, today: np.datetime64) -> CardWords:
    """The words of one water body's card; a record older than three of its steps says its age."""
    unit = _unit_line(finding, snapshot)
    words = (_told_card if finding.agreement else _untold_card)(finding, snapshot, unit)
    name = finding.agreement.main.series if finding.agreement else next(iter(finding.shown), "")
    if not name or not stale(snapshot.series[name], today):
        return words
    dataset = snapshot.series[name]
    named = {"label": label(snapshot.catalogue.series[name]), "when": newest_period(dataset)}
    old = t("card.old", **named, age=age(months_between(end_of(dataset), today)))
    return replace(words, lines=(*words.lines, old))


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
        "card.against", after=_side(change, "after", short=True), before=_side(change, "before", short=True)
    )


def _told_card(finding: Finding, snapshot: Snapshot, unit: str) -> CardWords:
    agreed = finding.agreement
    assert agreed is not None
    main, row = agreed.main, snapshot.catalogue.series[agreed.main.series]
    figure = f"{number(main.change, 2, sign=True)} {translate(main.unit)}"
    moves = movement.pace(finding.pace)
    if main.step == "year" and main.since_last_year:
        moves = " ".join(filter(None, (movement.step(row, snapshot), moves)))
    lines = (
        periods_of(main),
        moves,
        movement.bed(finding.place, snapshot),
        _stated_volume(finding, snapshot, beside=True),
        t("card.none_named") if finding.place == "south-aral" else "",
    )
    return CardWords(figure, f"± {_error(main, row)}", _standing(finding), lines, unit)


def _standing(finding: Finding) -> str:
    """The direction and how many sources have it, in a few words; of a part, which part."""
    agreed = finding.agreement
    assert agreed is not None
    clear = agreed.main.direction != "no_clear_change"
    counts: dict = {
        "direction": _direction(agreed.main).capitalize(),
        "same": agreed.same_direction,
        "total": agreed.total,
        "until": agreed.until,
    }
    if agreed.state == "disagree":
        return t("card.disagree", **counts)
    if agreed.total == 1:
        return _part(finding, t("card.one_source" if clear else "card.clear_one", **counts))
    if agreed.state == "alone":
        return t("card.alone", **counts)
    if not clear:
        return t("card.clear", **counts)
    return t("card.sources_until" if agreed.until else "card.sources", **counts)


def _part(finding: Finding, words: str) -> str:
    """The words, after the name of the part that they are about where it is not the whole water body."""
    if finding.measured == finding.place:
        return words
    return f"{t(f'card.{finding.measured}')}: {words[0].lower()}{words[1:]}"


def _untold_card(finding: Finding, snapshot: Snapshot, unit: str) -> CardWords:
    lines = []
    if finding.level_until is not None:
        rows = [snapshot.catalogue.series[change.series] for change in finding.changes]
        newest = max(rows, key=lambda row: last_time(snapshot.series[row.id]))
        dataset = snapshot.series[newest.id]
        when = newest_period(dataset)
        why = _why(finding)
        reached = _part(finding, t("card.newest_level", value=number(latest_value(dataset)[1], 2), when=when))
        figure, since = t("card.no_level"), t("card.since", when=when)
        if why:
            figure = t("direction.cannot_tell").capitalize()
            return CardWords(figure, "", t(f"reason.{why}"), (reached,), unit)
        lines.append(reached)
    elif finding.shown:
        dataset = snapshot.series[finding.shown[0]]
        figure = t("card.no_area") if finding.shown_indicator == "area" else t("card.no_data")
        since = t("card.since", when=newest_period(dataset))
    else:
        return CardWords(t("card.no_data"), "", t("reason.filtered"), (), unit)
    stated = _stated_volume(finding, snapshot)
    lines.append(stated or (t("card.none_named") if finding.place == "south-aral" else ""))
    return CardWords(figure, since, t("card.no_data_after"), tuple(lines), unit)


def _stated_volume(finding: Finding, snapshot: Snapshot, *, beside: bool = False) -> str:
    """The volume stated last, and who stated it: speakers differ. Beside a measured change it is a claim."""
    rows = [row for row in snapshot.of(finding.place, "volume") if row.provenance_grade == "stated"]
    if not rows:
        return ""
    newest = max(rows, key=lambda row: last_time(snapshot.series[row.id]))
    dataset = snapshot.series[newest.id]
    value = number(latest_value(dataset)[1], 0)
    named = {"label": label(newest), "value": value, "when": newest_period(dataset)}
    return t("card.claimed" if beside else "card.stated", **named)


def changed(finding: Finding, comparison: Comparison) -> str:
    """The headline of one water body with a change: by how much, against what, or that sources disagree."""
    agreed = finding.agreement
    assert agreed is not None
    main = agreed.main
    place = _the(finding)
    if agreed.state == "disagree":
        return t("sentence.disagree", place=place, until=agreed.until)
    clear = main.direction != "no_clear_change"
    words: dict = {
        "place": place[0].upper() + place[1:],
        "amount": number(abs(main.change), 2) if clear else number(main.change, 2, sign=True),
        "error": number(2 * main.uncertainty, 2),
        "unit": translate(main.unit),
        "direction": _direction(main),
        "reference": t(f"sentence.reference_{comparison.kind}"),
        "after": _side(main, "after"),
        "before": _side(main, "before"),
    }
    years = "_year" if main.step == "year" and comparison.kind == "speech" else ""
    return t(f"sentence.{'changed' if clear else 'unchanged'}{years}", **words)


def changes(told: Sequence[Finding], comparison: Comparison) -> list[str]:
    """The headlines of several water bodies; steps between the same two years share one sentence."""
    parts: list[str] = []
    years: list[tuple] = []
    for finding in told:
        assert finding.agreement is not None
        main, words = finding.agreement.main, changed(finding, comparison)
        step = (
            main.direction in ("lower", "higher"),
            comparison.kind,
            main.since_last_year,
            main.pairs[0].after,
        )
        if step[0] and step[1] == "speech" and step[2] and years[-1:] == [step]:
            place = _the(finding)
            more = t("sentence.and_year", place=place, amount=number(abs(main.change), 2),
                     error=number(2 * main.uncertainty, 2), unit=translate(main.unit),
                     direction=_direction(main))  # fmt: skip
            words = parts.pop().removesuffix(".") + more
        parts.append(words)
        years.append(step)
    return parts


def _error(change: Change, row: Series) -> str:
    """Twice the standard uncertainty; said to be assumed where the source's own part is."""
    error = number(2 * change.uncertainty, 2)
    return t("sentence.assumed", error=error) if row.error_assumed else error


def _apart(findings: Sequence[Finding], snapshot: Snapshot) -> str:
    """What each of the sources that disagree found; without any, that no figure reaches past the speech."""
    agreed = [finding.agreement for finding in findings if finding.agreement]
    changes = [change for one in agreed for change in (one.main, *one.others)]
    if not changes:
        return t("sentence.deck_none")
    return "; ".join(_other(change, snapshot) for change in changes) + "."


def unfetched(findings: Sequence[Finding], snapshot: Snapshot) -> str:
    """How many level series of the water bodies without a change are known and have nothing stored."""
    places = [finding.place for finding in findings if finding.agreement is None]
    rows = [
        row
        for row in snapshot.catalogue.series.values()
        if row.place in places
        and row.indicator == "level"
        and not row.derive
        and row.id not in snapshot.series
    ]
    named = [_the(finding) for finding in findings if finding.place in {row.place for row in rows}]
    return plural("sentence.deck_unfetched", len(rows), places=t("sentence.or").join(named)) if rows else ""


def _other(change: Change, snapshot: Snapshot) -> str:
    row = snapshot.catalogue.series[change.series]
    return t(
        "sentence.deck_other",
        label=label(row),
        verb=t("sentence.fell" if change.change < 0 else "sentence.rose"),
        amount=number(abs(change.change), 2),
        unit=translate(change.unit),
        first=_side(change, "before"),
        last=_side(change, "after"),
    )


def _side(change: Change, side: str, *, short: bool = False) -> str:
    """The months that one side of the pairs covers: "April 2025–March 2026", a year, or a normal's years."""
    if side == "before" and change.base:
        first, last = (str(month.astype("datetime64[Y]")) for month in change.base)
        return t("sentence.mean_of", first=first, last=last)
    whens = sorted(getattr(pair, side) for pair in change.pairs)
    if change.step == "year":
        return str(whens[0].astype("datetime64[Y]"))
    return span(whens[0], whens[-1].astype("datetime64[M]") + SPANS[change.step], short=short)


def _unit_line(finding: Finding, snapshot: Snapshot) -> str:
    if not finding.shown:
        return ""
    row = snapshot.catalogue.series[finding.shown[0]]
    indicator = snapshot.catalogue.indicators[row.indicator]
    datum = f", {snapshot.catalogue.datums[row.datum].label}" if row.datum else ""
    return " · ".join(filter(None, (label(row), f"{indicator.unit_label}{datum}", _how_made(row))))


def _how_made(row: Series) -> str:
    """The grade of a series that is not the provider's own file."""
    return "" if row.provenance_grade == "primary" else grade_of(row)


def _the(finding: Finding) -> str:
    return t(f"sentence.the_{finding.measured.replace('-', '_')}")


def _direction(change: Change) -> str:
    return t(f"direction.{change.direction}")


def _months(months: int) -> str:
    return plural("sentence.months", months) if months else t("sentence.age_zero")


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
    return " · ".join(filter(None, (what, base, datum, kind, _how_made(row))))


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
