"""Sentences built from findings: the one-sentence answer, its deck, and the words of a card."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.readings.finding import Finding
from dashboard.sentences.one_series import how_made, side_of
from dashboard.series.agreement import Agreement
from dashboard.series.change import NORMAL, Change
from dashboard.series.comparison import Comparison
from dashboard.series.periods import SPEECH
from dashboard.series.snapshot import Snapshot, end_of, label, months_between
from dashboard.words.text import day, number, plural, t, translate
from loaders.tables.items import Series


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
        if (why := why_alone(finding))
    ]
    untold = [finding for finding in untold if not why_alone(finding)]
    if untold:
        names = t("sentence.or").join(_the(finding) for finding in untold)
        key = "untold_two" if told else "untold_one"
        parts.append(t(f"sentence.{key}", places=names))
    return " ".join(parts)


def why_alone(finding: Finding) -> str:
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
        after=side_of(main, "after"),
        before=side_of(main, "before"),
        step=t(f"step.{main.step}"),
        what=", ".join(filter(None, (label(row), how_made(row)))),
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
            after=side_of(main, "after"),
            before=side_of(main, "before"),
            what=", ".join(filter(None, (source, how_made(row)))),
        )
        assumed = t("sentence.deck_assumed") if row.error_assumed else ""
        tail = " ".join(filter(None, (words, concord(agreed), assumed)))
        said.setdefault(tail, []).append(_the(finding))
    found = [f"{t('sentence.and').join(places)}{tail}" for tail, places in said.items()]
    return [words[0].upper() + words[1:] for words in found]


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
        "direction": direction_of(main),
        "reference": t(f"sentence.reference_{comparison.kind}"),
        "after": side_of(main, "after"),
        "before": side_of(main, "before"),
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
                     direction=direction_of(main))  # fmt: skip
            words = parts.pop().removesuffix(".") + more
        parts.append(words)
        years.append(step)
    return parts


def error_of(change: Change, row: Series) -> str:
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
        first=side_of(change, "before"),
        last=side_of(change, "after"),
    )


def _the(finding: Finding) -> str:
    return finding.body.named


def direction_of(change: Change) -> str:
    return t(f"direction.{change.direction}")


def _months(months: int) -> str:
    return plural("sentence.months", months) if months else t("sentence.age_zero")
