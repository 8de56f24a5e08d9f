"""The register holds what was said, and no row says more than its source."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dashboard.register import commitments
from dashboard.register.commitments import cross_check, milestones_of, read, register, targets_of
from dashboard.register.rows import Commitment, Milestone, Target
from loaders.errors import CatalogueError
from loaders.tables.catalogue import catalogue

ALL = [*(f"E{n}" for n in range(1, 15)), "T1", "T2", "T3", "T4", "N1", "S0"]
FORBIDDEN = re.compile(r"\b(broken?|breaks?|fail(s|ed|ure|ing)?|kept|keeps?|success\w*)\b", re.IGNORECASE)

# Paragraph, mark and kind of each row, transcribed from the press-service report of the speech.
PLACED = {
    "E1": (17, "reported", "target"),
    "E2": (16, "quoted", "pledge"),
    "E3": (16, "quoted", "call"),
    "E4": (16, "quoted", "claim"),
    "E5": (16, "quoted", "claim"),
    "E6": (16, "quoted", "claim"),
    "E7": (16, "quoted", "claim"),
    "E8": (15, "reported", "call"),
    "E9": (17, "reported", "call"),
    "E10": (17, "reported", "initiative"),
    "E11": (9, "reported", "initiative"),
    "E12": (8, "quoted", "claim"),
    "E13": (15, "reported", "claim"),
    "E14": (16, "quoted", "pledge"),
    "T1": (14, "quoted", "tension"),
    "T2": (14, "quoted", "tension"),
    "T3": (12, "quoted", "tension"),
    "T4": (10, "quoted", "tension"),
    "N1": (11, "reported", "neutral"),
    "S0": (None, None, "none"),
}
FRAGMENTS = {
    "E1": "achieve carbon neutrality by 2060",
    "E2": "focus on strengthening efforts",
    "E3": "develop a common Action plan",
    "E5": "a sharp decrease in water flow",
    "E13": "but also far beyond",
    "T2": "over 1,300 kilometers of railways",
    "S0": "",
}
REASONS = {
    "E6": "wrong_indicator",
    "E7": "no_series",
    "E12": "no_series",
    "E13": "wrong_indicator",
    "T1": "wrong_indicator",
    "T2": "outside_scope",
    "T3": "wrong_indicator",
    "T4": "outside_scope",
    "N1": "outside_scope",
}


def test_every_row_is_there_in_order():
    assert [key for key in register().commitments if key in ALL] == ALL


@pytest.mark.parametrize("row_id", ALL)
def test_row_stands_where_the_speech_has_it(row_id):
    row = register().commitments[row_id]
    assert (row.paragraph, row.mark, row.kind) == PLACED[row_id]
    assert len(row.fragment.split()) <= 10
    assert row.fragment == FRAGMENTS.get(row_id, row.fragment)
    assert row.not_measurable == REASONS.get(row_id)
    assert bool(row.readings) != bool(row.not_measurable)


def test_only_one_number_with_a_date_and_the_south_aral_has_none():
    rows = register().commitments
    assert [key for key in ALL if rows[key].kind == "target"] == ["E1"]
    assert rows["S0"].readings == ("condition",)
    assert rows["S0"].short == "South Aral: no commitment"


def test_pathways_start_and_end_as_frozen():
    rows = register().commitments
    paces = {key: row.pace for key, row in rows.items() if row.pace}
    assert set(paces) & set(ALL) == {"E1", "E9"}
    needed = {
        key: (pace.end_value - pace.start_value) / (int(pace.end) - int(pace.start))
        for key, pace in paces.items()
    }
    assert needed["E1"] == pytest.approx(-9.2, abs=0.05)
    assert needed["E9"] == pytest.approx(1.31, abs=0.005)


def test_each_passage_is_of_its_kind():
    groups: dict[str, list[str]] = {}
    for row in register().commitments.values():
        if row.id in ALL:
            groups.setdefault(row.kind, []).append(row.id)
    assert groups == {
        "target": ["E1"],
        "pledge": ["E2", "E14"],
        "call": ["E3", "E8", "E9"],
        "initiative": ["E10", "E11"],
        "claim": ["E4", "E5", "E6", "E7", "E12", "E13"],
        "none": ["S0"],
        "tension": ["T1", "T2", "T3", "T4"],
        "neutral": ["N1"],
    }


def test_later_targets():
    values = {row.id: (row.value, row.unit) for row in register().targets.values()}
    assert values["north-aral-volume-2025"] == (20.6, "km3")
    assert values["north-aral-volume-2030"] == (27, "km3")
    assert values["north-aral-second-phase-volume"] == (34, "km3")
    assert values["north-aral-second-phase-area"] == (3913, "km2")
    assert values["renewables-2030"] == (15, "%")
    assert "ports-capacity" in [row.id for row in targets_of("T1")]
    assert targets_of("S0") == ()
    level = register().targets["north-aral-second-phase-level"]
    assert (level.value, level.datum) == (44, "baltic-aral")


def test_published_targets_agree_with_the_collected_table(samples):
    text = (samples / "figures" / "north_aral_volume_targets.csv").read_text("utf-8")
    rows = [line.split(",") for line in text.splitlines() if line[:1].isdigit()]
    printed = {time: float(value) for time, value, *_ in rows}
    ours = {row.date: row.value for row in targets_of("E2") if row.indicator == "volume"}
    for year in ("2025", "2029", "2030"):
        assert ours[year] == printed[year]
    assert ours["2031-01"] == printed["2030-2031"] == 34


def test_every_milestone_of_the_collection_is_there(samples):
    import csv

    path = samples / "national" / "milestones" / "milestones_draft.csv"
    drafts = list(csv.DictReader(path.open(encoding="utf-8")))
    assert len(drafts) == 37
    ours = register().milestones.values()
    for draft in drafts:
        url = draft["source_url"].replace("http://", "https://")
        day = draft["date"] if draft["date_precision"] != "year" else draft["date"][:4]
        found = [row for row in ours if (row.date, row.source_url, row.sea) == (day, url, draft["sea"])]
        assert found, draft["statement"]
        if draft["value"] and draft["value"] != "7-8":
            assert float(draft["value"]) in [row.value for row in found]


def test_milestones_come_by_date_and_volumes_do_not_test_the_far_reach_claim():
    events = milestones_of("E2")
    assert [row.date for row in events] == sorted(row.date for row in events)
    assert {row.id: row.value for row in events}["2022-10-north-aral-low"] == 18.5
    assert not [row.id for row in milestones_of("E13") if row.kind == "official figure"]


def test_speech_is_a_milestone_of_all_it_holds_and_links_to_no_page():
    speech = register().milestones["2023-11-24-speech"]
    assert speech.source_url == ""
    assert set(ALL) - set(speech.commitments) == {"S0"}


PLANNED = (
    "2026-04-22-ecological-summit",
    "2026-04-aral-fund-heads-of-state",
    "2026-08-12-caspian-summit",
    "2026-tehran-convention-conference",
)


@pytest.mark.parametrize("event", PLANNED)
def test_planned_event_without_outcome_says_so(event):
    row = register().milestones[event]
    assert row.not_found
    assert row.looked_on == "2026-11"
    assert "planned; outcome not found, looked November 2026" in row.statement


def test_dredged_depth_is_two_numbers():
    row = register().milestones["2024-11-kuryk-deepened"]
    assert (row.value, row.value_max, row.unit) == (7, 8, "m")


def test_dispute_names_what_it_disputes():
    row = register().milestones["2025-09-north-aral-disputed"]
    assert register().milestones[row.contests].value == 24.1
    assert row.source_kind == "opinion"


def texts(row) -> list[str]:
    skip = {"id", "source_url", "fragment"}
    return [value for name, value in row if isinstance(value, str) and name not in skip]


def everything():
    rows = register()
    return [*rows.commitments.values(), *rows.targets.values(), *rows.milestones.values()]


def test_no_word_of_judgement():
    assert FORBIDDEN.search("the promise was broken")
    assert not [text for row in everything() for text in texts(row) if FORBIDDEN.search(text)]


def test_prose_of_the_register_types_no_measured_number():
    numbers = re.compile(r"\b\d+(\.\d+)?\b")
    for row in register().commitments.values():
        for text in (row.short, row.missing, row.changes_reading, row.what_would_help):
            assert not [n for n in numbers.finditer(text) if not re.fullmatch("(19|20)[0-9]{2}", n[0])], (
                row.id
            )


def test_every_date_is_a_day_of_the_calendar():
    for row in register().milestones.values():
        for text in (row.date, row.stated_on, row.seen_on, row.looked_on):
            if text:
                date.fromisoformat(text + "-01-01"[len(text) - 4 :])


def test_all_named_ids_are_in_the_catalogue():
    cross_check(register(), catalogue())


def good(kind: type) -> dict:
    rows = {
        Commitment: register().commitments["E1"],
        Target: register().targets["north-aral-second-phase-level"],
    }
    row = rows.get(kind, register().milestones["2026-03-09-level-2025"])
    return row.model_dump()


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        (Commitment, {"fragment": "one two three four five six seven eight nine ten eleven"}, "ten words"),
        (Commitment, {"paragraph": 23}, "less than or equal to 22"),
        (Commitment, {"paragraph": 4}, "greater than or equal to 5"),
        (Commitment, {"mark": None}, "all three"),
        (Commitment, {"mark": "heard"}, "quoted"),
        (Commitment, {"readings": (), "pace": None}, "at least one"),
        (Commitment, {"pace": None}, "pathway"),
        (Commitment, {"not_measurable": "no_series"}, "what_would_help"),
        (Commitment, {"not_measurable": "too hard", "what_would_help": "more"}, "no_series"),
        (Commitment, {"score": 3}, "Extra inputs"),
        (Target, {"datum": None}, "a level needs one"),
        (Target, {"source_url": "http://example.org"}, "pattern"),
        (Milestone, {"datum": None}, "a level needs one"),
        (Milestone, {"date_precision": "month"}, "not cut to a month"),
        (Milestone, {"date": "2026-02-30"}, "day"),
        (Milestone, {"date": "2026-03-10"}, "does not begin with the date"),
        (Milestone, {"statement": "x" * 201}, "200"),
        (Milestone, {"source_url": ""}, "only the speech"),
        (Milestone, {"source_kind": "blog"}, "official document"),
        (Milestone, {"unit": None}, "goes with a value"),
        (Milestone, {"value_max": -29.4}, "not above value"),
        (Milestone, {"not_found": True}, "looked_for"),
        (Milestone, {"commitments": ()}, "at least 1"),
    ],
)
def test_row_that_says_too_much_or_too_little_is_refused(kind, change, words):
    kind.model_validate(good(kind))
    with pytest.raises(ValueError, match=words):
        kind.model_validate(good(kind) | change)


def copied(tmp_path, name: str = "", old: str = "", new: str = ""):
    for file in ("commitments.toml", "milestones.toml"):
        text = (commitments.FOLDER / file).read_text("utf-8")
        assert name != file or old in text
        (tmp_path / file).write_text(text.replace(old, new, 1) if name == file else text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "commitments.toml",
            'mark = "reported"',
            'mark = "heard"',
            r"commitments.toml: commitment E1: mark: ",
        ),
        ("commitments.toml", 'id = "E2"', 'id = "E1"', r"commitments.toml: commitment E1: id: stands twice"),
        ("commitments.toml", 'related = ["E4"', 'related = ["E44"', r"E3: related: unknown 'E44'"),
        ("commitments.toml", "[[target]]", "[[aim]]", r"commitments.toml: aim: unknown table"),
        ("commitments.toml", "[[target]]", "[[target]", r"commitments.toml: not TOML"),
        ("milestones.toml", 'commitments = ["E1"]', 'commitments = ["E99"]', r"commitments: unknown 'E99'"),
        ("milestones.toml", 'contests = "2023-02', 'contests = "2022-02', r"contests: unknown '2022-02"),
    ],
)
def test_wrong_table_names_file_row_and_field(tmp_path, file, old, new, message):
    with pytest.raises(CatalogueError, match=message):
        read(copied(tmp_path, file, old, new))


def test_cross_check_names_the_row_of_an_unknown_series(tmp_path):
    folder = copied(tmp_path, "commitments.toml", "caspian-level-gwm", "caspian-level-nowhere")
    with pytest.raises(CatalogueError, match="commitment E4: series: unknown 'caspian-level-nowhere'"):
        cross_check(read(folder), catalogue())


@pytest.mark.parametrize("name", ["caspian-level-cds", "caspian-level-change-derived"])
def test_no_reading_rests_on_an_experimental_or_a_derived_series(tmp_path, name):
    folder = copied(tmp_path, "commitments.toml", "caspian-level-gwm", name)
    with pytest.raises(CatalogueError, match=f"commitment E4: series: '{name}' is experimental or derived"):
        cross_check(read(folder), catalogue())
