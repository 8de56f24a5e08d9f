"""Delivery: the ladder, what each kind of source supports, age, and disputes."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.readings.delivery import delivery, last_day
from dashboard.register.commitments import milestones_of, register
from dashboard.register.rows import Milestone

TODAY = np.datetime64("2026-11-24", "D")


def event(date: str, step: str | None = "announced", *, name: str = "event", **more) -> Milestone:
    kinds = {"announced": "news", None: "news"}
    raw = {
        "id": f"{date}-{name}",
        "date": date,
        "date_precision": {4: "year", 7: "month", 10: "day"}[len(date)],
        "commitments": ["E3"],
        "sea": "caspian",
        "kind": "plan",
        "statement": "Something happens.",
        "source_url": f"https://example.org/{date}/{name}",
        "source_kind": kinds.get(step, "official document"),
        "seen_as": "extract",
        "seen_on": "2026-11",
        "step": {"E3": step} if step else {},
    }
    return Milestone.model_validate(raw | more)


def read(*events: Milestone, as_of=TODAY):
    return delivery("E3", events, as_of)


def test_the_highest_step_counts_since_its_first_evidence():
    found = read(
        event("2024-03-01"), event("2025-01"), event("2025-05-02", "adopted_or_signed"), event("2026-01-05"),
        event("2026-02-01", "adopted_or_signed"),
    )  # fmt: skip
    assert (found.state, found.since) == ("adopted_or_signed", "2025-05-02")
    assert len(found.milestones) == 5
    assert not found.unconfirmed


@pytest.mark.parametrize("step", ["announced", "adopted_or_signed", "operating"])
def test_each_step(step):
    assert read(event("2026-01-01", step)).state == step


def test_lapsed_only_where_it_is_the_newest():
    ended = [event("2024-02-01", "operating"), event("2025-12-01", "lapsed", name="end")]
    assert read(*ended).state == "lapsed"
    assert read(*ended).since == "2025-12-01"
    assert read(*ended, event("2026-03-01", "operating", name="again")).state == "operating"


def test_nothing_found_prints_what_was_looked_for():
    seen = event("2026-04-01", None, looked_for="the text of a plan", looked_on="2026-11", not_found=True)
    found = read(seen)
    assert (found.state, found.since, found.milestones, found.evidence_strength) == (
        "not_found",
        None,
        (),
        "none",
    )
    assert [(one.sought, one.when) for one in found.looked] == [("the text of a plan", "2026-11")]


def test_a_planned_event_without_outcome_is_no_evidence():
    planned = event("2026-04-01", looked_for="the outcome", looked_on="2026-11", not_found=True)
    assert read(planned).state == "not_found"


@pytest.mark.parametrize(("day", "mark"), [("2026-03-04", False), ("2026-03-05", True)])
def test_unconfirmed_twelve_months_after_the_newest_evidence(day, mark):
    found = read(event("2024-01-01", "operating"), event("2025-03-04"), as_of=np.datetime64(day, "D"))
    assert found.unconfirmed is mark
    assert found.state == "operating"


def test_only_what_had_happened_since_the_speech_counts():
    events = [event("2023-09-15"), event("2024-05-27", name="plan"), event("2025-12-01", "operating")]
    assert read(*events, as_of=np.datetime64("2024-05-26", "D")).state == "not_found"
    assert read(*events, as_of=np.datetime64("2024-05-27", "D")).milestones == ("2024-05-27-plan",)
    assert read(*events).state == "operating"
    assert str(last_day("2024")) == "2024-12-31"
    assert str(last_day("2024-02")) == "2024-02-29"


def test_a_contested_step_does_not_count_and_leaves_the_evidence_disputed():
    opened = event("2025-08-03", "operating", name="opened")
    signed = event("2025-03-04", "adopted_or_signed", name="signed")
    doubt = event("2025-08-04", None, name="doubt", contests=opened.id, source_kind="official statement")
    found = read(signed, opened, doubt)
    assert (found.state, found.evidence_strength, found.contested) == (
        "adopted_or_signed",
        "disputed",
        (opened.id,),
    )
    opinion = doubt.model_copy(update={"source_kind": "opinion"})
    assert (read(signed, opened, opinion).state, read(opened, opinion).evidence_strength) == (
        "operating",
        "disputed",
    )


def test_evidence_of_which_no_page_was_opened_is_marked():
    read_in_full = event("2025-05-02", name="read", seen_as="page")
    assert read(event("2024-03-01")).extracts
    assert not read(event("2024-03-01"), read_in_full).extracts
    assert not read().extracts


def test_evidence_is_weak_until_a_document_is_read():
    extract = event("2026-01-01", "adopted_or_signed")
    page = event("2026-01-01", "adopted_or_signed", seen_as="page")
    other = event("2026-01-01", "adopted_or_signed", seen_as="page", name="other")
    news = event("2026-01-01", "announced", seen_as="page")
    assert [read(*rows).evidence_strength for rows in ((extract,), (news,), (page,), (page, other))] == [
        "weak", "weak", "medium", "strong",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "step", "more", "message"),
    [
        ("news quoting an official", "adopted_or_signed", {}, "does not support adopted_or_signed"),
        ("official statement", "operating", {}, "does not support operating"),
        ("announcement only", "operating", {}, "does not support"),
        ("independent tracker", "operating", {}, "does not support operating"),
        ("opinion", "announced", {}, "does not support announced"),
        ("press-service report", "announced", {"source_url": ""}, "does not support announced"),
        ("official statement", "operating", {"reports_act": True}, "for news only"),
        ("UN document", "operating", {"commitments": ["E1"]}, "does not name"),
    ],
)
def test_a_step_that_its_source_does_not_support_is_refused(kind, step, more, message):
    with pytest.raises(ValueError, match=message):
        event("2026-01-01", step, source_kind=kind, **more)


@pytest.mark.parametrize(
    ("kind", "step", "more"),
    [
        ("law", "operating", {}),
        ("UN document", "lapsed", {}),
        ("independent tracker", "adopted_or_signed", {}),
        ("state news agency", "operating", {"reports_act": True}),
    ],
)
def test_a_step_that_its_source_supports(kind, step, more):
    assert event("2026-01-01", step, source_kind=kind, **more).step == {"E3": step}


@pytest.mark.parametrize(
    ("row", "state", "since", "unconfirmed", "evidence"),
    [
        ("E2", "operating", "2024-01-01", True, "weak"),
        ("E3", "announced", "2025-09-08", False, "weak"),
        ("E14", "announced", "2024-11-18", False, "weak"),
        ("E8", "adopted_or_signed", "2024-04-12", False, "weak"),
        ("E10", "announced", "2024-05-27", True, "weak"),
        ("E11", "adopted_or_signed", "2025-03-04", True, "disputed"),
    ],
)
def test_register_on_the_evidence_of_november_2026(row, state, since, unconfirmed, evidence):
    found = delivery(row, milestones_of(row), TODAY)
    assert (found.state, found.since, found.unconfirmed, found.evidence_strength) == (
        state, since, unconfirmed, evidence,
    )  # fmt: skip


def test_steps_are_given_to_rows_with_a_delivery_reading_only():
    rows = register()
    named = {name for one in rows.milestones.values() for name in one.step}
    assert named == {row.id for row in rows.commitments.values() if "delivery" in row.readings}
