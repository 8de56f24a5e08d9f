"""Readings in words and shapes: what a register row says of an assessment (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.palette import Palette
from dashboard.readings.condition.records import Baseline, Condition
from dashboard.readings.records import Assessment, Delivery, Pathway
from dashboard.sentences.movement import pace
from dashboard.words.text import day, month, number, plural, t

LADDER = {"not_found": 0, "announced": 2, "adopted_or_signed": 3, "operating": 4, "lapsed": 3}
# Shape and colour role of each state; the word always stands beside the shape.
CONDITION = {
    "recovering": ("wedge-up", "better"),
    "rise_strengthening": ("wedge-up", "better"),
    "fall_slowing": ("wedge-up-open", "better"),
    "rise_slowing": ("wedge-down-open", "same"),
    "holding": ("bar", "same"),
    "no_detectable_change": ("dash", "same"),
    "fall_steepening": ("wedge-down", "worse"),
    "now_falling": ("wedge-down", "worse"),
    "depends_on_baseline": ("half", "ink"),
    "sources_disagree": ("half", "ink"),
    "too_early": ("dots", "ink"),
    "no_data": ("circle", "ink"),
}
PATHWAY = {
    "on_track": ("wedge-up", "better"),
    "too_slow": ("wedge-up-open", "better"),
    "far_too_slow": ("dash", "same"),
    "wrong_direction": ("wedge-down", "worse"),
    "sources_disagree": ("half", "ink"),
    "cannot_tell": ("circle", "ink"),
    "no_target": ("square", "ink"),
}


@dataclass(frozen=True)
class Verdict:
    """One cell: its shape with the colour, the word, and the small line below; empty where none applies."""

    word: str = ""
    small: str = ""
    shape: str = ""
    color: str = ""
    steps: int | None = None
    struck: bool = False


def delivery(found: Assessment, look: Palette) -> Verdict:
    """A ladder of four boxes and the step reached; marked where old, and where no page was opened."""
    if found.row.kind == "none":
        return Verdict(t("verdict.no_commitment"), shape="square", color=look.ink)
    if found.delivery is None:
        return Verdict()
    reading: Delivery = found.delivery
    marks = [t("verdict.since", when=when(reading.since)) if reading.since else ""]
    marks += [t("verdict.unconfirmed")] if reading.unconfirmed else []
    marks += [t("verdict.extracts")] if reading.extracts else []
    return Verdict(
        t(f"delivery.{reading.state}"),
        ", ".join(mark for mark in marks if mark),
        color=look.ink,
        steps=LADDER[reading.state],
        struck=reading.state == "lapsed",
    )


def condition(found: Assessment, look: Palette) -> Verdict:
    """The word for the water, its shape, and the pace before and after; or why there is no word."""
    if found.not_measurable and not found.conditions:
        reason = t(f"reason_measure.{found.not_measurable.reason}")
        return Verdict(t("verdict.not_measurable"), reason, shape="square", color=look.ink)
    if found.condition is None:
        return Verdict()
    return condition_word(found.condition, look)


def condition_word(reading: Condition, look: Palette) -> Verdict:
    shape, role = CONDITION[reading.state]
    return Verdict(t(f"condition.{reading.state}"), condition_small(reading), shape, getattr(look, role))


def condition_small(reading: Condition) -> str:
    """When a word is possible or why there is none, and the pace, which decides none."""
    words = []
    if reading.state == "too_early" and reading.too_early_until:
        words.append(t("verdict.too_early", when=day(np.datetime64(reading.too_early_until))))
    elif reading.flows:
        words.append(plural("verdict.flow", reading.flows[0].years_after))
    elif reading.absence:
        words.append(t(f"absence.{reading.absence}"))
    words.append(pace(reading.pace))
    return "; ".join(filter(None, words))


def deciding(reading: Condition) -> Baseline | None:
    """The baseline whose word is the headline's: the first with that state, else the yearly one."""
    fitted = [baseline for baseline in reading.baselines if baseline.fit is not None]
    same = [baseline for baseline in fitted if baseline.state == reading.state]
    return next(iter(same or fitted), None)


def pathway(found: Assessment, look: Palette) -> Verdict:
    """The pace towards the passage's own number; without one, what is said of the numbers set later."""
    if found.pathway is None:
        return _later(found.later)
    return pathway_word(found.pathway, look)


def _later(paces: Sequence[Pathway]) -> Verdict:
    """The word for each number set after the speech, by its year; no shape, for it is no reading."""
    if not paces:
        return Verdict()
    words = [
        t("verdict.later_one", year=one.end[0][:4], word=t(f"pathway.{one.state}").lower()) for one in paces
    ]
    strengths = dict.fromkeys(t(f"evidence.{one.evidence_strength}").lower() for one in paces)
    small = t("verdict.later_small", words="; ".join(words), evidence=", ".join(strengths))
    return Verdict(t("verdict.later"), small)


def pathway_word(reading: Pathway, look: Palette) -> Verdict:
    """The word for the pace, and the ratio with its range."""
    shape, role = PATHWAY[reading.state]
    small = ""
    if reading.main is not None and np.isfinite(reading.main.ratio):
        small = t("verdict.ratio", ratio=number(reading.main.ratio, 2))
        if len(reading.spread) > 1:
            low, high = number(reading.ratio_low, 2), number(reading.ratio_high, 2)
            small = t("verdict.ratio_range", ratio=number(reading.main.ratio, 2), low=low, high=high)
    return Verdict(t(f"pathway.{reading.state}"), small, shape, getattr(look, role))


def evidence(found: Assessment) -> str:
    return t(f"evidence.{found.evidence_strength}")


def when(date: str) -> str:
    """A date cut to its precision, in words: "2024", "Nov 2024", "1 Jan 2024"."""
    if len(date) == 4:
        return date
    return month(np.datetime64(date), short=True) if len(date) == 7 else day(np.datetime64(date))
