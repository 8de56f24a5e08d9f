"""Derived rows: computed when opened, listed with what they wait for, and refused where they cannot hold."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import xarray as xr

import loaders
from dashboard.readings import finding
from dashboard.series import climate, comparison
from dashboard.series.level.levels import comparable
from dashboard.series.snapshot import Snapshot
from loaders.access import overview
from loaders.cache import store
from loaders.cli import printing
from loaders.dataset import contract, netcdf
from loaders.derived.deriving import FORMULAS, derive
from loaders.errors import CatalogueError, NoData
from loaders.pipeline.outcomes import Fetched, entry
from loaders.pipeline.results import SeriesResult
from loaders.tables import lineage
from loaders.tables.catalogue import TABLES, catalogue, find_series, read
from loaders.tables.vocabulary import Formula

ROOT = Path(__file__).parents[1]
ROWS = [row for row in catalogue().series.values() if row.derive]
OFFLINE = [
    "caspian-volume-change-derived", "caspian-flow-share-derived", "caspian-level-change-derived",
    "aral-sea-net-precipitation-derived",
]  # fmt: skip
VOLUME, SHARE, LEVEL = OFFLINE[:3]
TRACK = "caspian-level-change-gwm-derived"
WARM, RAIN = "volga-basin-air-temperature-open-meteo", "volga-basin-precipitation-open-meteo"
SECOND = "volga-basin-air-temperature-nasa-power"


def made(series_id: str, values, first: str = "1991-01", step: str = "M", qc=None) -> xr.Dataset:
    row = find_series(series_id)
    times = (np.datetime64(first, step) + np.arange(len(values))).astype("datetime64[ns]")
    parsed = xr.Dataset(
        {"value": ("time", np.array(values, "float64"), {"units": row.unit})}, coords={"time": times}
    )
    if qc is not None:
        parsed["qc"] = ("time", np.array(qc, "int8"))
    return contract.check(contract.conform(parsed, row))


def keep(*datasets: xr.Dataset, when: str = "2026-11-01T10:00:00Z") -> None:
    """Store them as a refresh would."""
    known = store.entries()
    with store.locked():
        for dataset in datasets:
            name = dataset.attrs["series_id"]
            fetched = Fetched(SeriesResult(name, "updated"), dataset, "0" * 64, when)
            sha256 = store.put_series(netcdf.encode(dataset))
            known[name] = entry(fetched, sha256, find_series(name).source, ["stored"])
        store.commit(known, {})


def listed(series_id: str) -> dict:
    return next(item for item in loaders.list_series() if item["id"] == series_id)


# ---- from the embedded figures ----------------------------------------------------------------------------


@pytest.mark.parametrize("series_id", OFFLINE)
def test_derived_series_opens_without_a_refresh_and_says_how_it_was_made(series_id):
    dataset, row = loaders.open_series(series_id), find_series(series_id)
    contract.check(dataset)
    assert (dataset.attrs["kind"], dataset.attrs["origin"]) == ("derived", "baseline")
    assert dataset.attrs["inputs"].split() == list(row.derive.inputs)
    assert dataset.attrs["formula"]
    assert dataset.attrs["uncertainty"]
    assert dataset.attrs["source"].count("Two Seas, computed from: ") == 1
    assert dataset.attrs["source_label"].count("Two Seas, computed from: ") == 1
    first = loaders.open_series(row.derive.inputs[0])
    assert first.attrs["source_label"].split(": ")[-1] in dataset.attrs["source_label"]
    assert first.attrs["licence"] in dataset.attrs["licence"]
    with pytest.raises(ValueError, match="read-only"):
        dataset["value"].values[0] = 0


def test_volume_of_a_year_by_hand():
    """-28.3204 m in 2023, -28.5587 m in 2024; area 392,300 and 355,700 km2: (374,000 +- 18,300) km2."""
    point = loaders.open_series(VOLUME).sel(time="2024-01-01")
    assert point["value"].item() == pytest.approx(-0.2383 * 374.0, abs=1e-4)
    expected = np.hypot(374.0 * 0.022 * np.sqrt(2), 0.2383 * 18.3)
    assert point["uncertainty"].item() == pytest.approx(expected, abs=1e-4)


def test_a_part_year_is_no_year():
    """The first half of 2026 stands in the list, flagged 3."""
    assert "2026" in str(loaders.open_series("caspian-level-dahiti-2026-annual")["time"].values[-1])
    assert str(loaders.open_series(VOLUME)["time"].values[-1])[:4] == "2025"


def test_share_is_the_volume_over_the_mean_of_the_list():
    """The mean of 1938-2022 without the year that the list itself makes doubtful."""
    flow = loaders.open_series("volga-runoff-kazhydromet").sel(time=slice("1938", "2022"))
    mean = np.mean([v for v, q in zip(flow["value"].values, flow["qc"].values, strict=True) if q == 1])
    volume, share = (loaders.open_series(name).sel(time="2024-01-01") for name in (VOLUME, SHARE))
    assert share["value"].item() == pytest.approx(100 * volume["value"].item() / mean)
    assert f"{mean:.1f} km3, the mean of 1938 to 2022" in share.attrs["formula"]


def test_consensus_keeps_spread_offsets_and_number_of_sources():
    """2023: satellite -28.3204 and gauges -28.86, less their means of 1993-2023, -26.830 and -27.445."""
    dataset = loaders.open_series(LEVEL)
    point = dataset.sel(time="2023-01-01")
    one, other = -28.3204 + 26.830, -28.86 + 27.445
    assert point["value"].item() == pytest.approx((one + other) / 2, abs=1e-3)
    assert point["spread"].item() == pytest.approx(other - one, abs=1e-3)
    assert point["sources"].item() == 2
    assert dataset.attrs["datum"] == "source-relative"
    assert "kazhydromet-annual -27.445" in dataset.attrs["offsets"]


def test_rain_less_evaporation_of_the_aral_by_hand():
    rain, lost = (loaders.open_series(f"aral-{name}-table") for name in ("precipitation", "evaporation"))
    point = loaders.open_series("aral-sea-net-precipitation-derived").sel(time="1960-01-01")
    assert point["value"].item() == pytest.approx(
        rain["value"].sel(time="1960-01-01").item() - lost["value"].sel(time="1960-01-01").item()
    )
    assert -70 < point["value"].item() < -30  # about a metre from 68,900 km2


def test_export_names_formula_inputs_and_spread():
    text = loaders.to_csv([loaders.open_series(LEVEL)])
    assert "# formula: median of the years' mean levels" in text
    assert "# inputs: caspian-level-dahiti-2026-annual caspian-level-kazhydromet-annual" in text
    assert "provisional,spread,sources\n" in text
    again = netcdf.decode(loaders.to_netcdf(loaders.open_series(LEVEL)))
    assert again.attrs["uncertainty"] == "half the spread between the sources"
    assert again["sources"].values.tolist() == [2] * again.sizes["time"]


# ---- what is not there yet --------------------------------------------------------------------------------


def test_missing_input_is_named_and_nothing_empty_is_given():
    with pytest.raises(NoData, match=f"^{TRACK}: no data yet: needs caspian-level-gwm; run refresh$"):
        loaders.open_series(TRACK)
    item = listed(TRACK)
    assert (item["state"], item["needs"], item["points"]) == ("empty", ["caspian-level-gwm"], 0)
    assert TRACK not in loaders.open_all()
    (line,) = [line for line in printing.list_table([item]) if line.startswith(TRACK)]
    assert line.endswith("empty, needs caspian-level-gwm")


def test_what_is_listed_with_data_can_be_opened_and_the_other_way_round():
    opened = loaders.open_all()
    for item in loaders.list_series():
        assert (item["state"] != "empty") == (item["id"] in opened)
        if item["inputs"] and item["state"] != "empty":
            dataset = opened[item["id"]]
            assert item["points"] == dataset.sizes["time"]
            assert item["newest"] == str(dataset["time"].values[-1])[:10]
            assert item["needs"] == []


def test_a_derived_series_is_as_live_as_its_inputs_and_adds_nothing_to_the_cache_id():
    warm = "volga-basin-air-temperature-anomaly-derived"
    keep(made(WARM, np.tile(np.arange(1.0, 13), 31)))
    dataset = loaders.open_series(warm)
    assert dataset["value"].values == pytest.approx(np.zeros(372))
    assert (dataset.attrs["origin"], dataset.attrs["retrieved_at"]) == ("live", "2026-11-01T10:00:00Z")
    assert dataset.attrs["base_period"] == "1991-2020"
    assert listed(warm)["newest"] == "2021-12-01"
    assert listed(warm)["state"] == "silent"
    with pytest.raises(NoData):
        loaders.open_series(warm, origin="baseline")
    before = loaders.cache_id()
    raised = np.tile(np.arange(1.0, 13), 31)
    raised[-1] += 2
    keep(made(WARM, raised))
    assert loaders.open_series(warm)["value"].values[-1] == pytest.approx(2.0)
    assert loaders.cache_id() != before
    status = next(item for item in loaders.status()["series"] if item["id"] == warm)
    assert (status["origin"], status["newest"]) == ("live", "2021-12-01")


def test_too_short_an_input_is_no_data_either():
    keep(made(RAIN, [10.0] * 24))
    with pytest.raises(NoData, match="volga-basin-precipitation-anomaly-derived: 2 years of month 1"):
        loaders.open_series("volga-basin-precipitation-anomaly-derived")
    assert listed("volga-basin-precipitation-anomaly-derived")["state"] == "empty"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_opens_once_its_inputs_are_there(row):
    """Thirty-three years of plausible numbers for what only a refresh brings."""
    sizes = {"year": 33, "month": 33 * 12, "10-day": 33 * 36}
    for name in sorted(lineage.behind(row, catalogue())):
        one = find_series(name)
        if not one.derive and overview.best(name, {})[0] is None:
            step = "Y" if one.cadence == "year" else "M"
            base = -27.0 if one.indicator == "level" else 10.0
            size = sizes["month" if one.cadence == "10-day" else one.cadence]
            keep(made(name, base + 0.01 * np.arange(size), step=step))
    dataset = loaders.open_series(row.id)
    assert dataset.attrs["kind"] == "derived"
    assert dataset.attrs["source_url"].startswith("https://")
    assert dataset.sizes["time"] > 20
    assert dataset.attrs["units"] == row.unit


# ---- rows that cannot hold --------------------------------------------------------------------------------

ROW = """
[[series]]
id = "x-change"
title = "X"
place = "caspian"
indicator = "volume-change"
source = "derived"
kind = "derived"
provenance_grade = "stated"
independence_group = "altimetry"
cadence = "year"
cell_methods = "time: mean"
derive = { formula = "volume_change", inputs = INPUTS }
"""
INPUTS = '["caspian-level-dahiti-2026-annual", "caspian-area-published"]'
ROW = ROW.replace("INPUTS", INPUTS)


@pytest.fixture
def tables(tmp_path) -> Path:
    for path in TABLES.glob("*.toml"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def test_the_page_on_adding_shows_a_whole_derived_row(tables):
    page = (ROOT / "docs" / "adding.md").read_text("utf-8")
    (example,) = [text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "derive =" in text]
    (tables / "new.toml").write_text(example)
    row = read(tables).series["aze-precipitation-anomaly-derived"]
    assert row.unit == "mm"
    # 1991-2020 is its own base: the mean of its anomalies there is nought.
    dataset = derive(row, [loaders.open_series(name) for name in row.derive.inputs])
    assert dataset["value"].sel(time=slice("1991", "2020")).mean().item() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (INPUTS, '["caspian-level-nowhere"]', "x-change: derive.inputs: unknown 'caspian-level-nowhere'"),
        (INPUTS, '["x-change"]', "x-change: derive.inputs: it rests on itself"),
        (INPUTS, "[]", "new.toml: series x-change: derive.inputs: Tuple should have at least 1"),
        ('"volume_change"', '"guess"', "new.toml: series x-change: derive.formula: Input should be"),
        ('kind = "derived"', 'kind = "observed"', "x-change: kind: derived"),
        ('"stated"', '"primary"', "x-change: provenance_grade: stated by its inputs"),
        ('"altimetry"', '"mine"', "x-change: independence_group: altimetry or caspian-area by its inputs"),
        ('source = "derived"', 'source = "gwm"', "x-change: derive: only and always with source 'derived'"),
        ("derive = {", "crosscheck = { series = 'x', suspect = 1 }\n#", "x-change: derive: only and always"),
    ],
)
def test_a_row_that_cannot_hold_is_refused(tables, old, new, words):
    (tables / "new.toml").write_text(ROW.replace(old, new, 1))
    with pytest.raises(CatalogueError, match=words):
        read(tables)


def test_two_rows_that_rest_on_each_other_are_refused(tables):
    one = ROW.replace(INPUTS, '["y-change"]')
    (tables / "new.toml").write_text(
        one + one.replace("y-change", "x-change").replace("x-change", "y-change", 1)
    )
    with pytest.raises(CatalogueError, match="rests on itself"):
        read(tables)


def test_a_group_that_is_switched_off_takes_what_rests_on_it_along(tables):
    path = tables / "published.toml"
    path.write_text(
        path.read_text("utf-8").replace('id = "dahiti-2026"\n', 'id = "dahiti-2026"\ninclude = false\n', 1),
        "utf-8",
    )
    left = read(tables).series
    assert not {VOLUME, SHARE, LEVEL} & {*left}
    assert TRACK in left


def test_every_formula_is_there():
    assert set(FORMULAS) == set(get_args(Formula))


def test_inputs_that_a_formula_cannot_take_are_the_rows_fault():
    row = find_series(VOLUME)
    areas = loaders.open_series("caspian-area-published")
    with pytest.raises(CatalogueError, match=f"series {VOLUME}: derive: a yearly level"):
        derive(row, [areas, areas])


# ---- two sources of one air -------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [WARM, SECOND])
def test_months_that_two_sources_put_more_than_three_degrees_apart_are_suspect_in_both(first):
    """3.0 degC is still within the rule, 3.1 is not; a failed month is not compared."""
    other = SECOND if first == WARM else WARM
    keep(
        made(first, [10.0, 10.0, 10.0, 10.0, 10.0], qc=[1, 1, 1, 4, 1]),
        made(other, [13.0, 13.1, 6.9, 20.0]),
    )
    assert loaders.open_series(first)["qc"].values.tolist() == [1, 3, 3, 4, 1]
    assert loaders.open_series(other)["qc"].values.tolist() == [1, 3, 3, 1]
    assert store.read(first)["qc"].values.tolist() == [1, 1, 1, 4, 1]
    assert loaders.open_all()[other]["qc"].values.tolist() == [1, 3, 3, 1]


def test_a_source_alone_is_not_doubted():
    keep(made(SECOND, [10.0, 40.0]))
    assert loaders.open_series(SECOND)["qc"].values.tolist() == [1, 1]


def test_only_the_air_of_the_same_point_is_compared():
    rows = catalogue().series
    pairs = {row.id: row.crosscheck for row in rows.values() if row.crosscheck}
    assert len(pairs) == 11
    for name, found in pairs.items():
        assert rows[name].place == rows[found.series].place
        assert (rows[found.series].source, found.suspect) == ("open-meteo", 3.0)


# ---- what leads -------------------------------------------------------------------------------------------


def snapshot(*extra: xr.Dataset) -> Snapshot:
    series = loaders.open_all() | {one.attrs["series_id"]: one for one in extra}
    return Snapshot(catalogue(), series, "x")


def test_an_experimental_series_is_marked_and_leads_nothing():
    """Even one that reaches further than all others and would turn the headline."""
    levels = made("caspian-level-cds", -28.0 + 0.001 * np.arange(4700), first="2014-06-20", step="D")
    assert levels.attrs["experimental"] == "yes"
    assert "experimental" not in loaders.open_series("caspian-level-dahiti").attrs
    with_it, without = snapshot(levels), snapshot()
    assert with_it.newest == without.newest
    assert with_it.of("caspian", "level") == without.of("caspian", "level")
    heads = [
        finding.finding(one, "caspian", comparison.Comparison(), one.rows()).agreement
        for one in (with_it, without)
    ]
    assert heads[0].main.change == heads[1].main.change
    assert heads[0].total == heads[1].total
    rows = [row for row in with_it.rows() if row.place == "caspian" and row.indicator == "level"]
    assert find_series("caspian-level-cds") in rows
    assert find_series("caspian-level-cds") not in comparable(with_it, rows, 2020)


def test_list_says_what_is_experimental():
    item = listed("caspian-level-cds")
    assert item["experimental"] is True
    assert listed("caspian-level-gwm")["experimental"] is False
    head, line = printing.list_table([item])
    assert line[head.index("experimental") :].startswith("yes")
    assert json.loads(json.dumps(item))["experimental"] is True


def test_a_derived_series_is_drawn_where_its_indicator_is_chosen_and_nowhere_else():
    keep(made(WARM, np.tile(np.arange(1.0, 13), 33)))
    one = snapshot()
    derived = "volga-basin-air-temperature-anomaly-derived"
    free = comparison.panels(one, one.rows(), indicator="", most=99)
    assert not [row.id for row in free if row.derive]
    chosen = comparison.panels(one, one.rows(), indicator="air-temperature-anomaly", most=99)
    assert derived in [row.id for row in chosen]
    assert derived in [row.id for row, _ in climate.panels(one, one.rows())]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_no_derived_series_is_a_level_that_a_page_could_take_for_a_source(row):
    assert row.indicator != "level"
    assert not row.may_lead
