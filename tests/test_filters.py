"""The address and the selection say the same, and nothing in an address can break a page."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.filters import Problem, Selection, choices, full, matching, read, window, write
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.schema import Source


def series(
    place: str, sea: str, basin: str | None = None, indicator: str = "level", source: str = "published"
):
    return Series(
        id=f"{place}-{indicator}-{source}",
        title="made up",
        place=place,
        indicator=indicator,
        source=source,
        unit="m",
        sea=sea,
        basin=basin,
        datum="source-relative",
        kind="observed",
        provenance_grade="primary",
        independence_group="made-up",
        cadence="day",
        cell_methods="time: point",
    )


ROWS = [
    series("caspian", "caspian"),
    series("caspian-north", "caspian", "caspian-north"),
    series("aral", "aral"),
    series("north-aral", "aral", "north-aral", indicator="area"),
    series("south-aral", "aral", "south-aral"),
    series("south-aral-west", "aral", "south-aral-west", source="gwm"),
    series("kaz", "both", indicator="ghg"),
    series("uzb", "aral", indicator="ghg"),
]


@pytest.fixture(scope="module")
def known():
    tables = catalogue()
    sources = {
        key: Source(id=key, label=key, licence="none", citation="none") for key in ("published", "gwm")
    }
    return choices(dataclasses.replace(tables, series={row.id: row for row in ROWS}, sources=sources))


def test_only_what_some_series_has_can_be_chosen(known):
    assert dict(known.basins) == {
        "caspian-north": "caspian",
        "north-aral": "aral",
        "south-aral": "aral",
        "south-aral-west": "aral",
    }
    assert known.indicators == ("level", "area", "ghg")
    assert known.sources == ("published", "gwm")
    assert {"E1", "E14", "T4", "N1", "S0"} <= set(known.commitments)
    assert known.basins_of("caspian") == ("caspian-north",)
    assert len(known.basins_of("both")) == 4


def test_bare_address_is_the_default(known):
    selection, problems = read({}, known)
    assert problems == []
    assert selection == Selection(sea="both", compare="speech", view="long", lang="en")
    assert write(selection) == {}


def test_full_address_is_read(known):
    address = {
        "sea": "aral",
        "basin": "south-aral-west",
        "indicator": "level",
        "source": "gwm",
        "from": "2010-01",
        "to": "2026-06",
        "compare": "custom",
        "before": "2022-11..2023-10",
        "after": "2025-07..2026-06",
        "view": "rate",
        "lang": "en",
        "open": "E4",
        "chart": "level-long",
    }
    selection, problems = read({name: [value] for name, value in address.items()}, known)
    assert problems == []
    assert (selection.start, selection.end, selection.after) == ("2010-01", "2026-06", "2025-07..2026-06")
    assert full(selection) == address
    assert list(write(selection)) == [name for name in address if name != "lang"]


def test_copy_link_writes_defaults_out(known):
    assert full(Selection()) == {
        "sea": "both",
        "basin": "",
        "indicator": "",
        "source": "",
        "from": "",
        "to": "",
        "compare": "speech",
        "view": "long",
        "lang": "en",
    }


@pytest.mark.fault("U01")
@pytest.mark.parametrize(
    ("params", "name", "reason"),
    [
        ({"sea": "black"}, "sea", "unknown"),
        ({"sea": "Caspian"}, "sea", "unknown"),
        ({"sea": " caspian"}, "sea", "unknown"),
        ({"sea": ""}, "sea", "unknown"),
        ({"sea": ["caspian", "aral"]}, "sea", "repeated"),
        ({"indicator": "Water level"}, "indicator", "unknown"),
        ({"basin": "kaz"}, "basin", "unknown"),
        ({"sea": "caspian", "basin": "north-aral"}, "basin", "unknown"),
        ({"source": "<script>alert(1)</script>"}, "source", "unknown"),
        ({"from": "2023-13"}, "from", "unknown"),
        ({"from": "2023-1"}, "from", "unknown"),
        ({"from": "2023-11-24"}, "from", "unknown"),
        ({"from": "٢٠٢٣-١١"}, "from", "unknown"),
        ({"from": "2023-11\n"}, "from", "unknown"),
        ({"from": "0000-01"}, "from", "unknown"),
        ({"lang": "xx"}, "lang", "unknown"),
        ({"view": "LONG"}, "view", "unknown"),
        ({"open": "e4"}, "open", "unknown"),
        ({"open": "E15"}, "open", "unknown"),
        ({"chart": "level long"}, "chart", "unknown"),
        ({"chart": "level<b>"}, "chart", "unknown"),
        ({"before": "2020-01..2020-12"}, "before", "unknown"),
        ({"compare": "custom"}, "compare", "incomplete"),
        ({"compare": "custom", "before": "2020-01..2020-12"}, "compare", "incomplete"),
    ],
)
def test_value_that_is_not_taken_falls_back_and_is_named(known, params, name, reason):
    selection, problems = read(params, known)
    raw = params[name] if isinstance(params[name], str) else params[name][0]
    assert Problem(name, raw, reason) in problems
    sea = params["sea"] if name == "basin" and "sea" in params else "both"
    assert selection == Selection(sea=sea)


@pytest.mark.fault("U02")
def test_reversed_period_is_reported_at_both_ends(known):
    selection, problems = read({"from": "2024-01", "to": "2023-12"}, known)
    assert selection == Selection()
    assert problems == [Problem("from", "2024-01", "reversed"), Problem("to", "2023-12", "reversed")]
    assert read({"from": "2024-01", "to": "2024-01"}, known)[1] == []


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("2023-10..2022-11", "2024-01..2024-12", ["before", "compare"]),
        ("2022-01..2022-12", "2024-12..2024-01", ["after", "compare"]),
        ("2022-01..2023-12", "2023-12..2024-12", ["after", "compare"]),
        ("2024-01..2024-12", "2022-01..2022-12", ["after", "compare"]),
    ],
)
def test_windows_come_as_a_pair_in_order(known, before, after, named):
    selection, problems = read({"compare": "custom", "before": before, "after": after}, known)
    assert [problem.name for problem in problems] == named
    assert selection == Selection()


def test_oversized_value_is_cut_in_the_report(known):
    _, problems = read({"basin": "a" * 5000}, known)
    assert problems == [Problem("basin", "a" * 40)]


def test_names_that_are_no_filter_are_passed_over(known):
    assert read({"utm_source": "mail", "embed": ["true", "true"]}, known) == (Selection(), [])


def test_window_gives_its_two_months():
    assert window("2022-11..2023-10") == ("2022-11", "2023-10")
    with pytest.raises(ValueError, match="2022"):
        window("2022-11")


def test_what_one_page_reads_stays_out_of_the_address_of_the_others():
    selection = Selection(sea="aral", view="rate", open="E2")
    assert write(selection, page="level") == {"sea": "aral", "view": "rate"}
    assert write(selection, page="commitments") == {"sea": "aral", "open": "E2"}
    assert write(selection, page="overview") == {"sea": "aral"}
    assert write(selection) == {"sea": "aral", "view": "rate", "open": "E2"}


def places(selection: Selection) -> list[str]:
    return [row.place for row in matching(selection, ROWS)]


def test_series_of_both_seas_pass_either():
    assert places(Selection(sea="caspian")) == ["caspian", "caspian-north", "kaz"]
    assert "caspian" not in places(Selection(sea="aral"))
    assert "kaz" in places(Selection(sea="aral"))
    assert places(Selection()) == [row.place for row in ROWS]


def test_basin_takes_its_parts_and_not_its_whole():
    assert places(Selection(basin="south-aral-west")) == ["south-aral-west"]
    assert places(Selection(basin="south-aral")) == ["south-aral", "south-aral-west"]
    assert places(Selection(basin="north-aral")) == ["north-aral"]


def test_indicator_and_source_narrow():
    assert places(Selection(indicator="ghg")) == ["kaz", "uzb"]
    assert places(Selection(source="gwm", indicator="level")) == ["south-aral-west"]


months = st.tuples(st.integers(1800, 2199), st.integers(1, 12)).map(
    lambda pair: "{:04d}-{:02d}".format(*pair)
)


@st.composite
def selections(draw, known):
    sea = draw(st.sampled_from(known.seas))
    start, end = sorted(draw(st.tuples(months, months)))
    custom = sorted(draw(st.sets(months, min_size=4, max_size=4)))
    compare = draw(st.sampled_from(known.compares))
    windows = {"before": "..".join(custom[:2]), "after": "..".join(custom[2:])} if compare == "custom" else {}
    return Selection(
        sea=sea,
        basin=draw(st.sampled_from(("", *known.basins_of(sea)))),
        indicator=draw(st.sampled_from(("", *known.indicators))),
        source=draw(st.sampled_from(("", *known.sources))),
        start=draw(st.sampled_from(("", start))),
        end=draw(st.sampled_from(("", end))),
        compare=compare,
        view=draw(st.sampled_from(known.views)),
        lang=draw(st.sampled_from(known.langs)),
        open=draw(st.sampled_from(("", *known.commitments))),
        chart=draw(st.sampled_from(("", "level-long", "placebo-E4"))),
        **windows,
    )


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_round_trip(known, data):
    selection = data.draw(selections(known))
    assert read(write(selection), known) == (selection, [])
    assert read(full(selection), known) == (selection, [])
    assert not set(write(selection)) - set(full(selection))


NAMES = [
    "sea",
    "basin",
    "indicator",
    "source",
    "from",
    "to",
    "compare",
    "before",
    "after",
    "view",
    "lang",
    "open",
    "chart",
]
odd = st.sampled_from(
    [
        "caspian",
        "aral",
        "north-aral",
        "custom",
        "2020-01",
        "2019-01",
        "2020-01..2020-05",
        "2021-01..2020-05",
        "E1",
    ]
)


@pytest.mark.fault("U01")
@given(
    params=st.dictionaries(
        st.sampled_from(NAMES),
        st.one_of(odd, st.text(max_size=60), st.lists(st.one_of(odd, st.text(max_size=60)), max_size=3)),
    )
)
@settings(max_examples=200, deadline=None)
def test_whatever_the_address_says_the_result_is_a_valid_selection(known, params):
    selection, problems = read(params, known)
    assert read(write(selection), known) == (selection, [])
    assert all(len(problem.value) <= 40 and problem.name in params for problem in problems)
