"""Three readings of every commitment from what is stored: delivery, condition, pathway, never one score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

import loaders
from dashboard.readings import flow, pathway
from dashboard.readings.condition import by_months, by_years, decision, frozen, sensitivity
from dashboard.readings.condition import pace as paces
from dashboard.readings.condition.records import (
    UNRATED,
    Absence,
    Condition,
    Evidence,
    Flow,
    Sensitivity,
    weakest,
)
from dashboard.readings.delivery import delivery
from dashboard.readings.records import Assessment, NotMeasurable, Pathway
from dashboard.register.commitments import milestones_of, register, targets_of
from dashboard.register.rows import Commitment
from dashboard.series.comparison import part_of
from dashboard.series.lines import steps_of
from dashboard.series.periods import LENGTH, SPEECH, over
from dashboard.series.snapshot import Snapshot
from dashboard.words.text import translate
from loaders.errors import Asking
from loaders.tables.items import Series

FLOW = "river-flow"


def assess(snapshot: Snapshot, *, as_of: np.datetime64, ids: Sequence[str] = ()) -> list[Assessment]:
    """The readings of the named rows, or of all, in the order of the register.

    ``as_of`` in the past is a reconstruction: periods that were over and events that had happened by that
    day, in today's versions. Raises Asking for an unknown id or a day before the speech.
    """
    rows = register().commitments
    unknown = [name for name in ids if name not in rows]
    if unknown:
        raise Asking(f"assess: unknown commitment {unknown[0]!r}")
    day = as_of.astype("datetime64[D]")
    if day < SPEECH:
        raise Asking(f"assess: the speech was on {SPEECH}; no reading exists before it")
    chosen = [row for row in rows.values() if row.id in ids or not ids]
    known = until(snapshot, day, _needed(chosen))
    return [_assessment(known, row, day) for row in chosen]


def until(snapshot: Snapshot, as_of: np.datetime64, names: Sequence[str]) -> Snapshot:
    """The named series with only the periods that were over by ``as_of``; empty ones are left out."""
    cut = {name: _cut(snapshot.series[name], as_of) for name in names if name in snapshot.series}
    series = {name: data for name, data in cut.items() if data.sizes["time"]}
    return replace(snapshot, series=series, as_of=as_of)


def _cut(dataset: xr.Dataset, as_of: np.datetime64) -> xr.Dataset:
    starts = dataset["time"].values.astype("datetime64[D]")
    months = np.array([LENGTH.get(step, 0) for step in steps_of(dataset)])
    passed = np.where(months > 0, over(starts, months, as_of), starts <= as_of)
    return dataset if passed.all() else dataset.isel(time=passed)


def _needed(rows: Sequence[Commitment]) -> list[str]:
    names = [row.id for row in loaders.catalogue().series.values() if row.indicator == "level"]
    names += [name for row in rows for name in row.series]
    names += [name for row in rows for target in targets_of(row.id) for name in target.series]
    return list(dict.fromkeys(names))


def _assessment(snapshot: Snapshot, row: Commitment, as_of: np.datetime64) -> Assessment:
    events = milestones_of(row.id)
    act = delivery(row.id, events, as_of) if "delivery" in row.readings else None
    water = conditions(snapshot, row, as_of) if "condition" in row.readings else ()
    pace = pathway.pathway(row.pace, snapshot.series) if "pathway" in row.readings else None
    none = NotMeasurable(row.not_measurable, row.what_would_help) if row.not_measurable else None
    strengths: list[Evidence] = [one.evidence_strength for one in (act, *water, pace) if one]
    used = [name for one in (*water, pace) if one for name in one.series_used]
    return Assessment(
        row=row,
        as_of=as_of,
        delivery=act,
        conditions=water,
        pathway=pace,
        not_measurable=none,
        evidence_strength=weakest(strengths),
        series_used=tuple(dict.fromkeys(used)),
        later=later(snapshot, row, as_of),
    )


def later(snapshot: Snapshot, row: Commitment, as_of: np.datetime64) -> tuple[Pathway, ...]:
    """Paces towards the official numbers said by ``as_of``; disputed where its figures are contested."""
    known = [event for event in milestones_of(row.id) if np.datetime64(event.date, "D") <= as_of]
    # The unit of a target is in the language spoken, that of an event never is.
    figures = {event.id: translate(event.unit or "") for event in known if event.kind == "official figure"}
    disputed = {figures[event.contests] for event in known if event.contests in figures}
    found = []
    for target in targets_of(row.id):
        if np.datetime64(target.said, "D") > as_of:
            continue
        pace = pathway.towards(target, snapshot.series, "disputed" if target.unit in disputed else "none")
        found += [pace] if pace else []
    return tuple(found)


def conditions(snapshot: Snapshot, row: Commitment, as_of: np.datetime64) -> tuple[Condition, ...]:
    """One reading a water body that the row names, in the order of its series; levels before flows."""
    rows = [snapshot.catalogue.series[name] for name in row.series]
    places = dict.fromkeys(part_of(snapshot, one) for one in rows if one.indicator == "level")
    if not places:
        return (_flow_condition(snapshot, [one for one in rows if one.indicator == FLOW]),)
    return tuple(_level_condition(snapshot, place, _levels(snapshot, place, rows), as_of) for place in places)


def _levels(snapshot: Snapshot, place: str, named: Sequence[Series]) -> list[Series]:
    """Every level of a water body that a sentence may rest on, those that the register names first.

    The newest source leads here as it does on the card, whether or not the register knew of it.
    """
    mine = [row for row in snapshot.rows() if row.indicator == "level" and row.may_lead]
    mine = [row for row in mine if part_of(snapshot, row) == place]
    return sorted(mine, key=lambda row: row not in named)


def _level_condition(
    snapshot: Snapshot, place: str, levels: Sequence[Series], as_of: np.datetime64
) -> Condition:
    """The monthly method, and the yearly ground where no monthly record can give a word yet."""
    monthly = [by_months.record(one, snapshot.series[one.id], as_of)
               for one in levels if one.cadence in by_months.MONTHLY]  # fmt: skip
    best = by_months.best_records(monthly)
    bands = frozen.bands_of(place)
    readings = [by_months.reading(one, bands, as_of) for one in best]
    found = _over_sources(place, best, readings)
    if bands and found.state in UNRATED:
        lists = [by_years.years_of(one, snapshot.series[one.id], as_of)
                 for one in levels if one.cadence == "year"]  # fmt: skip
        found = _with_ground(found, by_years.ground(lists, bands, as_of), levels)
    cells = sensitivity.windows(snapshot, levels)
    out = sensitivity.left_out(snapshot, levels)
    strip = replace(
        found.sensitivity, windows=cells, left_out=out,
        by_source=sensitivity.by_source(snapshot, levels), flips=sensitivity.flips((*cells, *out)),
    )  # fmt: skip
    like, pace = sensitivity.like(snapshot, levels), paces.pace(snapshot, levels, as_of)
    of_like = [like.main.series, *(change.series for change in like.others)] if like else []
    of_pace = [pace.series] if pace else []
    used = tuple(dict.fromkeys((*found.series_used, *of_like, *of_pace)))
    return replace(found, like=like, pace=pace, sensitivity=strip, series_used=used)


def _over_sources(
    place: str, records: Sequence[by_months.Record], readings: Sequence[by_months.SourceReading]
) -> Condition:
    """The reading over all independent monthly sources; the first that reaches furthest is printed."""
    if not records:
        entries = by_months.absent(place)
        return Condition(place, "no_data", entries[0].absence, entries, "none", ())
    main = max(range(len(records)), key=lambda at: (records[at].months_after, -at))
    state = decision.over_sources(one.state for one in readings)
    grades = [one.row.provenance_grade for one in records]
    return Condition(
        place=place,
        state=state,
        absence=readings[main].baselines[0].absence,
        baselines=readings[main].baselines,
        evidence_strength=by_months.evidence(readings, grades),
        series_used=tuple(one.row.id for one in records),
        too_early_until=by_months.too_early_until(records[main]) if state == "too_early" else None,
        sources=tuple(readings),
        carried=by_months.carried(records[main]),
    )


def _with_ground(found: Condition, made: by_years.Ground | None, rows: Sequence[Series]) -> Condition:
    """The yearly entry as the fourth, deciding the word; the three frozen ones stay as they are.

    Where it has no word either, the reading stays that of the months if these are on the way to one.
    """
    if made is None or (made.state in UNRATED and found.state == "too_early"):
        return found
    grade = next(one.provenance_grade for one in rows if one.id == made.main.series)
    strength: Evidence = "weak" if grade == "stated" else "medium"
    if made.state == "sources_disagree":
        strength = "disputed"
    used = dict.fromkeys((*found.series_used, made.main.series, *(cell.series for cell in made.cells)))
    return replace(
        found,
        state=made.state,
        absence=made.main.absence,
        too_early_until=made.possible if made.state == "too_early" else None,
        baselines=(*found.baselines, made.main),
        evidence_strength=strength if made.state != "no_data" else "none",
        series_used=tuple(used),
        sensitivity=Sensitivity(yearly=made.cells),
        carried=made.carried,
    )


def _flow_condition(snapshot: Snapshot, rows: Sequence[Series]) -> Condition:
    """The test of yearly flows; the first one that is stored gives the word, modelled ones never do."""
    tests = [flow.flow(snapshot.series[one.id]) for one in rows if one.id in snapshot.series]
    flows = tuple(test for test in tests if test)
    place = rows[0].place if rows else ""
    state = flows[0].state if flows else "no_data"
    absence = _flow_absence(flows[0]) if flows else "nothing_stored"
    entries = tuple(replace(one, band=None, absence=absence) for one in by_months.absent(place))
    return Condition(
        place=place,
        state=state,
        absence=absence,
        baselines=entries,
        evidence_strength="none" if state == "no_data" else "medium",
        series_used=tuple(test.series for test in flows),
        too_early_until=flow.UNTIL if state == "too_early" else None,
        flows=flows,
    )


def _flow_absence(test: Flow) -> Absence:
    if test.after:
        return ""
    return "too_few_years" if test.years_after else "ends_before_speech"
