"""The card of one water body in words: its figure, its state, what is stated of its volume."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dashboard.readings.finding import Finding
from dashboard.sentences import movement
from dashboard.sentences.headline import direction_of, error_of, why_alone
from dashboard.sentences.one_series import age, how_made, newest_period, periods_of
from dashboard.series.snapshot import Snapshot, end_of, label, last_time, latest_value, months_between, stale
from dashboard.words.text import number, t, translate


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
        "" if finding.body.committed else t("card.none_named"),
    )
    return CardWords(figure, f"± {error_of(main, row)}", _standing(finding), lines, unit)


def _standing(finding: Finding) -> str:
    """The direction and how many sources have it, in a few words; of a part, which part."""
    agreed = finding.agreement
    assert agreed is not None
    clear = agreed.main.direction != "no_clear_change"
    counts: dict = {
        "direction": direction_of(agreed.main).capitalize(),
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
    part = finding.body.part
    return f"{part}: {words[0].lower()}{words[1:]}" if part else words


def _untold_card(finding: Finding, snapshot: Snapshot, unit: str) -> CardWords:
    lines = []
    if finding.level_until is not None:
        rows = [snapshot.catalogue.series[change.series] for change in finding.changes]
        newest = max(rows, key=lambda row: last_time(snapshot.series[row.id]))
        dataset = snapshot.series[newest.id]
        when = newest_period(dataset)
        why = why_alone(finding)
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
    lines.append(stated or ("" if finding.body.committed else t("card.none_named")))
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


def _unit_line(finding: Finding, snapshot: Snapshot) -> str:
    if not finding.shown:
        return ""
    row = snapshot.catalogue.series[finding.shown[0]]
    indicator = snapshot.catalogue.indicators[row.indicator]
    datum = f", {snapshot.catalogue.datums[row.datum].label}" if row.datum else ""
    return " · ".join(filter(None, (label(row), f"{indicator.unit_label}{datum}", how_made(row))))


@dataclass(frozen=True)
class CardWords:
    """What one card says: its figure, what stands small beside it, the state, two lines, the chart's unit."""

    figure: str
    aside: str
    state: str
    lines: tuple[str, ...]
    unit: str
