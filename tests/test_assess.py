"""The assembled readings: the promised JSON, the words on the embedded figures, what live months change."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard import cli
from dashboard.readings import assess as module
from dashboard.readings.assess import assess
from dashboard.readings.condition import by_months, frozen, sensitivity
from dashboard.readings.condition.records import ConditionState, weakest
from dashboard.readings.records import DeliveryState, PathwayState
from dashboard.register.rows import Reason
from dashboard.series import snapshot
from loaders.cli import commands
from loaders.errors import Asking
from loaders.tables.catalogue import catalogue
from tests import levels

ROOT = Path(__file__).parents[1]
TODAY = np.datetime64("2026-11-24", "D")
ALL = [*(f"E{n}" for n in range(1, 15)), "T1", "T2", "T3", "T4", "N1", "S0"]
KEYS = ["id", "kind", "sea", "wording", "deadline", "as_of", "delivery", "condition", "pathway",
        "not_measurable", "evidence_strength", "series_used"]  # fmt: skip


@pytest.fixture(scope="module")
def stored():
    """What is embedded, whatever the developer's own cache holds."""
    import loaders

    def one(name):
        return loaders.open_series(name, origin="baseline")

    from loaders.baseline import csv_tables

    return snapshot.Snapshot(
        catalogue(), {name: one(name) for name in csv_tables.manifest()["series"]}, "0" * 12
    )


@pytest.fixture(scope="module")
def found(stored):
    return {one.row.id: one for one in assess(stored, as_of=TODAY)}


# ---- the JSON ---------------------------------------------------------------------------------------------


def test_json_has_the_promised_keys(found):
    assert [key for key in found if key in ALL] == ALL
    for one in found.values():
        content = one.to_json()
        assert list(content) == KEYS
        assert json.loads(json.dumps(content, allow_nan=False)) == content
        assert content["as_of"] == "2026-11-24"
        assert content["evidence_strength"] in ("strong", "medium", "weak", "disputed", "none")
    act = found["E3"].to_json()["delivery"]
    assert set(act) == {"state", "since", "unconfirmed", "milestones", "evidence_strength"}
    water = found["E4"].to_json()["condition"]
    assert set(water) == {"state", "pace", "baselines", "like_months", "too_early_until",
                          "evidence_strength"}  # fmt: skip
    assert {key for entry in water["baselines"] for key in entry} == {
        "from", "change_cm_per_year", "placebo_low", "placebo_high", "placebo_n", "rank", "state",
        "pace_before_cm_per_year", "pace_after_cm_per_year",
    }  # fmt: skip
    assert set(water["pace"]) == {"after", "before", "change", "interval", "difference_cm", "period",
                                  "source", "method"}  # fmt: skip
    assert set(water["like_months"]) == {
        "months", "before", "after", "change", "uncertainty", "unit", "datum", "n_before", "n_after",
        "sources_agree", "sources_total",
    }  # fmt: skip
    pace = found["E1"].to_json()["pathway"]
    assert set(pace) == {"state", "observed_rate", "needed_rate", "ratio", "ratio_low", "ratio_high", "unit",
                         "window", "evidence_strength"}  # fmt: skip
    assert set(found["E6"].to_json()["not_measurable"]) == {"reason", "what_would_help", "evidence_strength"}


def test_state_words_are_the_promised_ones():
    promised = {
        DeliveryState: "not_found, announced, adopted_or_signed, operating, lapsed",
        ConditionState: "no_data, too_early, fall_steepening, recovering, holding, fall_slowing, "
        "no_detectable_change, rise_slowing, now_falling, rise_strengthening, depends_on_baseline, "
        "sources_disagree",
        PathwayState: "on_track, too_slow, far_too_slow, wrong_direction, sources_disagree, cannot_tell, "
        "no_target",
        Reason: "no_series, not_open, wrong_indicator, effort, outside_control, outside_scope",
    }
    for words, text in promised.items():
        assert list(words.__args__) == text.split(", ")


# ---- the embedded figures ---------------------------------------------------------------------------------


def means(stored, series, first, last):
    """Whole years of an embedded list, in cm."""
    data = stored.series[series]["value"].sel(time=slice(str(first), str(last)))
    return data.values * 100


def slope(values):
    return np.polyfit(np.arange(len(values)), values, 1)[0]


def test_three_frozen_baselines_and_the_yearly_ground(found, stored):
    water = found["E4"].condition
    entries = {entry.start: entry for entry in water.baselines}
    assert list(entries) == ["2006-01", "2014-01", "2018-01", "yearly"]
    assert [entry.state for entry in water.baselines] == ["no_data"] * 3 + ["no_detectable_change"]
    assert entries["2014-01"].absence == "ends_before_speech"
    yearly = entries["yearly"]
    assert (yearly.before, yearly.after, yearly.counts) == (("2014", "2023"), ("2024", "2025"), (10, 2))
    assert yearly.fit.before.value == pytest.approx(-13.0, abs=0.05)
    # 2024 and 2025 stood at -29.20 and -29.35 m.
    assert yearly.fit.after.value == pytest.approx(-15.0)
    assert yearly.change == pytest.approx(-15.0 - slope(means(stored, levels.SECTOR, 2014, 2023)))
    # The band is that of the whole sea's century: 91 break years from 1930 on, recomputed.
    century = means(stored, frozen.YEARLY, 1921, 2022)
    changes = [slope(century[at + 10 : at + 12]) - slope(century[at : at + 10]) for at in range(91)]
    assert (yearly.band.own.count, len(yearly.placebos)) == (91, 91)
    assert yearly.rank == sum(change < yearly.change for change in changes)
    assert (yearly.band.low, yearly.band.high) == (pytest.approx(-26.1, abs=1), pytest.approx(23.5, abs=1))
    assert (water.state, water.evidence_strength) == ("no_detectable_change", "medium")
    assert water.too_early_until is None


def test_two_years_are_no_pace_in_the_json(found):
    water = found["E4"].to_json()["condition"]
    yearly = next(one for one in water["baselines"] if one["from"] == "yearly")
    assert yearly["pace_after_cm_per_year"] is None
    assert yearly["pace_before_cm_per_year"] == pytest.approx(-13.0, abs=0.05)
    assert (water["pace"]["after"], water["pace"]["difference_cm"]) == (None, -15.0)
    assert water["pace"]["source"] == levels.SECTOR


def test_one_word_throughout_the_yearly_cells(found, stored):
    """Other years before, and the other family of sources; each change by another fit."""
    satellite = "caspian-level-dahiti-2026-annual"
    cells = [(one.start, one.series) for one in found["E4"].condition.sensitivity.yearly]
    assert cells == [("2006", levels.SECTOR), ("2018", levels.SECTOR), ("2014", satellite)]
    for one in found["E4"].condition.sensitivity.yearly:
        before, after = (means(stored, one.series, *years) for years in ((one.start, 2023), (2024, 2025)))
        assert one.change == pytest.approx(after[1] - after[0] - slope(before))
        assert one.state == "no_detectable_change"


def test_like_months_behind_the_headline(found):
    like = found["E4"].to_json()["condition"]["like_months"]
    assert like["change"] == pytest.approx(-0.38, abs=0.005)
    # Scatter of the four quarters, reading error of the figure, half the way to the gauges' -0.33 m.
    half = (0.38175 - 0.33) / 2
    assert like["uncertainty"] == pytest.approx((0.06278**2 + 0.026**2 + half**2) ** 0.5, abs=0.0006)
    assert (like["before"], like["after"]) == ("2022-10/2023-09", "2025-04/2026-03")
    assert like["months"] == list(range(1, 13))
    assert (like["n_before"], like["n_after"], like["sources_agree"], like["sources_total"]) == (4, 4, 2, 2)


def test_sensitivity_strip(found):
    strip = found["E4"].condition.sensitivity
    full = {cell.months: cell.agreed.main.change for cell in strip.windows if cell.agreed}
    # By hand: the newest eight quarters against the eight to September 2023, season by season.
    assert set(full) == {12, 24}
    assert full[24] == pytest.approx(-0.455, abs=0.0006)
    assert not strip.flips
    assert {cell.without for cell in strip.left_out} == {"altimetry", "gauges-kz"}
    gauges = next(cell for cell in strip.left_out if cell.without == "altimetry")
    # Without the satellite: the sector's mean of 2025 less that of 2023.
    assert gauges.agreed.main.change == pytest.approx(-29.35 + 29.02)
    assert {cell.only for cell in strip.by_source} == {"altimetry", "gauges-kz"}


@pytest.mark.parametrize(
    ("row", "places"), [("E2", ["north-aral", "south-aral-west"]), ("S0", ["south-aral-west"])]
)
def test_each_aral_basin_is_too_short_to_calibrate(found, row, places):
    waters = found[row].conditions
    assert [one.place for one in waters] == places
    for one in waters:
        assert (one.state, one.absence, one.evidence_strength) == (
            "no_data",
            "too_short_to_calibrate",
            "none",
        )
        assert [entry.state for entry in one.baselines] == ["no_data"] * 3
        assert one.like.main.step == "year"
        assert [str(getattr(one.like.main.pairs[0], side))[:4] for side in ("before", "after")] == [
            "2023",
            "2024",
        ]
        assert one.like.total == 1


def test_volga_has_no_year_after_the_speech(found):
    water = found["E5"].condition
    assert (water.state, water.absence, water.too_early_until) == ("no_data", "ends_before_speech", None)
    volga = water.flows[0]
    assert volga.excluded == (2019, 2023)
    assert volga.before.years == (2017, 2018, 2020, 2021, 2022)
    # (272.1 + 244.9 + 279.9 + 208.3 + 211.6) / 5 as printed in the list.
    assert volga.before.mean == pytest.approx(243.36)
    assert (volga.before.sharp, volga.after) == (False, None)
    assert volga.deviation > volga.before.difference > -volga.deviation
    assert len(water.baselines) == 3


def flow_series(after: dict[int, float]):
    years = [*range(1995, 2024), *after]
    values = [250.0 + (20 if year % 2 else -20) for year in range(1995, 2024)] + list(after.values())
    return levels.snapshot(levels.yearly("volga-runoff-kazhydromet", np.array(years), np.array(values)))


@pytest.mark.parametrize(
    ("after", "state"),
    [
        ({}, "no_data"),
        ({2024 + n: 200.0 for n in range(4)}, "too_early"),
        ({2024 + n: 250.0 for n in range(5)}, "no_detectable_change"),
        ({2024 + n: 229.49 for n in range(5)}, "no_detectable_change"),
        ({2024 + n: 229.47 for n in range(5)}, "fall_steepening"),
        ({2024 + n: 270.53 for n in range(5)}, "recovering"),
    ],
)
def test_flow_is_sharp_beyond_one_deviation_of_five_years(after, state):
    # Ten years at 270 and ten at 230: mean 250, deviation 20 * sqrt(20/19) = 20.5196.
    (one,) = assess(flow_series(after), as_of=np.datetime64("2029-06-01", "D"), ids=["E5"])
    assert one.condition.flows[0].deviation == pytest.approx(20.5196, abs=1e-4)
    assert one.condition.state == state


def test_paces_and_later_targets(found):
    assert found["E1"].pathway.state == "sources_disagree"
    assert found["E9"].pathway.state == "too_slow"
    later = {one.target.id: one for one in found["E2"].later}
    assert {name: one.state for name, one in later.items()} == {
        "north-aral-volume-2030": "on_track",
        "north-aral-second-phase-volume": "sources_disagree",
    }
    assert {one.evidence_strength for one in later.values()} == {"disputed"}


def test_evidence_of_a_row_is_that_of_its_weakest_reading(found):
    assert weakest(["strong", "medium"]) == "medium"
    assert weakest(["weak", "none"]) == "weak"
    assert weakest(["weak", "disputed"]) == "disputed"
    assert weakest(["none"]) == "none"
    rows = {
        "E1": "medium",
        "E2": "weak",
        "E4": "medium",
        "E5": "none",
        "E11": "disputed",
        "T1": "none",
        "S0": "none",
    }
    assert {name: found[name].evidence_strength for name in rows} == rows


def test_series_used_are_stored(found, stored):
    used = {name for one in found.values() for name in one.series_used}
    assert levels.SECTOR in used
    assert used <= set(stored.series)
    assert found["E6"].series_used == ()


# ---- a day in the past ------------------------------------------------------------------------------------


def test_as_of_is_a_reconstruction(stored):
    early = {one.row.id: one for one in assess(stored, as_of=np.datetime64("2025-01-15", "D"))}
    water = early["E4"].condition
    yearly = water.baselines[-1]
    assert (yearly.start, yearly.state, yearly.after) == ("yearly", "too_early", ("2024", "2024"))
    # Two whole years after the speech are over on 1 January 2026, and a word stands from that day on.
    assert (water.state, water.too_early_until, water.pace) == ("too_early", "2026-01-01", None)
    for day, state in (("2025-12-31", "too_early"), ("2026-01-01", "no_detectable_change")):
        (one,) = assess(stored, as_of=np.datetime64(day, "D"), ids=["E4"])
        assert one.condition.state == state
        assert (one.condition.too_early_until is None) is (state != "too_early")
    assert early["E11"].delivery.state == "not_found"
    assert early["E9"].pathway.newest == ("2024", 6.4)
    assert early["E2"].later == ()
    before = assess(stored, as_of=np.datetime64("2024-06-30", "D"), ids=["E4", "E9"])
    assert [entry.start for entry in before[0].condition.baselines] == ["2006-01", "2014-01", "2018-01"]
    assert before[0].condition.state == "no_data"
    assert before[1].pathway.state == "cannot_tell"


def test_a_period_counts_once_it_is_over(stored):
    names = [levels.SECTOR, "caspian-level-dahiti-2026-quarterly", "north-aral-volume-published"]
    cut = module.until(stored, np.datetime64("2025-12-30", "D"), names)
    newest = {name: str(data["time"].values[-1])[:10] for name, data in cut.series.items()}
    assert newest == {
        levels.SECTOR: "2024-01-01",
        "caspian-level-dahiti-2026-quarterly": "2025-07-01",
        "north-aral-volume-published": "2025-09-10",
    }


def test_yearly_list_is_stale_when_a_year_and_120_days_passed(stored):
    for day, state in (("2027-05-01", "no_detectable_change"), ("2027-05-02", "no_data")):
        (one,) = assess(stored, as_of=np.datetime64(day, "D"), ids=["E4"])
        assert one.condition.baselines[-1].state == state
    assert one.condition.baselines[-1].absence == "stale"


def test_what_is_refused(stored):
    with pytest.raises(Asking, match="unknown commitment 'E99'"):
        assess(stored, as_of=TODAY, ids=["E99"])
    with pytest.raises(Asking, match="the speech was on 2023-11-24"):
        assess(stored, as_of=np.datetime64("2023-11-23", "D"))


# ---- live months ------------------------------------------------------------------------------------------


def with_gwm(stored, last: str, change: float = 0.0):
    months = levels.span("1993-01", last)
    x = (months.astype(int) + 0.5) / 12 - 53.9
    values = -28 + (-11 * x + change * np.maximum(x, 0)) / 100 + levels.swings(months.size)
    live = levels.ten_day(levels.GWM, months, values)
    return replace(stored, series={**stored.series, levels.GWM: live})


def live_alone(stored, last: str, change: float = 0.0):
    """No yearly list beside the months."""
    data = with_gwm(stored, last, change).series[levels.GWM]
    return replace(stored, series={levels.GWM: data})


@pytest.mark.parametrize(("last", "state"), [("2026-10", "too_early"), ("2026-11", "no_detectable_change")])
def test_live_months_without_a_list_wait_for_the_36th(stored, last, state):
    day = (np.datetime64(last, "M") + 1).astype("datetime64[D]") + 20
    (one,) = assess(live_alone(stored, last), as_of=day, ids=["E4"])
    water = one.condition
    assert [entry.start for entry in water.baselines] == ["2006-01", "2014-01", "2018-01"]
    assert {entry.state for entry in water.baselines} == {state}
    assert water.state == state
    assert water.too_early_until == ("2026-12-01" if state == "too_early" else None)


@pytest.mark.parametrize("last", ["2026-10", "2026-11"])
def test_live_months_take_the_place_of_the_yearly_ground_when_they_can_give_a_word(stored, last):
    """35 months take no word away: more data, no less reading."""
    ready = last == "2026-11"
    day = (np.datetime64(last, "M") + 1).astype("datetime64[D]") + 20
    (one,) = assess(with_gwm(stored, last), as_of=day, ids=["E4"])
    water = one.condition
    entries = {entry.start: entry for entry in water.baselines}
    assert list(entries) == ["2006-01", "2014-01", "2018-01", *(() if ready else ("yearly",))]
    months = [entries[start] for start in frozen.BASELINES]
    assert {entry.series for entry in months} == {levels.GWM}
    assert {entry.state for entry in months} == {"no_detectable_change" if ready else "too_early"}
    assert water.state == "no_detectable_change"
    assert water.evidence_strength == "medium"
    assert water.too_early_until is None
    assert one.to_json()["condition"]["too_early_until"] is None
    assert (water.pace.series, water.pace.step) == (levels.GWM, "month")
    assert water.like.main.step == "month"
    assert {cell.months: bool(cell.agreed) for cell in water.sensitivity.windows}[36] is ready


def test_no_day_has_a_word_and_a_day_on_which_one_is_possible(stored):
    """A refreshed record on each first of a month through the 36th: the word of the list stays to the end."""
    shot = with_gwm(stored, "2027-02")
    for month in levels.span("2026-06", "2027-02"):
        (one,) = assess(shot, as_of=month.astype("datetime64[D]"), ids=["E4"])
        assert (one.condition.state, one.condition.too_early_until) == ("no_detectable_change", None)
        decided = {entry.start for entry in one.condition.baselines if entry.state == one.condition.state}
        assert decided == (set(frozen.BASELINES) if str(month) >= "2026-12" else {"yearly"})


@pytest.mark.parametrize(
    ("change", "state"), [(30.0, "recovering"), (-35.0, "fall_steepening"), (0.0, "no_detectable_change")]
)
def test_words_through_2027(stored, change, state):
    (one,) = assess(with_gwm(stored, "2027-12", change), as_of=np.datetime64("2028-01-20", "D"), ids=["E4"])
    water = one.condition
    assert water.state == state
    # 49 months after: the band of 48 holds.
    assert {entry.band.own.after for entry in water.baselines} == {48}
    assert water.carried.times.size == 49
    assert water.pace.before.value == pytest.approx(-11.0, abs=0.3)
    assert water.pace.after.value == pytest.approx(-11.0 + change, abs=0.3)
    assert water.sources[0].series == levels.GWM


def test_independent_sources_that_differ_leave_no_word(stored):
    day = np.datetime64("2027-01-20", "D")
    records = []
    for change, group in ((0.0, "altimetry"), (30.0, "gauges")):
        data = with_gwm(stored, "2026-12", change).series[levels.GWM]
        one = by_months.record(catalogue().series[levels.GWM], data, day)
        records.append(replace(one, row=one.row.model_copy(update={"independence_group": group})))
    readings = [by_months.reading(one, frozen.bands_of("caspian"), day) for one in records]
    water = module._over_sources("caspian", records, readings)
    assert (water.state, water.evidence_strength) == ("sources_disagree", "disputed")
    assert [one.state for one in water.sources] == ["no_detectable_change", "recovering"]


@pytest.mark.parametrize(
    ("row", "series", "place"),
    [
        ("E2", "north-aral-level-gwm", "north-aral"),
        ("S0", "south-aral-level-gwm-277", "south-aral-west"),
    ],
)
@pytest.mark.parametrize("first", ["1993-01", "2016-01"])
def test_an_aral_basin_has_no_word_however_long_its_months(stored, row, series, place, first):
    """No century of years stands beside them; the lines and the pace are there all the same."""
    months = levels.span(first, "2026-12")
    x = (months.astype(int) + 0.5) / 12 - 53.9
    values = 41 + 0.4 * np.maximum(x, 0) + levels.swings(months.size)
    data = levels.ten_day(series, months, values).assign_attrs(basin=place)
    live = replace(stored, series={**stored.series, series: data})
    (one,) = assess(live, as_of=np.datetime64("2027-01-20", "D"), ids=[row])
    water = next(water for water in one.conditions if water.place == place)
    assert (water.state, water.absence) == ("no_data", "too_short_to_calibrate")
    assert water.evidence_strength == "none"
    assert [entry.start for entry in water.baselines] == list(frozen.BASELINES)
    assert {entry.state for entry in water.baselines} == {"no_data"}
    assert water.baselines[2].fit.after.value == pytest.approx(40.0, abs=0.5)
    assert (water.baselines[0].fit is None) is (first == "2016-01")
    assert water.too_early_until is None
    assert water.pace.after.value == pytest.approx(40.0, abs=0.5)


def test_a_cell_that_changes_sign_is_seen():
    months = levels.span("2015-01", "2026-11")
    # 0.3 m higher in the newest twelve months, and 0.3 m lower in the two years before them.
    values = np.where(
        months >= np.datetime64("2025-12"), 0.3, np.where(months >= np.datetime64("2023-12"), -0.3, 0.0)
    )
    live = levels.ten_day(levels.GWM, months, values + levels.swings(months.size))
    shot = levels.snapshot(live, as_of="2026-12-20")
    rows = [catalogue().series[levels.GWM]]
    cells = sensitivity.windows(shot, rows)
    changes = [cell.agreed.main.change for cell in cells]
    # (0.3 - 0.3 - 0.3) / 3 over 36 months.
    assert changes == pytest.approx([0.3, 0.0, -0.1], abs=0.02)
    assert sensitivity.flips(cells)
    assert not sensitivity.flips(cells[:1])


# ---- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def run(capsys):
    before = signal.getsignal(signal.SIGTERM)

    def invoke(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            commands.run(cli.app, "two-seas", ["assess", *words])
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    yield invoke
    signal.signal(signal.SIGTERM, before)


def test_command_prints_json_and_a_table(run):
    code, out, err = run("--json", "--as-of", "2026-06-30", "--commitment", "E1", "--commitment", "E4")
    assert (code, err) == (0, "")
    assert [(one["id"], one["as_of"]) for one in json.loads(out)] == [
        ("E1", "2026-06-30"),
        ("E4", "2026-06-30"),
    ]
    code, out, err = run("--as-of", "2026-06-30")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1:] if line.split()[0] in ALL] == ALL
    assert "no_detectable_change" in next(line for line in lines if line.startswith("E4"))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--commitment", "E99"), "valid: E1, E2"),
        (("--as-of", "yesterday"), "write YYYY-MM-DD"),
        (("--as-of", "2999-01-01"), "still to come"),
        (("--as-of", "2020-01-01"), "the speech was on 2023-11-24"),
    ],
)
def test_wrong_arguments_are_one_line_and_code_2(run, words, text):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert text in err
    assert err.count("\n") == 1


def test_readings_load_no_streamlit_no_plotly_and_no_scipy_stats():
    code = (
        "import sys, numpy as np; from dashboard.series import snapshot; "
        "from dashboard.readings.assess import assess; "
        "assess(snapshot.load(), as_of=np.datetime64('2026-06-30')); print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert "dashboard.readings.assess" in loaded
    assert not {"streamlit", "plotly", "scipy.stats"} & set(loaded)
